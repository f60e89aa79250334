using System.Text.Json.Nodes;
using ActorBroker.RabbitMqCtl.Invocation;
using ActorBroker.RabbitMqCtl.Terms;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>
/// The columns that a list can have, by RabbitMQ's names: a value of this name in the API's answer, or what is set for the
/// column here; nothing where the broker does not say it.
/// </summary>
internal sealed class Columns(params string[] names)
{
    private readonly Dictionary<string, Func<JsonObject, Request, Term>> _special = new(StringComparer.Ordinal);

    /// <summary>What help says of them.</summary>
    public (string Term, string Explanation) Explanation => ("<column>", $"must be one of {string.Join(", ", names.Order(StringComparer.Ordinal))}");

    /// <summary>How the value of a column is made.</summary>
    public Func<JsonObject, Request, Term> this[string name]
    {
        set => _special[name] = value;
    }

    /// <summary>The columns that a call asks for: its arguments, with commas or without.</summary>
    /// <exception cref="BadArgumentsException">There is no such column.</exception>
    public IReadOnlyList<string> Of(Request request, params string[] defaults)
    {
        string[] wanted = request.Arguments.Count == 0
            ? defaults
            : [.. request.Arguments.SelectMany(static word => word.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct()];
        string[] unknown = [.. wanted.Except(names).Order(StringComparer.Ordinal)];
        return unknown.Length == 0 ? wanted : throw new BadArgumentsException($"Info key(s) {string.Join(',', unknown)} are not supported");
    }

    /// <summary>A line of the list.</summary>
    public Row RowOf(Request request, JsonObject item, IReadOnlyList<string> columns) =>
        new([.. columns.Select(column => (column, _special.TryGetValue(column, out var special) ? special(item, request) : Term.Of(item[column])))]);
}
