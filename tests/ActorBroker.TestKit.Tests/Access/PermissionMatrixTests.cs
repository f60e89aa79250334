using ActorBroker.Core.Access;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.TestKit.Tests.Access;

/// <summary>Every operation of AMQP 0-9-1 that needs rights, by a user who has them, and by users who lack one of them.</summary>
public sealed class PermissionMatrixTests(AdministeredBroker broker) : IClassFixture<AdministeredBroker>
{
    private sealed record Right(AccessRight Of, string Kind, string Name);

    private sealed record Operation(Right[] Rights, Func<IChannel, Task> Run);

    private static readonly Dictionary<string, Operation> Operations = new()
    {
        ["queue.declare"] = new([Configure("queue", "new-q")], c => c.QueueDeclareAsync("new-q", false, false, false)),
        ["queue.declare of one that is there"] = new([Configure("queue", "q")], c => c.QueueDeclareAsync("q", false, false, false)),
        ["queue.declare with a dead letter exchange"] = new(
            [Configure("queue", "dead-q"), Read("queue", "dead-q"), Write("exchange", "dlx")],
            c => c.QueueDeclareAsync("dead-q", false, false, false, new Dictionary<string, object?> { ["x-dead-letter-exchange"] = "dlx" })),
        ["queue.declare with the default exchange for dead letters"] = new(
            [Configure("queue", "dead-d"), Read("queue", "dead-d"), Write("exchange", "amq.default")],
            c => c.QueueDeclareAsync("dead-d", false, false, false, new Dictionary<string, object?> { ["x-dead-letter-exchange"] = "" })),
        ["queue.delete"] = new([Configure("queue", "gone-q")], c => c.QueueDeleteAsync("gone-q", false, false)),
        ["queue.purge"] = new([Read("queue", "q")], c => c.QueuePurgeAsync("q")),
        ["queue.bind"] = new([Write("queue", "q"), Read("exchange", "x")], c => c.QueueBindAsync("q", "x", "k")),
        ["queue.unbind"] = new([Write("queue", "q"), Read("exchange", "x")], c => c.QueueUnbindAsync("q", "x", "k")),
        ["exchange.declare"] = new([Configure("exchange", "new-x")], c => c.ExchangeDeclareAsync("new-x", "fanout")),
        ["exchange.declare of one that is there"] = new([Configure("exchange", "x")], c => c.ExchangeDeclareAsync("x", "direct")),
        ["exchange.declare with an alternate exchange"] = new(
            [Configure("exchange", "alt-x"), Read("exchange", "alt-x"), Write("exchange", "y")],
            c => c.ExchangeDeclareAsync("alt-x", "fanout", arguments: new Dictionary<string, object?> { ["alternate-exchange"] = "y" })),
        ["exchange.delete"] = new([Configure("exchange", "gone-x")], c => c.ExchangeDeleteAsync("gone-x")),
        ["exchange.bind"] = new([Write("exchange", "y"), Read("exchange", "x")], c => c.ExchangeBindAsync("y", "x", "k")),
        ["exchange.unbind"] = new([Write("exchange", "y"), Read("exchange", "x")], c => c.ExchangeUnbindAsync("y", "x", "k")),
        ["basic.publish"] = new([Write("exchange", "x")], c => Publish(c, "x", "k")),
        ["basic.publish to the default exchange"] = new([Write("exchange", "amq.default")], c => Publish(c, "", "q")),
        ["basic.get"] = new([Read("queue", "q")], c => c.BasicGetAsync("q", autoAck: true)),
        ["basic.consume"] = new([Read("queue", "q")], c => c.BasicConsumeAsync("q", autoAck: true, new AsyncDefaultBasicConsumer(c))),
    };

