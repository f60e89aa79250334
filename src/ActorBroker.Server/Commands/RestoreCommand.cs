using System.CommandLine;

namespace ActorBroker.Server.Commands;

/// <summary><c>actorbroker restore</c>: a new data folder from a backup; verified.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var node = new NodeOptions();
        var from = new Option<string>("--from") { Description = "Folder of a backup.", HelpName = "DIR", Required = true };
        var json = ReportText.JsonOption();
        var command = new Command("restore", "Make a data folder, absent or empty so far, from a backup, and verify it.") { from, json };
        node.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            var stored = StoredNode.Of(node.Of(parsed));
            var backup = stored with { Folder = Path.GetFullPath(parsed.GetRequiredValue(from)) };
            return BackupCommand.RunAsync(backup.MustExist().File, stored.Folder, parsed.GetValue(json));
        });
        return command;
    }
}
