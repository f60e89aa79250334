using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorBroker.Broker.Persistence.Verification;

namespace ActorBroker.Server.Commands;

/// <summary>The report on a store, for people and for programs.</summary>
internal static class ReportText
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>Asks for the report of a command as JSON.</summary>
    public static Option<bool> JsonOption() => new("--json") { Description = "Print the report as JSON." };

    public static async Task PrintAsync(StoreReport report)
    {
        var culture = CultureInfo.InvariantCulture;
        await Console.Out.WriteLineAsync(string.Create(culture, $"journal {report.File}, format {report.Format}, {report.Bytes:N0} bytes")).ConfigureAwait(false);
        await Console.Out.WriteLineAsync(string.Create(
            culture,
            $"{report.Events} events and {report.Snapshots} snapshots of {report.Entities} entities, {report.InQuarantine} rows in quarantine")).ConfigureAwait(false);
        foreach (var finding in report.Findings)
        {
            var lost = finding.LostMessages > 0 ? string.Create(culture, $" ({finding.LostMessages} messages)") : "";
            await Console.Out.WriteLineAsync($"{(finding.IsDamage ? "DAMAGED" : "note")}: {finding.Place}: {finding.Text}{lost}").ConfigureAwait(false);
        }

        await Console.Out
            .WriteLineAsync(report.IsDamaged ? "The store is damaged; verify --repair sets aside what is broken." : "The store is whole.")
            .ConfigureAwait(false);
    }

    public static Task PrintJsonAsync(StoreReport report) => Console.Out.WriteLineAsync(JsonSerializer.Serialize(report, Json));
}
