using ActorBroker.CommandLine.Tests.Commands;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.CommandLine.Tests.RabbitMqCtl;

public sealed class ResourceLimitCommandTests(BrokerFixture fixture) : CtlSpec(fixture)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("set_vm_memory_high_watermark", "0.0000001", "Setting memory threshold on node@here to 0.0000001 ...")]
    [InlineData("set_vm_memory_high_watermark", "absolute 10kB", "Setting memory threshold on node@here to 10kB bytes ...")]
    [InlineData("set_disk_free_limit", "9000000GB", "Setting disk free limit on node@here to 9000000GB bytes ...")]
    [InlineData("set_disk_free_limit", "mem_relative 1000000", "Setting disk free limit on node@here to 1000000 times the total RAM ...")]
    public async Task Publishers_are_blocked_while_a_limit_is_too_low_and_go_on_afterwards(string command, string limit, string banner)
    {
        await using var connection = await new ConnectionFactory { HostName = Fixture.Amqp.Address.ToString(), Port = Fixture.Amqp.Port }.CreateConnectionAsync();
        var (blocked, unblocked) = (new TaskCompletionSource<string>(), new TaskCompletionSource());
        connection.ConnectionBlockedAsync += (_, told) =>
        {
            blocked.TrySetResult(told.Reason);
            return Task.CompletedTask;
        };
        connection.ConnectionUnblockedAsync += (_, _) =>
        {
            unblocked.TrySetResult();
            return Task.CompletedTask;
        };
        await using var channel = await connection.CreateChannelAsync();
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        try
        {
            Assert.Equal(banner + "\n", await OutputAsync([command, .. limit.Split(' ')]));

            await channel.BasicPublishAsync("", queue, "m"u8.ToArray());
            var resource = command == "set_disk_free_limit" ? "disk" : "memory";
            Assert.Equal($"low on {resource}", await blocked.Task.WaitAsync(Limit));
            Assert.Contains($"{resource}", (await DiagnoseAsync("-q", "alarms")).Output, StringComparison.OrdinalIgnoreCase);
        }
        finally
        {
            await OutputAsync("set_vm_memory_high_watermark", "0.99");
            await OutputAsync("set_disk_free_limit", "1MB");
        }

        await unblocked.Task.WaitAsync(Limit);
        Assert.Equal("Node node@here reported no alarms, local or clusterwide\n", (await DiagnoseAsync("-q", "alarms")).Output);
    }

    [Theory]
    [InlineData(64, "not enough arguments.", "set_vm_memory_high_watermark")]
    [InlineData(64, "not enough arguments.", "set_vm_memory_high_watermark", "absolute")]
    [InlineData(64, "too many arguments.", "set_vm_memory_high_watermark", "absolute", "1", "2")]
    [InlineData(64, "too many arguments.", "set_vm_memory_high_watermark", "0.1", "0.2")]
    [InlineData(65, "Bad argument.", "set_vm_memory_high_watermark", "x")]
    [InlineData(65, "Bad argument.", "set_vm_memory_high_watermark", "0.1x")]
    [InlineData(65, "Bad argument.", "set_vm_memory_high_watermark", "absolute", "x")]
    [InlineData(65, "Bad argument: The threshold should be a fraction between 0.0 and 1.0", "set_vm_memory_high_watermark", "1.1")]
    [InlineData(65, "Bad argument: Invalid units.", "set_vm_memory_high_watermark", "absolute", "10gb")]
    [InlineData(65, "Bad argument: The threshold should be an integer.", "set_vm_memory_high_watermark", "absolute", "1.5GB")]
    [InlineData(64, "not enough arguments.", "set_disk_free_limit", "mem_relative")]
    [InlineData(64, "too many arguments.", "set_disk_free_limit", "1", "2")]
    [InlineData(65, "Bad argument.", "set_disk_free_limit", "1.5GB")]
    [InlineData(65, "Bad argument.", "set_disk_free_limit", "mem_relative", "x")]
    public async Task What_is_no_limit_is_refused(int exitCode, string problem, params string[] words)
    {
        var run = await TryAsync(words);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith($"Error (argument validation): {problem}\n", run.Errors, StringComparison.Ordinal);
    }
}
