using System.CommandLine;
using ActorBroker.Server.Composition;

namespace ActorBroker.Server.Commands;

/// <summary><c>actorbroker serve</c>, and what the executable does without a command.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", "Run the broker until a signal ends it; the default.");
        SetUp(command);
        return command;
    }

    public static void SetUp(Command command)
    {
        var node = new NodeOptions();
        var cluster = new ClusterArguments();
        node.AddTo(command);
        cluster.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            var arguments = node.Of(parsed);
            return Node.RunAsync(arguments with { Settings = [.. cluster.SettingsOf(parsed), .. arguments.Settings] });
        });
    }
}
