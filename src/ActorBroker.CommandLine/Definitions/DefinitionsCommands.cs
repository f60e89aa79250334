using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;
using ActorBroker.CommandLine.Output;

namespace ActorBroker.CommandLine.Definitions;

/// <summary><c>actorbroker definitions</c>: everything that was declared and set, as a file that RabbitMQ understands, too.</summary>
internal static class DefinitionsCommands
{
    private const string Standard = "-";

    public static Command Create(CommandBuilder commands) => CommandBuilder.Group(
        "definitions", "Users, virtual hosts, queues, exchanges, bindings, policies, in a file: export and import.",
        Export(commands),
        Import(commands));

    private static ApiPath PathOf(CommandContext context) =>
        context.GivenVirtualHost is { } host ? ApiPath.Of("definitions", host) : ApiPath.Of("definitions");

    private static Command Export(CommandBuilder commands)
    {
        var file = new Argument<string>("file") { Description = "Where to; - is the output.", DefaultValueFactory = static _ => Standard };
        return commands.Leaf(
            "export", "Write all definitions, or with --vhost those of a virtual host.",
            async context =>
            {
                var path = context.Value(file);
                if (path == Standard)
                {
                    await context.Api.DownloadAsync(PathOf(context), context.Console.OpenOutput(), context.Ended).ConfigureAwait(false);
                    await context.Console.Output.WriteLineAsync().ConfigureAwait(false);
                    return;
                }

                // What is there already is replaced when the new one is whole. It holds the hashes of passwords.
                var partial = path + ".part";
                var access = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows())
                {
                    access.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                }

                try
                {
                    var to = new FileStream(partial, access);
                    await using (to.ConfigureAwait(false))
                    {
                        await context.Api.DownloadAsync(PathOf(context), to, context.Ended).ConfigureAwait(false);
                    }

                    File.Move(partial, path, overwrite: true);
                }
                finally
                {
                    File.Delete(partial);
                }

                context.Result.Done($"definitions written to {path}", new JsonObject { ["file"] = path });
            },
            file, commands.VirtualHost);
    }

    private static Command Import(CommandBuilder commands)
    {
        var file = new Argument<string>("file") { Description = "A file that was exported, here or from RabbitMQ; - is the input." };
        return commands.Leaf(
            "import", "Make what a file says and is not there yet. Nothing is deleted.",
            async context =>
            {
                var path = context.Value(file);
                var from = path == Standard ? context.Console.OpenInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
                await using (from.ConfigureAwait(false))
                {
                    await Spinner.ShowAsync(
                        context.Console, "The broker imports the definitions", () => context.Api.UploadAsync(PathOf(context), from, context.Ended)).ConfigureAwait(false);
                }

                context.Result.Done("definitions imported", new JsonObject { ["imported"] = true });
            },
            file, commands.VirtualHost);
    }
}
