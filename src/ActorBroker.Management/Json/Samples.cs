using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.Contracts.Management;
using ActorBroker.Management.Http;

namespace ActorBroker.Management.Json;

/// <summary>Figures as RabbitMQ tells them: <c>publish</c>, and beside it <c>publish_details</c> with its rate and its history.</summary>
internal static class Samples
{
    private static readonly string[] Kinds = ["msg_rates", "lengths", "data_rates"];

    // A day by minutes.
    private const int CountMax = 1500;

    /// <summary>The history that a request asks for; null for none.</summary>
    /// <exception cref="ApiErrorException">It makes no sense.</exception>
    public static SampleRange? RangeOf(ApiRequest request)
    {
        foreach (var kind in Kinds)
        {
            if (Seconds(request, $"{kind}_age") is { } age && Seconds(request, $"{kind}_incr") is { } increment)
            {
                return age > 0 && increment > 0 && age / increment <= CountMax
                    ? new SampleRange(TimeSpan.FromSeconds(age), TimeSpan.FromSeconds(increment))
                    : throw ApiErrorException.BadRequest($"Invalid range parameters: age {age}, incr {increment}");
            }
        }

        return null;
    }

    /// <summary>Adds figures to an object.</summary>
    public static JsonObject With(this JsonObject item, IEnumerable<Figure> figures)
    {
        foreach (var figure in figures)
        {
            item[figure.Name] = figure.Value;
            item[$"{figure.Name}_details"] = DetailsOf(figure);
        }

        return item;
    }

    /// <summary>Adds the figures of messages, where there are any.</summary>
    public static JsonObject WithMessageStats(this JsonObject item, IReadOnlyList<Figure> figures)
    {
        if (figures.Count > 0)
        {
            item["message_stats"] = new JsonObject().With(figures);
        }

        return item;
    }

    private static JsonObject DetailsOf(Figure figure)
    {
        var details = new JsonObject { ["rate"] = figure.Rate ?? 0.0 };
        var samples = figure.Samples;
        if (samples.Count == 0)
        {
            return details;
        }

        details["samples"] = new JsonArray(
            [.. samples.Select(static sample => (JsonNode)new JsonObject { ["sample"] = sample.Value, ["timestamp"] = sample.At })]);
        var seconds = (samples[0].At - samples[^1].At) / 1000.0;
        details["avg_rate"] = seconds > 0 ? (samples[0].Value - samples[^1].Value) / seconds : 0.0;
        details["avg"] = samples.Average(static sample => (double)sample.Value);
        return details;
    }

    // What is no number asks for nothing, as in RabbitMQ.
    private static int? Seconds(ApiRequest request, string name) =>
        int.TryParse(request.Query(name), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
}
