using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace ActorBroker.Management.Http;

/// <summary>How a list is to be sorted, filtered by name, cut into pages and into columns: RabbitMQ's parameters of lists.</summary>
internal sealed class ListQuery
{
    private const int PageSizeDefault = 100;
    private const int PageSizeMax = 500;
    private const int PatternLengthMax = 1000;
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(100);

    private readonly int? _page;
    private readonly int _pageSize;
    private readonly string? _name;
    private readonly Regex? _pattern;
    private readonly string? _sort;
    private readonly bool _isReversed;
    private readonly string[][]? _columns;

    private ListQuery(ApiRequest request)
    {
        _page = Number(request, "page");
        _pageSize = Number(request, "page_size") ?? PageSizeDefault;
        if (_page is { } page && (page <= 0 || _pageSize is <= 0 or > PageSizeMax))
        {
            throw Invalid($"Invalid pagination parameters: page number {page}, page size {request.Query("page_size") ?? "undefined"}");
        }

        _name = request.Query("name");
        _pattern = _page is not null && request.IsOn("use_regex") && _name is { Length: > 0 } ? Pattern(_name) : null;
        _sort = request.Query("sort");
        _isReversed = request.IsOn("sort_reverse");
        _columns = request.Query("columns") is { } columns
            ? [.. columns.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static column => column.Split('.'))]
            : null;
    }

    /// <summary>What the request's query asks for.</summary>
    /// <exception cref="ApiErrorException">It makes no sense.</exception>
    public static ListQuery Read(ApiRequest request) => new(request);

    /// <summary>The list, or a page of it.</summary>
    public JsonNode Apply(IEnumerable<JsonObject> items, IReadOnlyList<string> defaultSorts)
    {
        var sorted = Sort(items, defaultSorts);
        if (_page is not { } page)
        {
            return new JsonArray([.. sorted.Select(Cut)]);
        }

        var matching = _name is { Length: > 0 } ? sorted.FindAll(IsNamed) : sorted;
        var pages = (matching.Count + _pageSize - 1) / _pageSize;
        if (page > Math.Max(pages, 1))
        {
            throw new ApiErrorException(
                StatusCodes.Status400BadRequest, "page_out_of_range",
                $"Page out of range, page: {page} page size: {_pageSize}, len: {matching.Count}");
        }

        var shown = matching.Skip((page - 1) * _pageSize).Take(_pageSize).Select(Cut).ToArray();
        return new JsonObject
        {
            ["filtered_count"] = matching.Count,
            ["item_count"] = shown.Length,
            ["items"] = new JsonArray([.. shown]),
            ["page"] = page,
            ["page_count"] = pages,
            ["page_size"] = _pageSize,
            ["total_count"] = sorted.Count,
        };
    }

    /// <summary>The columns of an item that are asked for.</summary>
    public JsonObject Cut(JsonObject item) => _columns is null ? item : (JsonObject)Cut(item, _columns)!;

    private static JsonNode? Cut(JsonNode? node, string[][] columns)
    {
        switch (node)
        {
            case JsonObject item:
                var cut = new JsonObject();
                foreach (var (key, value) in item)
                {
                    var wanted = Array.FindAll(columns, column => column[0] == key);
                    if (wanted.Length > 0)
                    {
                        var isWhole = wanted.Any(static column => column.Length == 1);
                        cut[key] = isWhole ? value?.DeepClone() : Cut(value, [.. wanted.Select(static column => column[1..])]);
                    }
                }

                return cut;
            case JsonArray items:
                return new JsonArray([.. items.Select(one => Cut(one, columns))]);
            default:
                return node?.DeepClone();
        }
    }

    private List<JsonObject> Sort(IEnumerable<JsonObject> items, IReadOnlyList<string> defaultSorts)
    {
        // Asked to sort by nothing, it sorts by nothing.
        var list = items.ToList();
        if (_sort is { Length: 0 })
        {
            return list;
        }

        var fields = (_sort is null ? defaultSorts : [_sort, .. defaultSorts]).Select(static field => field.Split('.')).ToArray();
        var keyed = list.ConvertAll(item => (Item: item, Keys: Array.ConvertAll(fields, field => ValueAt(item, field))));
        var order = Comparer<JsonNode?[]>.Create(Compare);
        var sorted = keyed.OrderBy(static entry => entry.Keys, order).Select(static entry => entry.Item).ToList();
        if (_isReversed)
        {
            sorted.Reverse();
        }

        return sorted;
    }

    private static JsonNode? ValueAt(JsonNode? node, string[] path)
    {
        foreach (var key in path)
        {
            node = node is JsonObject item ? item[key] : null;
        }

        return node;
    }

    private static int Compare(JsonNode?[] left, JsonNode?[] right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            var order = Compare(left[i], right[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    // What is not there counts as 0, and numbers come before anything else: the order of Erlang's terms.
    private static int Compare(JsonNode? left, JsonNode? right)
    {
        var (leftRank, leftNumber, leftText) = KeyOf(left);
        var (rightRank, rightNumber, rightText) = KeyOf(right);
        var order = leftRank.CompareTo(rightRank);
        order = order != 0 ? order : leftNumber.CompareTo(rightNumber);
        return order != 0 ? order : string.CompareOrdinal(leftText, rightText);
    }

    private static (int Rank, double Number, string Text) KeyOf(JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => (0, 0, string.Empty),
        JsonValueKind.Number => (0, Number(node), string.Empty),
        JsonValueKind.False => (1, 0, string.Empty),
        JsonValueKind.True => (1, 1, string.Empty),
        JsonValueKind.String => (2, 0, node.GetValue<string>()),
        _ => (3, 0, node.ToJsonString()),
    };

    private static double Number(JsonNode node)
    {
        var value = node.AsValue();
        return value.TryGetValue(out long whole) ? whole : value.TryGetValue(out int small) ? small : value.GetValue<double>();
    }

    private bool IsNamed(JsonObject item)
    {
        var name = item["name"]?.GetValue<string>() ?? string.Empty;
        try
        {
            return _pattern?.IsMatch(name) ?? name.Contains(_name!, StringComparison.OrdinalIgnoreCase);
        }
        catch (RegexMatchTimeoutException)
        {
            throw Invalid("name filter regex takes too long");
        }
    }

    private static Regex? Pattern(string pattern)
    {
        if (pattern.Length > PatternLengthMax)
        {
            throw Invalid("name filter regex is too long");
        }

        const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;
        try
        {
            return new Regex(pattern, Options | RegexOptions.NonBacktracking, MatchTimeout);
        }
        catch (NotSupportedException)
        {
            // It looks around, or back at what it has found.
            return new Regex(pattern, Options, MatchTimeout);
        }
        catch (ArgumentException)
        {
            // As in RabbitMQ, what is no expression matches nothing.
            return new Regex("(?!)", RegexOptions.None, MatchTimeout);
        }
    }

    private static int? Number(ApiRequest request, string name) => request.Query(name) switch
    {
        null => null,
        var text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new ApiErrorException(StatusCodes.Status400BadRequest, "bad_request", "Pagination parameters are invalid"),
    };

    private static ApiErrorException Invalid(string reason) =>
        new(StatusCodes.Status400BadRequest, "invalid_pagination_parameters", reason);
}
