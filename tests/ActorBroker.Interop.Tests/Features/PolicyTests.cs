using System.Text;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>A broker with policies in its configuration.</summary>
public sealed class PolicyBroker : IAsyncLifetime
{
    private const string Configuration = """
        actorbroker {
          default-queue-type = quorum
          policies = [
            { name = "short-lived", pattern = "^ttl\\.", apply-to = queues
              definition { message-ttl = 50, dead-letter-exchange = "", dead-letter-routing-key = "dead" } }
            { name = "limited", pattern = "^limited\\.", apply-to = queues, definition { max-length = 10 } }
            { name = "three-at-most", pattern = "^limited\\.three", apply-to = queues, priority = 1, definition { max-length = 3 } }
            { name = "full", pattern = "^full\\.", apply-to = classic_queues, definition { max-length = 1, overflow = reject-publish } }
          ]
          operator-policies = [
            { name = "ceiling", pattern = "^limited\\.", apply-to = queues, definition { max-length = 5 } }
          ]
        }
        """;

    private string _file = "";
    private BrokerProcess? _process;

    public BrokerEndpoint Endpoint => _process!.Endpoint;

    public async Task InitializeAsync()
    {
        if (BrokerEndpoint.FromEnvironment() is not null)
        {
            return;
        }

        _file = Path.GetTempFileName();
        await File.WriteAllTextAsync(_file, Configuration);
        _process = await BrokerProcess.StartWithFileAsync(_file);
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
            File.Delete(_file);
        }
    }
}

/// <summary>What policies and operator policies of the configuration file do to queues of every type.</summary>
[Collection(TutorialScripts.Name)]
public sealed class PolicyTests(PolicyBroker broker) : IClassFixture<PolicyBroker>
{
    [OwnBrokerTheory]
    [InlineData("classic")]
    [InlineData("quorum")]
    public Task A_policy_gives_messages_a_time_to_live_and_a_dead_letter_exchange(string type) => UseAsync(async channel =>
    {
        var queue = $"ttl.{type}";
        await channel.QueueDeclareAsync("dead", durable: true, exclusive: false, autoDelete: false);
        await DeclareAsync(channel, queue, type);
        await channel.BasicPublishAsync("", queue, "old"u8.ToArray());
        var delivery = await (await DeliveryCollector.StartAsync(channel, "dead", autoAck: true)).NextAsync();
        Assert.Equal([new Death(queue, "expired", 1, "", queue)], Death.Of(delivery.Properties));
    });

    [OwnBrokerTheory]
    [InlineData("limited.classic", "classic", null, 5)]
    [InlineData("limited.quorum", "quorum", null, 5)]
    [InlineData("limited.own", "classic", 4, 4)]
    [InlineData("limited.wide", "classic", 100, 5)]
    [InlineData("limited.three", "classic", null, 3)]
    [InlineData("others", "classic", null, 20)]
    public Task The_lowest_of_policy_operator_policy_and_argument_limits_the_length(string queue, string type, int? argument, int kept) =>
        UseAsync(async channel =>
        {
            await DeclareAsync(channel, queue, type, argument is null ? [] : [("x-max-length", argument)]);
            for (var i = 0; i < 20; i++)
            {
                await channel.BasicPublishAsync("", queue, Encoding.UTF8.GetBytes($"{i}"));
            }

            Assert.Equal((uint)kept, await channel.MessageCountAsync(queue));
            Assert.Equal($"{20 - kept}", Encoding.UTF8.GetString((await channel.BasicGetAsync(queue, autoAck: true))!.Body.Span));
        });

    [OwnBrokerFact]
    public Task A_policy_has_a_full_queue_refuse_what_is_published() => UseAsync(async channel =>
    {
        await DeclareAsync(channel, "full.queue", "classic");
        await channel.BasicPublishAsync("", "full.queue", "first"u8.ToArray());
        var refused = await Assert.ThrowsAsync<PublishException>(async () => await channel.BasicPublishAsync("", "full.queue", "second"u8.ToArray()));
        Assert.False(refused.IsReturn);
    });

    [OwnBrokerFact]
    public Task A_queue_without_a_type_has_the_default_one() => UseAsync(async channel =>
    {
        await channel.QueueDeclareAsync("typeless", durable: true, exclusive: false, autoDelete: false);

        // Only a quorum queue may be declared with its type again, and only it counts deliveries.
        await DeclareAsync(channel, "typeless", "quorum");
        await channel.BasicPublishAsync("", "typeless", "body"u8.ToArray());
        var first = await channel.BasicGetAsync("typeless", autoAck: false);
        await channel.BasicRejectAsync(first!.DeliveryTag, requeue: true);
        var again = await channel.BasicGetAsync("typeless", autoAck: true);
        Assert.Equal(1L, Convert.ToInt64(again!.BasicProperties.Headers!["x-delivery-count"], System.Globalization.CultureInfo.InvariantCulture));
    });

    private static Task<QueueDeclareOk> DeclareAsync(IChannel channel, string queue, string type, params (string Name, object? Value)[] arguments) =>
        channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments
            .Append(("x-queue-type", type)).ToDictionary(argument => argument.Item1, argument => argument.Item2));

    private async Task UseAsync(Func<IChannel, Task> use)
    {
        var factory = new ConnectionFactory { HostName = broker.Endpoint.Host, Port = broker.Endpoint.Port, AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await use(channel);
    }
}
