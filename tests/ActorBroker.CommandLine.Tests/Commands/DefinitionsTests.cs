using System.Text.Json.Nodes;
using Xunit;

namespace ActorBroker.CommandLine.Tests.Commands;

public sealed class DefinitionsTests(BrokerFixture fixture) : CommandSpec(fixture)
{
    [Fact]
    public async Task What_is_exported_to_a_file_is_made_again_by_an_import()
    {
        var (first, second) = (await VirtualHostAsync(), await VirtualHostAsync());
        await RunAsync("queues", "declare", "q", "-a", "x-max-length=7", "--vhost", first);
        await RunAsync("bindings", "add", "amq.topic", "q", "--key", "k.*", "--vhost", first);
        var folder = Directory.CreateTempSubdirectory("actorbroker-cli-");
        var file = Path.Combine(folder.FullName, "definitions.json");
        await File.WriteAllTextAsync(file, "what was there before");

        await RunAsync("definitions", "export", file, "--vhost", first);
        Assert.Equal("definitions imported\n", (await RunAsync("definitions", "import", file, "--vhost", second)).Output);

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        Assert.Equal(["definitions.json"], folder.EnumerateFiles().Select(static one => one.Name));
        folder.Delete(recursive: true);
        var queue = await RunAsync("queues", "show", "q", "--vhost", second, "--json");
        Assert.Equal(7, (int)queue.Json["arguments"]!["x-max-length"]!);
        Assert.Contains("k.*", (await RunAsync("bindings", "list", "--vhost", second)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Definitions_go_through_pipes_and_what_is_none_is_refused()
    {
        var host = await VirtualHostAsync();
        var whole = await RunAsync("definitions", "export");
        Assert.Contains(whole.Json["vhosts"]!.AsArray(), one => (string?)one!["name"] == host);
        await RunAsync("vhosts", "delete", host);

        await RunOnAsync(whole.Bytes, "definitions", "import", "-");

        Assert.Contains((await RunAsync("vhosts", "list", "--json")).Json.AsArray(), one => (string?)((JsonObject)one!)["name"] == host);
        var refused = await CommandRun.OfAsync(["definitions", "import", "-", "--url", Fixture.Url], "no definitions"u8.ToArray());
        Assert.Equal(ExitCodes.Failed, refused.ExitCode);
        Assert.Contains("none.json", await FailAsync(ExitCodes.Failed, "definitions", "import", "none.json"), StringComparison.Ordinal);
        Assert.Contains("none", await FailAsync(ExitCodes.Failed, "definitions", "export", Path.Combine("none", "file")), StringComparison.Ordinal);
    }
}
