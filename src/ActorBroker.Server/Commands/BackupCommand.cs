using System.CommandLine;
using ActorBroker.Broker.Persistence.Verification;

namespace ActorBroker.Server.Commands;

/// <summary>
/// <c>actorbroker backup</c>: a copy of the store of a running or stopped broker, with everything that was confirmed
/// before it began; verified.
/// </summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var node = new NodeOptions();
        var to = new Option<string>("--to") { Description = "Folder for the copy, absent or empty.", HelpName = "DIR", Required = true };
        var command = new Command("backup", "Copy the store of a running or stopped broker, and verify the copy.") { to };
        node.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(StoredNode.Of(node.Of(parsed)).MustExist().File, Path.GetFullPath(parsed.GetRequiredValue(to))));
        return command;
    }

    internal static async Task<int> RunAsync(string file, string folder)
    {
        var report = StoreVerifier.Verify(StoreCopy.Make(file, folder));
        await ReportText.PrintAsync(report).ConfigureAwait(false);
        return report.IsDamaged ? ExitCodes.Damaged : ExitCodes.Done;
    }
}
