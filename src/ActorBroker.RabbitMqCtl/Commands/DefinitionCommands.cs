using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Arguments;
using ActorBroker.RabbitMqCtl.Invocation;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>Definitions: all that was declared and set, in a file.</summary>
internal static class DefinitionCommands
{
    private const string Started = "Successfully started definition import. This process is asynchronous and can take some time.\n";
    private static readonly Switch[] Format = [new("format", SwitchKind.Text), new("timeout", SwitchKind.Number, 't')];

    public static IEnumerable<Command> All =>
    [
        new("export_definitions", HelpSection.Definitions, "export_definitions <file_path | \"-\"> [--format <json | erlang>]", "Exports definitions in JSON or compressed Erlang Term Format.")
        {
            Takes = (1, 1),
            HasTimeout = true,
            Switches = Format,
            Explanations = [("<file>", "Local file path to export to. Pass a dash (-) for stdout."), ("--format", "output format to use: json")],
            Check = static request =>
            {
                CheckFormat(request);
                var folder = Path.GetDirectoryName(request.Arguments[0]);
                if (!IsStream(request) && folder is { Length: > 0 } && !Directory.Exists(folder))
                {
                    throw BadArgumentsException.BadArgument($"Directory {folder} does not exist");
                }
            },
            Banner = static request => IsStream(request) ? null : $"Exporting definitions in JSON to a file at \"{request.Arguments[0]}\" ...",
            Run = ExportAsync,
        },
        new("import_definitions", HelpSection.Definitions, "import_definitions <file_path | \"-\"> [--format <json | erlang>] [--skip-if-unchanged]", "Imports definitions in JSON or compressed Erlang Term Format.")
        {
            Takes = (0, 1),
            HasTimeout = true,
            Switches = [.. Format, new("skip-if-unchanged", SwitchKind.Flag)],
            Explanations = [("[file]", "Local file path to import from. If omitted will be read from standard input"), ("--format", "input format to use: json")],
            Check = static request =>
            {
                CheckFormat(request);
                if (!IsStream(request) && !File.Exists(request.Arguments[0]) && !Directory.Exists(request.Arguments[0]))
                {
                    throw BadArgumentsException.BadArgument($"File {request.Arguments[0]} does not exist");
                }
            },
            Banner = static request => IsStream(request)
                ? "Importing definitions in JSON from standard input ..."
                : $"Importing definitions in JSON from a file at \"{request.Arguments[0]}\" ...",
            Run = ImportAsync,
        },
    ];

    private static bool IsStream(Request request) => request.Arguments.Count == 0 || request.Arguments[0] == "-";

    private static void CheckFormat(Request request)
    {
        var format = (request.Text("format") ?? "json").ToLowerInvariant();
        if (format is not "json")
        {
            throw BadArgumentsException.BadArgument(format == "erlang" ? "Erlang's own format is not supported: use json" : "Format should be either json or erlang");
        }
    }

    private static async Task<Outcome> ExportAsync(Request request)
    {
        if (IsStream(request))
        {
            using var content = new MemoryStream();
            await request.Client.DownloadAsync(ApiPath.Of("definitions"), content, request.Ended).ConfigureAwait(false);
            return new Outcome.Raw(Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length));
        }

        var path = request.Arguments[0];
        try
        {
            var file = File.Create(path);
            await using (file.ConfigureAwait(false))
            {
                await request.Client.DownloadAsync(ApiPath.Of("definitions"), file, request.Ended).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CommandFailedException.Of(ExitCodes.Data, $"Could not write to file {path}: {failure.Message}");
        }

        return new Outcome.Silence();
    }

    private static async Task<Outcome> ImportAsync(Request request)
    {
        var content = await ReadAsync(request).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            try
            {
                await request.Client.UploadAsync(ApiPath.Of("definitions"), content, request.Ended).ConfigureAwait(false);
            }
            catch (ApiException failure) when (failure.Status == HttpStatusCode.BadRequest && failure.Message == "not_json")
            {
                throw CommandFailedException.Of(ExitCodes.Data, "Failed to deserialise input (format: JSON) (error: not JSON)");
            }
        }

        return request.IsJson
            ? new Outcome.Message(Started, new JsonObject { ["node"] = request.Node, ["result"] = "ok" })
            : request.IsBrief ? new Outcome.Silence() : new Outcome.Raw(Started);
    }

    private static async Task<Stream> ReadAsync(Request request)
    {
        if (IsStream(request))
        {
            return new MemoryStream(Encoding.UTF8.GetBytes(await request.Terminal.In.ReadToEndAsync(request.Ended).ConfigureAwait(false)));
        }

        var path = request.Arguments[0];
        try
        {
            var file = File.OpenRead(path);
            if (file.Length > 0)
            {
                return file;
            }

            await file.DisposeAsync().ConfigureAwait(false);
            throw CommandFailedException.Of(ExitCodes.Data, $"File {path} is zero-sized");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CommandFailedException.Of(ExitCodes.Data, Directory.Exists(path) ? $"Path {path} is a directory" : $"Could not read from file {path}: {failure.Message}");
        }
    }
}
