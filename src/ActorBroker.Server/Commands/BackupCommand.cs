using System.CommandLine;
using ActorBroker.Broker.Persistence.Verification;
using ActorBroker.CommandLine;
using ActorBroker.CommandLine.Output;

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
        var json = ReportText.JsonOption();
        var command = new Command("backup", "Copy the store of a running or stopped broker, and verify the copy.") { to, json };
        node.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(StoredNode.Of(node.Of(parsed)).MustExist().File, Path.GetFullPath(parsed.GetRequiredValue(to)), parsed.GetValue(json)));
        return command;
    }

    internal static async Task<int> RunAsync(string file, string folder, bool json)
    {
        var unfinished = StoreCopy.UnfinishedOf(file, folder);
        var copy = await ProgressBar.WatchAsync(
            "Copying", () => LengthOf(unfinished), LengthOf(file), () => StoreCopy.Make(file, folder)).ConfigureAwait(false);
        var report = await ProgressBar.RunAsync("Verifying", part => StoreVerifier.Verify(copy, part)).ConfigureAwait(false);
        await (json ? ReportText.PrintJsonAsync(report) : ReportText.PrintAsync(report)).ConfigureAwait(false);
        return report.IsDamaged ? ExitCodes.Damaged : ExitCodes.Done;
    }

    private static long LengthOf(string file) => new FileInfo(file) is { Exists: true } found ? found.Length : 0;
}
