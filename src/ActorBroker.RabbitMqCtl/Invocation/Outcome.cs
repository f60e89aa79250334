using System.Text.Json.Nodes;
using ActorBroker.RabbitMqCtl.Terms;

namespace ActorBroker.RabbitMqCtl.Invocation;

/// <summary>One line of a list: names and values, in the order of the columns.</summary>
internal sealed record Row(IReadOnlyList<(string Name, Term Value)> Cells)
{
    public Row(params (string Name, Term Value)[] cells)
        : this((IReadOnlyList<(string, Term)>)cells)
    {
    }
}

/// <summary>What a command that went well has to say.</summary>
internal abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>It is done, which says enough.</summary>
    public sealed record Done : Outcome;

    /// <summary>Nothing, to nobody.</summary>
    public sealed record Silence : Outcome;

    /// <summary>A sentence, or several lines.</summary>
    /// <param name="Text">In words.</param>
    /// <param name="Json">For those who asked for JSON; null for one that holds the text.</param>
    public sealed record Message(string Text, JsonObject? Json = null) : Outcome;

    /// <summary>The answer to a question, which JSON puts beside the node that answered.</summary>
    public sealed record Answer(string Text) : Outcome;

    /// <summary>A list.</summary>
    /// <param name="Lines">Its lines.</param>
    /// <param name="IsWhole">Whether RabbitMQ's tool has it as a whole, and not line by line: then an empty one is an empty line.</param>
    public sealed record Rows(IReadOnlyList<Row> Lines, bool IsWhole = false) : Outcome;

    /// <summary>One thing with several properties.</summary>
    public sealed record Properties(Row Line) : Outcome;

    /// <summary>Text that goes out as it is, without a line's end of its own.</summary>
    public sealed record Raw(string Text) : Outcome;
}
