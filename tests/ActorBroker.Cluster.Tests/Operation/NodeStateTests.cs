using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace ActorBroker.Cluster.Tests.Operation;

/// <summary>Operators stop, reset and start nodes of several (<c>rabbitmqctl stop_app</c>, <c>reset</c>, <c>start_app</c>).</summary>
public sealed class NodeStateTests(OperatedCluster cluster) : IClassFixture<OperatedCluster>
{
    // Enough to have some on every node.
    private const int Queues = 12;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);
    private static readonly BasicProperties Persistent = new() { Persistent = true };

    [Fact]
    public async Task A_node_that_is_stopped_leaves_its_queues_to_the_others_and_serves_again_when_it_is_started()
    {
        var queues = await DeclareAsync("stop");

        // Each in turn, so that also what there is once in a cluster moves.
        for (var stopped = 0; stopped < cluster.Count; stopped++)
        {
            var other = (stopped + 1) % cluster.Count;
            await using var client = await cluster.ConnectAsync(stopped);
            var closed = new TaskCompletionSource<ShutdownEventArgs>();
            client.ConnectionShutdownAsync += (_, reason) =>
            {
                closed.TrySetResult(reason);
                return Task.CompletedTask;
            };

            await cluster.DoAsync(stopped, HttpStatusCode.NoContent, HttpMethod.Post, "node/stop", "{}");

            Assert.Equal(320, (await closed.Task.WaitAsync(Limit)).ReplyCode);
            await Assert.ThrowsAsync<SocketException>(() => ConnectOnlyAsync(stopped));
            Assert.False((bool)(await cluster.GetAsync(stopped, "node"))["running"]!);
            Assert.Contains("node_stopped", await cluster.DoAsync(stopped, HttpStatusCode.ServiceUnavailable, HttpMethod.Get, "queues"), StringComparison.Ordinal);
            Assert.Equal(cluster.Count - 1, await RunningAsync(other));
            await TurnOverAsync(other, queues, $"before {stopped}");
            await DeclareAsync($"while {stopped} is away", other);
            await cluster.DoAsync(other, HttpStatusCode.Created, HttpMethod.Put, $"users/user{stopped}", $$"""{"password":"user{{stopped}}","tags":""}""");
            await cluster.DoAsync(other, HttpStatusCode.Created, HttpMethod.Put, $"permissions/%2F/user{stopped}", """{"configure":".*","write":".*","read":".*"}""");

            await cluster.DoAsync(stopped, HttpStatusCode.NoContent, HttpMethod.Post, "node/start", "{}");

            Assert.Equal(cluster.Count, await RunningAsync(other));
            await TurnOverAsync(stopped, queues, $"after {stopped}", $"user{stopped}");
            Assert.Equal(Queues, (await cluster.GetAsync(stopped, "queues")).AsArray().Count(queue => ((string)queue!["name"]!).StartsWith($"while {stopped}", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_reset_takes_nothing_from_the_other_nodes()
    {
        var queues = await DeclareAsync("reset");
        Assert.Equal(HttpStatusCode.Conflict, (await cluster.SendAsync(1, HttpMethod.Post, "node/reset", "{}")).Status);
        await cluster.DoAsync(1, HttpStatusCode.NoContent, HttpMethod.Post, "node/stop", "{}");

        await cluster.DoAsync(1, HttpStatusCode.NoContent, HttpMethod.Post, "node/reset", "{}");

        Assert.False((bool)(await cluster.GetAsync(1, "node"))["running"]!);
        await TurnOverAsync(0, queues, "while one is reset");
        await cluster.DoAsync(1, HttpStatusCode.NoContent, HttpMethod.Post, "node/start", "{}");
        await TurnOverAsync(1, queues, "after the reset");
        Assert.Equal(cluster.Count, await RunningAsync(2));
    }

    [Fact]
    public async Task The_last_node_cannot_be_reset_and_all_of_them_start_again_with_what_there_was()
    {
        var queues = await DeclareAsync("all");
        for (var node = 0; node < cluster.Count; node++)
        {
            await cluster.DoAsync(node, HttpStatusCode.NoContent, HttpMethod.Post, "node/stop", "{}");
        }

        var refused = await cluster.DoAsync(2, HttpStatusCode.NotImplemented, HttpMethod.Post, "node/reset", "{}");

        Assert.Contains("database", refused, StringComparison.Ordinal);
        await Task.WhenAll(Enumerable.Range(0, cluster.Count).Select(node => cluster.DoAsync(node, HttpStatusCode.NoContent, HttpMethod.Post, "node/start", "{}")));
        Assert.Equal(cluster.Count, await RunningAsync(0));
        await TurnOverAsync(2, queues, "after all were stopped");
    }

    private async Task<string[]> DeclareAsync(string prefix, int node = 0)
    {
        await using var connection = await cluster.ConnectAsync(node);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        var queues = Enumerable.Range(0, Queues).Select(number => $"{prefix} {number}").ToArray();
        foreach (var queue in queues)
        {
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
            await channel.BasicPublishAsync("", queue, mandatory: true, Persistent, Encoding.UTF8.GetBytes(queue));
        }

        return queues;
    }

    // Takes the one message of each queue, and puts another one there.
    private async Task TurnOverAsync(int node, string[] queues, string body, string user = "guest")
    {
        await using var connection = await cluster.ConnectAsync(node, user: user);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        foreach (var queue in queues)
        {
            var taken = await channel.BasicGetAsync(queue, autoAck: true).WaitAsync(Limit);
            Assert.True(taken is { MessageCount: 0 }, $"{queue} at node {node}, {body}: {taken?.MessageCount}");
            await channel.BasicPublishAsync("", queue, mandatory: true, Persistent, Encoding.UTF8.GetBytes(body)).AsTask().WaitAsync(Limit);
        }
    }

    private async Task<int> RunningAsync(int node) =>
        (await cluster.GetAsync(node, "nodes")).AsArray().Count(static one => (bool)one!["running"]!);

    private async Task ConnectOnlyAsync(int node)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(cluster.EndPointOf(node));
    }
}
