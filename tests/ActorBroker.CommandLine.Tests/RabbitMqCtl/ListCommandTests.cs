using System.Collections.Concurrent;
using ActorBroker.CommandLine.Tests.Commands;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace ActorBroker.CommandLine.Tests.RabbitMqCtl;

public sealed class ListCommandTests(BrokerFixture fixture) : CtlSpec(fixture)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Queues_are_listed_with_the_columns_that_are_asked_for()
    {
        var host = await VirtualHostAsync();
        await using var connection = await ConnectAsync(host);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await DeclareAsync(channel);
        await channel.BasicPublishAsync("", "q", "hello"u8.ToArray());

        await ToldAsync(static told => told == "q\t1\nr\t0\n", "-s", "list_queues", "-p", host);
        Assert.Equal($"Timeout: 60.0 seconds ...\nListing queues for vhost {host} ...\nname\tmessages\nq\t1\nr\t0\n", await OutputAsync("list_queues", "-p", host));
        Assert.Equal("name\tmessages\nq\t1\nr\t0\n", await OutputAsync("list_queues", "-q", "-p", host));
        Assert.Equal("q\t1\nr\t0\n", await OutputAsync("list_queues", "-q", "--no-table-headers", "-p", host, "name,messages"));
        Assert.Equal(
            "name\tdurable\targuments\texclusive\tstate\ttype\nq\ttrue\t[{\"x-message-ttl\",60000000},{\"x-dead-letter-exchange\",\"dlx\"}]\tfalse\trunning\tclassic\n"
            + "r\ttrue\t[{\"x-queue-type\",\"quorum\"}]\tfalse\trunning\tquorum\n",
            await OutputAsync("list_queues", "-q", "-p", host, "name", "durable", "arguments", "exclusive", "state", "type"));
        Assert.Equal(
            """
            [
            {"name":"q","arguments":[["x-message-ttl","signedint",60000000],["x-dead-letter-exchange","longstr","dlx"]],"messages":1,"policy":""}
            ,{"name":"r","arguments":[["x-queue-type","longstr","quorum"]],"messages":0,"policy":""}
            ]

            """, await OutputAsync("list_queues", "-p", host, "--formatter", "json", "name", "arguments", "messages", "policy"));
        Assert.Equal(
            "\"name\",\"arguments\"\n\"q\",\"[{\"\"x-message-ttl\"\",60000000},{\"\"x-dead-letter-exchange\"\",\"\"dlx\"\"}]\"\n\"r\",\"[{\"\"x-queue-type\"\",\"\"quorum\"\"}]\"\n",
            await OutputAsync("list_queues", "-p", host, "--formatter", "csv", "name", "arguments"));
        Assert.Equal("", await OutputAsync("-q", "list_queues", "-p", host, "--offline"));
        Assert.Equal("q\nr\n", await OutputAsync("-s", "list_queues", "-p", host, "--online", "name"));
        Assert.Equal("q\nr\n", await OutputAsync("-s", "list_queues", "-p", host, "--local", "name"));
        Assert.Equal("", await OutputAsync("-q", "list_queues", "-p", "nowhere"));
    }

    [Fact]
    public async Task Exchanges_and_bindings_are_listed()
    {
        var host = await VirtualHostAsync();
        await using var connection = await ConnectAsync(host);
        await using var channel = await connection.CreateChannelAsync();
        await DeclareAsync(channel);
        await channel.ExchangeDeclareAsync("e", "topic", durable: true, autoDelete: false, new Dictionary<string, object?> { ["alternate-exchange"] = "amq.fanout" });
        await channel.QueueBindAsync("q", "e", "a.#", new Dictionary<string, object?> { ["n"] = 3 });

        Assert.StartsWith($"Listing exchanges for vhost {host} ...\nname\ttype\n", await OutputAsync("list_exchanges", "-p", host), StringComparison.Ordinal);
        Assert.Contains(
            "e\ttopic\ttrue\tfalse\tfalse\t[{\"alternate-exchange\",\"amq.fanout\"}]\t",
            await LinesAsync("list_exchanges", "-p", host, "name", "type", "durable", "auto_delete", "internal", "arguments", "policy"));
        Assert.StartsWith(
            $"Listing bindings for vhost {host}...\nsource_name\tsource_kind\tdestination_name\tdestination_kind\trouting_key\targuments\n",
            await OutputAsync("list_bindings", "-p", host), StringComparison.Ordinal);
        Assert.Equal(
            ["\texchange\tq\tqueue\tq\t[]", "\texchange\tr\tqueue\tr\t[]", "e\texchange\tq\tqueue\ta.#\t[{\"n\",3}]"], await LinesAsync("list_bindings", "-p", host));
    }

    [Fact]
    public async Task Connections_channels_and_consumers_are_listed_by_the_same_process_ids()
    {
        var host = await VirtualHostAsync();
        await using var connection = await ConnectAsync(host);
        await using var channel = await connection.CreateChannelAsync();
        await DeclareAsync(channel);
        await channel.BasicQosAsync(0, 7, false);
        await channel.BasicConsumeAsync("q", autoAck: false, "tag", new AsyncEventingBasicConsumer(channel));

        var listed = await ToldAsync(told => told.Contains(host, StringComparison.Ordinal), "-s", "list_connections", "pid", "vhost", "user", "peer_host", "protocol", "state", "client_properties");
        var cells = listed.Split('\n').Single(line => line.Contains(host, StringComparison.Ordinal)).Split('\t');
        Assert.Matches(@"^<\S+\.\d+\.\d+\.0>$", cells[0]);
        Assert.Equal([host, "guest", "127.0.0.1", "{0,9,1}", "running"], cells[1..6]);
        Assert.Contains("{\"connection_name\",\"of-a-test\"}", cells[6], StringComparison.Ordinal);

        var pid = cells[0];
        var ofChannel = pid.Replace(".0>", ".1>", StringComparison.Ordinal);
        await ToldAsync(
            told => told.Contains($"{ofChannel}\t{pid}\t{host}\t1\t7\n", StringComparison.Ordinal),
            "-s", "list_channels", "pid", "connection", "vhost", "consumer_count", "prefetch_count");
        Assert.Equal($"q\t{ofChannel}\ttag\ttrue\t7\ttrue\t[]\n", await OutputAsync("-s", "list_consumers", "-p", host));
    }

    [Fact]
    public async Task A_connection_is_closed_by_its_process_id_and_told_why()
    {
        var host = await VirtualHostAsync();
        var reasons = new ConcurrentQueue<string>();
        await using var connection = await ConnectAsync(host, reasons);
        var listed = await ToldAsync(told => told.Contains(host, StringComparison.Ordinal), "-s", "list_connections", "pid", "vhost");
        var pid = listed.Split('\n').Single(line => line.Contains(host, StringComparison.Ordinal)).Split('\t')[0];

        Assert.Equal($"Closing connection {pid}, reason: for a test...\n", await OutputAsync("close_connection", pid, "for a test"));
        await WaitAsync(() => reasons.Any(static reason => reason.Contains("for a test", StringComparison.Ordinal)));
        await ToldAsync(told => !told.Contains(pid, StringComparison.Ordinal), "-s", "list_connections", "pid");
        await OutputAsync("close_connection", pid, "gone already");
        await FailsAsync(69, "Error:\nError:\n{:invalid_pid_syntax, \"none\"}\n", "close_connection", "none", "why");
    }

    [Fact]
    public async Task All_connections_to_a_virtual_host_are_closed_as_many_as_are_wanted()
    {
        var host = await VirtualHostAsync();
        var reasons = new ConcurrentQueue<string>();
        await using var one = await ConnectAsync(host, reasons);
        await using var two = await ConnectAsync(host, reasons);
        await using var three = await ConnectAsync(host, reasons);
        await ToldAsync(told => told.Split(host).Length == 4, "-s", "list_connections", "vhost");

        Assert.Equal(
            $"Closing 1 connections in vhost {host}, reason: enough...\nClosed 1 connections\n", await OutputAsync("close_all_connections", "-p", host, "--limit", "1", "enough"));
        await ToldAsync(told => told.Split(host).Length == 3, "-s", "list_connections", "vhost");
        Assert.Equal(
            """{"node":"node@here","result":"ok","value":"Closed 2 connections"}""" + "\n",
            await OutputAsync("close_all_connections", "-p", host, "--formatter", "json", "enough"));
        await WaitAsync(() => reasons.Count == 3);
        Assert.Equal("Closed 0 connections\n", await OutputAsync("-q", "close_all_connections", "-p", host, "enough"));
    }

    [Fact]
    public async Task Queues_are_purged_and_deleted_on_conditions()
    {
        var host = await VirtualHostAsync();
        await using var connection = await ConnectAsync(host);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await DeclareAsync(channel);
        await channel.BasicPublishAsync("", "q", "hello"u8.ToArray());
        await channel.BasicConsumeAsync("r", autoAck: false, new AsyncEventingBasicConsumer(channel));
        await ToldAsync(static told => told == "q\t1\t0\nr\t0\t1\n", "-s", "list_queues", "-p", host, "name", "messages", "consumers");

        await FailsAsync(64, "Error:\nQueue is not empty\n", "delete_queue", "-p", host, "q", "--if-empty");
        await FailsAsync(64, "Error:\nQueue is in use\n", "delete_queue", "-p", host, "r", "-u");
        Assert.Equal($"Purging queue 'q' in vhost '{host}' ...\n", await OutputAsync("purge_queue", "-p", host, "q"));
        await ToldAsync(static told => told == "q\t0\nr\t0\n", "-s", "list_queues", "-p", host);
        Assert.Equal(
            $"Deleting queue 'q' on vhost '{host}' if queue is empty and if queue is unused ...\nQueue was successfully deleted with 0 ready messages\n",
            await OutputAsync("delete_queue", "-p", host, "q", "-e", "-u"));
        Assert.Equal("""{"message":"Queue was successfully deleted with 0 ready messages"}""" + "\n", await OutputAsync("delete_queue", "-p", host, "r", "--formatter", "json"));
        await FailsAsync(64, "Error:\nQueue not found\n", "delete_queue", "-p", host, "q");
        await FailsAsync(69, "Error:\nnot_found\n", "purge_queue", "-p", host, "q");
    }

    private static async Task DeclareAsync(IChannel channel)
    {
        await channel.QueueDeclareAsync(
            "q", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-message-ttl"] = 60_000_000, ["x-dead-letter-exchange"] = "dlx" });
        await channel.QueueDeclareAsync("r", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
    }

    private static async Task WaitAsync(Func<bool> isTrue)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!isTrue())
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private async Task<IConnection> ConnectAsync(string host, ConcurrentQueue<string>? reasons = null)
    {
        var factory = new ConnectionFactory
        {
            HostName = Fixture.Amqp.Address.ToString(), Port = Fixture.Amqp.Port, VirtualHost = host, AutomaticRecoveryEnabled = false, ClientProvidedName = "of-a-test",
        };
        var connection = await factory.CreateConnectionAsync();
        connection.ConnectionShutdownAsync += (_, closed) =>
        {
            reasons?.Enqueue(closed.ReplyText);
            return Task.CompletedTask;
        };
        return connection;
    }
}
