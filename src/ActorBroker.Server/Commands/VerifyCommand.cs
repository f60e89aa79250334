using System.CommandLine;
using ActorBroker.Broker.Persistence;
using ActorBroker.Broker.Persistence.Verification;
using ActorBroker.CommandLine;
using ActorBroker.CommandLine.Output;
using ActorBroker.Contracts.Options;

namespace ActorBroker.Server.Commands;

/// <summary>
/// <c>actorbroker verify</c>: reads the whole store of a stopped broker. Exit code 0 when it is whole, 3 when it is
/// damaged, also after a repair that could not set everything aside.
/// </summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var node = new NodeOptions();
        var repair = new Option<bool>("--repair") { Description = "Set aside what is broken, so that the broker starts and serves the rest." };
        var json = ReportText.JsonOption();
        var command = new Command("verify", "Check the store of a stopped broker: 0 whole, 3 damaged.") { repair, json };
        node.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(StoredNode.Of(node.Of(parsed)), parsed.GetValue(repair), parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(StoredNode node, bool repair, bool json)
    {
        node.MustExist();
        using var folder = DataFolder.Open(new DataOptions(node.Folder));
        var report = repair
            ? StoreRepair.Repair(node.File, node.Journal, TimeProvider.System.GetUtcNow(), json ? static _ => { } : Console.WriteLine)
            : await ProgressBar.RunAsync("Verifying", part => StoreVerifier.Verify(node.File, part)).ConfigureAwait(false);
        await (json ? ReportText.PrintJsonAsync(report) : ReportText.PrintAsync(report)).ConfigureAwait(false);
        return report.IsDamaged ? ExitCodes.Damaged : ExitCodes.Done;
    }
}
