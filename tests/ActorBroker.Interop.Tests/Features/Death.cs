using System.Collections;
using System.Text;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>One entry of the header <c>x-death</c>, the latest first; routing keys are joined by commas.</summary>
public sealed record Death(string Queue, string Reason, long Count, string Exchange, string RoutingKeys, string? OriginalExpiration = null)
{
    public static Death[] Of(IReadOnlyBasicProperties properties)
    {
        Assert.True(properties.Headers is not null && properties.Headers.ContainsKey("x-death"), "the message has no x-death");
        var entries = Assert.IsType<List<object>>(properties.Headers["x-death"], exactMatch: false);
        return [.. entries.Select(entry => Read(Assert.IsType<Dictionary<string, object?>>(entry, exactMatch: false)))];
    }

    /// <summary>A header of type long string.</summary>
    public static string? Text(IReadOnlyBasicProperties properties, string header) =>
        properties.Headers?.TryGetValue(header, out var value) == true ? Text(value) : null;

    private static Death Read(Dictionary<string, object?> entry)
    {
        Assert.IsType<AmqpTimestamp>(entry["time"]);
        string[] known = ["queue", "reason", "count", "exchange", "routing-keys", "time", "original-expiration"];
        Assert.Empty(entry.Keys.Except(known));
        return new Death(
            Text(entry["queue"])!,
            Text(entry["reason"])!,
            Assert.IsType<long>(entry["count"]),
            Text(entry["exchange"])!,
            string.Join(',', Assert.IsType<IList>(entry["routing-keys"], exactMatch: false).Cast<object?>().Select(Text)),
            entry.TryGetValue("original-expiration", out var expiration) ? Text(expiration) : null);
    }

    private static string? Text(object? value) => value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : value?.ToString();
}
