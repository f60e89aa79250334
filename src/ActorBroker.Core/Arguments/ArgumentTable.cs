using System.Runtime.CompilerServices;
using System.Text;

namespace ActorBroker.Core.Arguments;

/// <summary>
/// An immutable, ordered list of named values: the arguments of a queue, exchange, binding or consumer, or a message's headers.
/// The order is kept as it came. A name may occur twice, as on the wire: a look-up finds the first.
/// </summary>
/// <remarks>Create one with <see cref="Of"/>, a collection expression of pairs or a <see cref="Builder"/>.</remarks>
[CollectionBuilder(typeof(ArgumentTable), nameof(Create))]
public sealed class ArgumentTable : IEquatable<ArgumentTable>
{
    /// <summary>How deep tables and arrays may be nested, the outermost table counting as one. Codecs refuse what is deeper.</summary>
    public const int DepthMax = 32;

    /// <summary>How many values a table may hold, those of nested tables and arrays included. Codecs refuse more.</summary>
    public const int ValueCountMax = 16_384;

    private readonly KeyValuePair<string, ArgumentValue>[] _entries;

    private ArgumentTable(KeyValuePair<string, ArgumentValue>[] entries) => _entries = entries;

    public static ArgumentTable Empty { get; } = new([]);

    public int Count => _entries.Length;

    public static ArgumentTable Create(ReadOnlySpan<KeyValuePair<string, ArgumentValue>> entries) =>
        entries.IsEmpty ? Empty : new ArgumentTable(entries.ToArray());

    public static ArgumentTable Of(params ReadOnlySpan<(string Key, ArgumentValue Value)> entries)
    {
        var builder = new Builder();
        foreach (var (key, value) in entries)
            builder.Add(key, value);
        return builder.Build();
    }

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, out ArgumentValue value)
    {
        // Tables are a few entries long: a scan beats a dictionary, in memory most of all.
        foreach (var entry in _entries)
        {
            if (entry.Key == key)
            {
                value = entry.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    public Enumerator GetEnumerator() => new(_entries);

    /// <summary>The same names with the same kinds and values, in any order.</summary>
    public bool Equals(ArgumentTable? other) => other is not null && ArgumentComparison.Exact.AreEqual(this, other);

    /// <summary>The same names with values that are equivalent by <see cref="ArgumentValue.IsEquivalentTo"/>, in any order.</summary>
    public bool IsEquivalentTo(ArgumentTable other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ArgumentComparison.Equivalent.AreEqual(this, other);
    }

    public override bool Equals(object? obj) => Equals(obj as ArgumentTable);

    public override int GetHashCode()
    {
        // A sum, because the order does not matter for equality.
        var sum = Count;
        foreach (var (key, value) in _entries)
            sum += HashCode.Combine(key, value);
        return sum;
    }

    /// <summary>The table as RabbitMQ prints it: <c>[{&lt;&lt;"x-max-length"&gt;&gt;,signedint,10}]</c>.</summary>
    public override string ToString() => ArgumentText.AppendTerm(new StringBuilder(), this).ToString();

    /// <summary>Each entry as RabbitMQ prints it: <c>{&lt;&lt;"x-max-length"&gt;&gt;,signedint,10}</c>.</summary>
    public IEnumerable<string> ToTerms()
    {
        foreach (var entry in _entries)
            yield return ArgumentText.AppendEntry(new StringBuilder(), entry).ToString();
    }

    /// <summary>The entries by name, those of one name in their own order.</summary>
    internal ReadOnlySpan<KeyValuePair<string, ArgumentValue>> Sorted() =>
        _entries.Length < 2 ? _entries : _entries.OrderBy(entry => entry.Key, StringComparer.Ordinal).ToArray();

    public struct Enumerator
    {
        private readonly KeyValuePair<string, ArgumentValue>[] _entries;
        private int _index;

        internal Enumerator(KeyValuePair<string, ArgumentValue>[] entries)
        {
            _entries = entries;
            _index = -1;
        }

        public readonly KeyValuePair<string, ArgumentValue> Current => _entries[_index];

        public bool MoveNext() => ++_index < _entries.Length;
    }

    /// <summary>Collects entries in order; may be used again after <see cref="Build"/>, and adds to what it had.</summary>
    public sealed class Builder
    {
        private readonly List<KeyValuePair<string, ArgumentValue>> _entries = [];

        public int Count => _entries.Count;

        public Builder Add(string key, ArgumentValue value)
        {
            ArgumentNullException.ThrowIfNull(key);
            _entries.Add(new KeyValuePair<string, ArgumentValue>(key, value));
            return this;
        }

        public ArgumentTable Build() => _entries.Count == 0 ? Empty : new ArgumentTable([.. _entries]);
    }
}
