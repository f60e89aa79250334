using ActorBroker.Contracts.Options;
using ActorBroker.Management.Tests.Api;
using ActorBroker.Testing.PostgreSql;
using Xunit;

namespace ActorBroker.CommandLine.Tests.Commands;

/// <summary>Virtual hosts in journals of an operator's choosing, on a broker with two databases.</summary>
public sealed class JournalTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorbroker-journals-");
    private PostgresServer _postgres = null!;
    private string[] _settings = [];

    public async Task InitializeAsync()
    {
        _postgres = await PostgresServer.StartAsync();
        await _postgres.ExecuteAsync("CREATE DATABASE broker");
        await _postgres.ExecuteAsync("CREATE DATABASE archive");
        await _postgres.ExecuteAsync("CREATE DATABASE listed");
        _settings =
        [
            "actorbroker.journal.provider=postgresql", $"actorbroker.journal.connection-string={_postgres.ConnectionStringOf("broker")}",
            $"actorbroker.journals.archive.connection-string={_postgres.ConnectionStringOf("archive")}",
            $"actorbroker.journals.listed.connection-string={_postgres.ConnectionStringOf("listed")}",
            "actorbroker.journals.listed.virtual-hosts=[configured]",
        ];
    }

    public async Task DisposeAsync()
    {
        await _postgres.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_virtual_host_is_kept_in_the_journal_that_it_is_made_in()
    {
        var exported = Path.Combine(_folder.FullName, "definitions.json");
        await WithBrokerAsync(async run =>
        {
            await run(0, "", ["vhosts", "add", "old", "--journal", "archive"]);
            await run(0, "", ["vhosts", "add", "new"]);
            await run(0, "", ["vhosts", "add", "configured"]);
            await run(1, "there is no journal 'none': no section of actorbroker.journals has that name", ["vhosts", "add", "lost", "--journal", "none"]);
            await run(1, "vhost 'new' is kept in the main journal, since its first use and for good", ["vhosts", "add", "new", "--journal", "archive"]);
            await run(1, "vhost 'old' is kept in the journal 'archive', since its first use and for good", ["vhosts", "add", "old", "--journal", "listed"]);
            await run(0, "", ["vhosts", "add", "old", "--journal", "archive", "--description", "changed"]);
            foreach (var host in (string[])["old", "new", "configured"])
            {
                await run(0, "", ["queues", "declare", "q", "--vhost", host]);
            }

            await run(0, "", ["definitions", "export", exported]);
        });

        const string queues = "SELECT DISTINCT persistence_id FROM journal WHERE persistence_id LIKE 'queue/%:q'";
        Assert.Equal("queue/new:q", await _postgres.ExecuteAsync(queues, "broker"));
        Assert.Equal("queue/old:q", await _postgres.ExecuteAsync(queues, "archive"));
        Assert.Equal("queue/configured:q", await _postgres.ExecuteAsync(queues, "listed"));

        // Nothing but the main journal says where it was.
        await WithBrokerAsync(async run =>
        {
            var hosts = (await run(0, "", ["vhosts", "list", "--json"])).Json.AsArray();
            Assert.Equal(
                [("/", null), ("configured", "listed"), ("new", null), ("old", "archive")],
                hosts.Select(static host => ((string)host!["name"]!, (string?)host["journal"])).Order());
            Assert.Contains("q", (await run(0, "", ["queues", "list", "--vhost", "old"])).Output, StringComparison.Ordinal);
            await run(0, "", ["vhosts", "delete", "old"]);
            await run(0, "", ["definitions", "import", exported]);
            await run(0, "", ["queues", "show", "q", "--vhost", "old"]);
            hosts = (await run(0, "", ["vhosts", "list", "--match", "^old$", "--json"])).Json.AsArray();
            Assert.Equal("archive", (string?)hosts.Single()!["journal"]);
        });
        Assert.Equal("", await _postgres.ExecuteAsync("SELECT DISTINCT persistence_id FROM journal WHERE persistence_id LIKE 'queue/old:q'", "broker"));

        _settings = [.. _settings.Where(static setting => !setting.Contains("archive", StringComparison.Ordinal))];
        var refused = await Assert.ThrowsAsync<StartupException>(() => WithBrokerAsync(static _ => Task.CompletedTask));
        Assert.Equal("actorbroker.journals: virtual host old is kept in the journal archive, and there is no section of that name", refused.Message);
    }

    private async Task WithBrokerAsync(Func<Func<int, string, string[], Task<CommandRun>>, Task> use)
    {
        await using var broker = await ApiBroker.StartAsync(_folder.FullName, _settings);
        await use(async (exitCode, error, arguments) =>
        {
            var run = await CommandRun.OfAsync([.. arguments, "--url", broker.Url]);
            Assert.Equal((exitCode, error.Length == 0 ? "" : $"actorbroker: {error}\n"), (run.ExitCode, run.Errors.ReplaceLineEndings("\n")));
            return run;
        });
    }
}
