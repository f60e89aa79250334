using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorBroker.CommandLine.Output;

/// <summary>A column of a list.</summary>
/// <param name="Field">The field of the API's objects, with dots between the parts of its path.</param>
/// <param name="Title">What stands above it.</param>
/// <param name="ForPeople">Makes the value readable; null where it is as it comes.</param>
/// <param name="IsNumber">It is aligned to the right.</param>
internal sealed record Column(string Field, string Title, Func<JsonNode, string>? ForPeople = null, bool IsNumber = false)
{
    /// <summary>Text as it is.</summary>
    public static Column Text(string field, string? title = null) => new(field, title ?? field);

    /// <summary>A number of things.</summary>
    public static Column Count(string field, string? title = null) => new(field, title ?? field, static value => Figures.Count(NumberOf(value)), IsNumber: true);

    /// <summary>A number of things a second.</summary>
    public static Column Rate(string field, string title) => new(field, title, static value => Figures.Rate(NumberOf(value)), IsNumber: true);

    /// <summary>A size.</summary>
    public static Column Bytes(string field, string title) => new(field, title, static value => Figures.Bytes(NumberOf(value)), IsNumber: true);

    /// <summary>Yes, or nothing.</summary>
    public static Column Flag(string field, string? title = null) =>
        new(field, title ?? field, static value => value.GetValueKind() == JsonValueKind.True ? "yes" : "");

    /// <summary>A duration in milliseconds.</summary>
    public static Column Duration(string field, string title) =>
        new(field, title, static value => Figures.Duration(TimeSpan.FromMilliseconds(NumberOf(value))), IsNumber: true);

    /// <summary>A time in milliseconds since 1970.</summary>
    public static Column Time(string field, string title) =>
        new(field, title, static value => Figures.Time(DateTimeOffset.FromUnixTimeMilliseconds((long)NumberOf(value))));

    /// <summary>The column's value for an object; empty where there is none.</summary>
    public string ValueOf(JsonObject item, bool isForPeople)
    {
        JsonNode? node = item;
        foreach (var part in Field.Split('.'))
        {
            node = (node as JsonObject)?[part];
        }

        return node is null ? string.Empty : isForPeople && ForPeople is { } readable ? readable(node) : TextOf(node);
    }

    /// <summary>A value as text: itself, or where it has parts JSON.</summary>
    public static string TextOf(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.String => node.GetValue<string>(),
        JsonValueKind.Array when node.AsArray().All(static one => one?.GetValueKind() == JsonValueKind.String) => string.Join(',', node.AsArray().Select(static one => one!.GetValue<string>())),
        JsonValueKind.Object when node.AsObject().Count == 0 => string.Empty,
        _ => ResultWriter.JsonOf(node),
    };

    // Figures that are not there are texts in some places, such as "unlimited".
    private static double NumberOf(JsonNode value) =>
        value.GetValueKind() == JsonValueKind.Number && double.TryParse(value.ToJsonString(), CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
}
