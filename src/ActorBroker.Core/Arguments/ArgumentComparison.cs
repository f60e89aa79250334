namespace ActorBroker.Core.Arguments;

/// <summary>The two comparisons of values and tables: by kind and value, or by what RabbitMQ holds to be the same.</summary>
internal sealed class ArgumentComparison
{
    public static readonly ArgumentComparison Exact = new(acrossWidths: false);
    public static readonly ArgumentComparison Equivalent = new(acrossWidths: true);

    private readonly bool _acrossWidths;

    private ArgumentComparison(bool acrossWidths) => _acrossWidths = acrossWidths;

    public bool AreEqual(ArgumentValue left, ArgumentValue right)
    {
        if (left.Kind != right.Kind)
            return _acrossWidths && AreEqualAcrossWidths(left, right);
        return left.Kind switch
        {
            ArgumentKind.LongString or ArgumentKind.Binary => left.AsBytes().Span.SequenceEqual(right.AsBytes().Span),
            ArgumentKind.Array => AreEqual(left.AsArray().AsSpan(), right.AsArray().AsSpan()),
            ArgumentKind.Table => AreEqual(left.AsTable(), right.AsTable()),
            _ => left.RawBits == right.RawBits,
        };
    }

    public bool AreEqual(ArgumentTable left, ArgumentTable right)
    {
        if (ReferenceEquals(left, right))
            return true;
        if (left.Count != right.Count)
            return false;
        var leftEntries = left.Sorted();
        var rightEntries = right.Sorted();
        for (var i = 0; i < leftEntries.Length; i++)
        {
            if (leftEntries[i].Key != rightEntries[i].Key || !AreEqual(leftEntries[i].Value, rightEntries[i].Value))
                return false;
        }

        return true;
    }

    private bool AreEqual(ReadOnlySpan<ArgumentValue> left, ReadOnlySpan<ArgumentValue> right)
    {
        if (left.Length != right.Length)
            return false;
        for (var i = 0; i < left.Length; i++)
        {
            if (!AreEqual(left[i], right[i]))
                return false;
        }

        return true;
    }

    private static bool AreEqualAcrossWidths(ArgumentValue left, ArgumentValue right)
    {
        if (left.TryGetInt64(out var leftInteger) && right.TryGetInt64(out var rightInteger))
            return leftInteger == rightInteger;
        return (left.Kind, right.Kind) switch
        {
            (ArgumentKind.Single, ArgumentKind.Double) => ((double)left.AsSingle()).Equals(right.AsDouble()),
            (ArgumentKind.Double, ArgumentKind.Single) => left.AsDouble().Equals(right.AsSingle()),
            _ => false,
        };
    }
}
