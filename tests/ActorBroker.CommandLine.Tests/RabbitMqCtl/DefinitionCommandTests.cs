using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Tests.Commands;
using Xunit;

namespace ActorBroker.CommandLine.Tests.RabbitMqCtl;

public sealed class DefinitionCommandTests(BrokerFixture fixture) : CtlSpec(fixture)
{
    private const string Started = "Successfully started definition import. This process is asynchronous and can take some time.\n";

    [Fact]
    public async Task Definitions_go_out_to_a_file_and_come_in_again()
    {
        var host = await VirtualHostAsync();
        var file = Path.GetTempFileName();

        Assert.Equal($"Exporting definitions in JSON to a file at \"{file}\" ...\n", await OutputAsync("export_definitions", file));
        Assert.Contains(JsonNode.Parse(await File.ReadAllTextAsync(file))!["vhosts"]!.AsArray(), item => (string?)item!["name"] == host);
        await OutputAsync("delete_vhost", host);
        await ToldAsync(told => !told.Contains(host, StringComparison.Ordinal), "list_vhosts");
        var imported = new JsonObject { ["vhosts"] = new JsonArray(new JsonObject { ["name"] = host }) };
        await File.WriteAllTextAsync(file, imported.ToJsonString());
        Assert.Equal($"Importing definitions in JSON from a file at \"{file}\" ...\n{Started}", await OutputAsync("import_definitions", file));
        Assert.Contains(host, await LinesAsync("list_vhosts"));
        File.Delete(file);
    }

    [Fact]
    public async Task Definitions_go_through_pipes()
    {
        var host = NewName("v");
        var imported = new JsonObject { ["vhosts"] = new JsonArray(new JsonObject { ["name"] = host }) };

        Assert.Equal($"Importing definitions in JSON from standard input ...\n{Started}", (await TryOnAsync(imported.ToJsonString(), "import_definitions")).Output);
        Assert.Contains(JsonNode.Parse(await OutputAsync("export_definitions", "-"))!["vhosts"]!.AsArray(), item => (string?)item!["name"] == host);
        Assert.Equal("", (await TryOnAsync(imported.ToJsonString(), "import_definitions", "-q")).Output);
    }

    [Fact]
    public async Task Files_that_hold_no_definitions_are_refused()
    {
        var file = Path.GetTempFileName();
        await FailsAsync(65, $"Error:\nFile {file} is zero-sized\n", "import_definitions", file);
        await File.WriteAllTextAsync(file, "no JSON");
        await FailsAsync(65, "Error:\nFailed to deserialise input (format: JSON) (error: not JSON)\n", "import_definitions", file);
        File.Delete(file);
        Assert.Equal(65, (await TryAsync("import_definitions", file)).ExitCode);
        Assert.Equal(65, (await TryAsync("export_definitions", Path.Combine(file, "below", "it"))).ExitCode);
    }
}