    public static TheoryData<string> Names => [.. Operations.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_operation_needs_each_of_its_rights_and_no_other(string name)
    {
        var (rights, run) = Operations[name];
        await PrepareAsync();
        foreach (var missing in rights)
        {
            var user = await broker.AddUserAsync(Of(rights.Where(right => right != missing)));
            await using var refused = await broker.ConnectAsync(user);
            Assert.Equal(
                $"ACCESS_REFUSED - {Word(missing.Of)} access to {missing.Kind} '{missing.Name}' in vhost '/' refused for user '{user}'",
                await Refused.TextAsync(refused, run));
        }

        await using var allowed = await broker.ConnectAsync(await broker.AddUserAsync(Of(rights)));
        Assert.Null(await Refused.TextAsync(allowed, run));
    }

    [Theory]
    [InlineData("queue", "q")]
    [InlineData("exchange", "x")]
    public async Task To_ask_whether_something_is_there_takes_any_right_to_it(string kind, string name)
    {
        await PrepareAsync();
        foreach (var right in Enum.GetValues<AccessRight>())
        {
            await using var allowed = await broker.ConnectAsync(await broker.AddUserAsync(Of([new Right(right, kind, name)])));
            Assert.Null(await Refused.TextAsync(allowed, Ask));
        }

        var user = await broker.AddUserAsync(Of([]));
        await using var refused = await broker.ConnectAsync(user);
        Assert.Equal(
            $"ACCESS_REFUSED - configure access to {kind} '{name}' in vhost '/' refused for user '{user}'", await Refused.TextAsync(refused, Ask));

        Task Ask(IChannel c) => kind == "queue" ? c.QueueDeclarePassiveAsync(name) : c.ExchangeDeclarePassiveAsync(name);
    }

    [Fact]
    public async Task What_concerns_a_channel_alone_takes_no_right()
    {
        await using var connection = await broker.ConnectAsync(await broker.AddUserAsync(Of([])));
        Assert.Null(await Refused.TextAsync(connection, async c =>
        {
            await c.TxSelectAsync();
            await c.TxCommitAsync();
            await c.TxRollbackAsync();
        }));
        await using var confirming = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        Assert.Null(await Refused.TextAsync(confirming, static c => c.BasicQosAsync(0, 5, false)));
        Assert.Null(await Refused.TextAsync(connection, static c =>
            c.BasicConsumeAsync("amq.rabbitmq.reply-to", autoAck: true, new AsyncDefaultBasicConsumer(c))));
    }

    [Fact]
    public async Task Publishes_of_a_transaction_are_refused_as_they_come()
    {
        await PrepareAsync();
        var user = await broker.AddUserAsync(Of([]));
        await using var connection = await broker.ConnectAsync(user);
        Assert.Equal(
            $"ACCESS_REFUSED - write access to exchange 'x' in vhost '/' refused for user '{user}'",
            await Refused.TextAsync(connection, async c =>
            {
                await c.TxSelectAsync();
                await Publish(c, "x", "k");
            }));
    }

    private async Task PrepareAsync()
    {
        await using var guest = await broker.ConnectAsync("guest");
        await using var channel = await guest.CreateChannelAsync();
        foreach (var queue in (string[])["q", "gone-q"])
            await channel.QueueDeclareAsync(queue, false, false, false);
        foreach (var queue in (string[])["new-q", "dead-q", "dead-d"])
            await channel.QueueDeleteAsync(queue, false, false);
        foreach (var exchange in (string[])["x", "gone-x"])
            await channel.ExchangeDeclareAsync(exchange, "direct");
        foreach (var exchange in (string[])["y", "dlx"])
            await channel.ExchangeDeclareAsync(exchange, "fanout");
        foreach (var exchange in (string[])["new-x", "alt-x"])
            await channel.ExchangeDeleteAsync(exchange);
    }

    private static Task Publish(IChannel channel, string exchange, string routingKey) =>
        channel.BasicPublishAsync(exchange, routingKey, mandatory: false, new BasicProperties(), "m"u8.ToArray()).AsTask();

    private static Right Configure(string kind, string name) => new(AccessRight.Configure, kind, name);

    private static Right Write(string kind, string name) => new(AccessRight.Write, kind, name);

    private static Right Read(string kind, string name) => new(AccessRight.Read, kind, name);

    private static Permission Of(IEnumerable<Right> rights)
    {
        var byRight = rights.ToLookup(right => right.Of, right => right.Name);
        return new Permission(Pattern(AccessRight.Configure), Pattern(AccessRight.Write), Pattern(AccessRight.Read));
        string Pattern(AccessRight right) => byRight[right].Any() ? $"^({string.Join('|', byRight[right])})$" : "";
    }

    private static string Word(AccessRight right) => right switch
    {
        AccessRight.Configure => "configure",
        AccessRight.Write => "write",
        _ => "read",
    };
}
