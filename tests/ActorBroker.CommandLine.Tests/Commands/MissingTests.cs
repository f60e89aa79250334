using Xunit;

namespace ActorBroker.CommandLine.Tests.Commands;

/// <summary>Whoever names what is not there is told what that is.</summary>
public sealed class MissingTests(BrokerFixture fixture) : CommandSpec(fixture)
{
    [Theory]
    [InlineData("queue 'none' in virtual host '{0}'", "queues delete none --vhost {0}")]
    [InlineData("queue 'none' in virtual host '{0}'", "queues purge none --vhost {0}")]
    [InlineData("queue 'none' in virtual host '{0}'", "queues show none --vhost {0}")]
    [InlineData("queue 'none' in virtual host '{0}'", "queues move none other --vhost {0}")]
    [InlineData("exchange 'none' in virtual host '{0}'", "exchanges delete none --vhost {0}")]
    [InlineData("policy 'none' in virtual host '{0}'", "policies delete none --vhost {0}")]
    [InlineData("operator policy 'none' in virtual host '{0}'", "operator-policies delete none --vhost {0}")]
    [InlineData("a permission of user 'guest' in virtual host '{0}'", "permissions clear guest --vhost {0}")]
    [InlineData("user 'none'", "users delete none")]
    [InlineData("user 'none'", "users set-tags none --tags a")]
    [InlineData("virtual host 'none'", "vhosts delete none")]
    [InlineData("virtual host 'none'", "queues list --vhost none")]
    [InlineData("connection 'none'", "connections close none")]
    public async Task It_is_said_what_is_missing(string what, string command)
    {
        var host = await VirtualHostAsync();
        if (command.StartsWith("permissions", StringComparison.Ordinal))
        {
            await RunAsync("permissions", "clear", "guest", "--vhost", host);
        }

        var line = await FailAsync(ExitCodes.NotFound, [.. command.Split(' ').Select(word => word.Replace("{0}", host, StringComparison.Ordinal))]);

        Assert.Equal($"actorbroker: {what.Replace("{0}", host, StringComparison.Ordinal)} not found", line);
    }
}
