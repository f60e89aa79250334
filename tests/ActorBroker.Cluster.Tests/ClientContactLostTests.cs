using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using ActorBroker.Client;
using ActorBroker.Client.Streams;
using Akka.Actor;
using Akka.Configuration;
using Akka.Streams;
using Akka.Streams.Dsl;
using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>A client of Akka.Remote whose node goes, while a stream publishes and another one consumes.</summary>
public sealed class ClientContactLostTests : IAsyncLifetime
{
    private const string ClientSettings =
        """
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TwoNodes _nodes = new();

    public Task InitializeAsync() => _nodes.InitializeAsync();

    public Task DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public async Task Streams_go_on_at_the_other_node_and_nothing_that_was_published_is_missing()
    {
        const int Count = 3_000;
        using var application = ActorSystem.Create("application", ConfigurationFactory.ParseString(ClientSettings));
        var materializer = application.Materializer();
        var client = BrokerClient.Start(application, new BrokerClientSettings { Contacts = [ContactOf(_nodes.First), ContactOf(_nodes.Second)] });
        await client.ConnectedAsync();
        var (lost, kept) = _nodes.First.Address == (await client.StateAsync()).Node ? (_nodes.First, _nodes.Second) : (_nodes.Second, _nodes.First);
        var queue = await kept.NewQueueNameAsync("kept");
        await client.DeclareQueueAsync(queue);
        var received = new ConcurrentDictionary<string, bool>();
        var some = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var consuming = BrokerSource.CommittableSource(client, new SourceSettings(queue))
            .RunWith(
                Sink.ForEach<CommittableMessage>(message =>
                {
                    received[message.Message.Text] = true;
                    message.Ack();
                    if (received.Count > 100)
                        some.TrySetResult();
                    if (received.Count == Count)
                        all.TrySetResult();
                }),
                materializer);
        var publishing = Source.From(Enumerable.Range(0, Count))
            .Throttle(20, TimeSpan.FromMilliseconds(20), 20, ThrottleMode.Shaping)
            .Select(number => OutgoingMessage.ToQueue(
                queue, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)), MessageProperties.Durable))
            .RunWith(BrokerSink.Sink(client), materializer);
        await some.Task.WaitAsync(Limit);

        await lost.StopAsync();

        await publishing.WaitAsync(Limit);
        await all.Task.WaitAsync(Limit);
        Assert.Equal(kept.Address, (await client.StateAsync()).Node);
        Assert.False(consuming.IsCompleted);
    }

    private static string ContactOf(ClusterNode node) => $"{node.Address.Host}:{node.Address.Port}";
}
