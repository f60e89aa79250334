using ActorBroker.Core.Arguments;

namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>
/// An <c>x-consistent-hash</c> exchange: each message goes to one destination, chosen by a hash of its routing key, of a
/// header or of a property; a destination's share is in proportion to the number that its binding's key is.
/// </summary>
/// <remarks>
/// By weighted rendezvous: each destination gets a score from its name and the message's hash, and the best one wins. So
/// the choice depends on nothing but which bindings there are, on every node and after every restart; a new binding
/// takes its share from all others and nothing else moves, a removed one leaves its share to all others. (RabbitMQ's
/// numbered buckets depend on the order of the bindings, and are numbered anew when one is removed.)
/// Of several bindings to one destination the greatest weight counts.
/// </remarks>
internal sealed class ConsistentHashRouter : Router
{
    private readonly SlotList<Entry> _entries = new();
    private readonly string? _header;
    private readonly string? _property;

    public ConsistentHashRouter(ArgumentTable arguments)
    {
        if (arguments.TryGetValue(ExchangeArguments.HashHeader, out var header))
            header.TryGetString(out _header);
        if (arguments.TryGetValue(ExchangeArguments.HashProperty, out var property))
            property.TryGetString(out _property);
    }

    public override bool IsPerMessage => _header is not null || _property is not null;

    public override void Add(Binding binding) => _entries.Add(new Entry(binding));

    public override void Remove(Binding binding) => _entries.Remove(new Entry(binding));

    public override void Match(ref RoutedMessage message, RouteMatches matches)
    {
        ArgumentNullException.ThrowIfNull(matches);
        if (message.IsAny && IsPerMessage)
        {
            foreach (var entry in _entries.Read())
            {
                if (entry is not null)
                    matches.Targets.Add(entry.Target);
            }

            return;
        }

        if (Choose(HashOf(ref message)) is { } chosen)
            matches.Targets.Add(chosen);
    }

    private RouteTarget? Choose(ulong hash)
    {
        RouteTarget? chosen = null;
        var least = double.PositiveInfinity;
        foreach (var entry in _entries.Read())
        {
            if (entry is null || entry.Score(hash) is var score && score >= least)
                continue;
            chosen = entry.Target;
            least = score;
        }

        return chosen;
    }

    // What a message lacks counts as one value that all such messages have.
    private ulong HashOf(ref RoutedMessage message)
    {
        if (_header is not null)
            return message.TryGetHeader(_header, out var value) ? HashOf(value) : 0;
        return StableHash.Of(_property is null ? message.RoutingKey : message.GetProperty(_property));
    }

    private static ulong HashOf(ArgumentValue value) =>
        value.TryGetInt64(out var number) ? StableHash.Mix((ulong)number) : StableHash.Of(value.ToString());

    /// <summary>A binding with its weight read. Equal when the bindings are.</summary>
    private sealed class Entry
    {
        private readonly Binding _binding;
        private readonly ulong _hash;
        private readonly double _weight;

        public Entry(Binding binding)
        {
            ArgumentNullException.ThrowIfNull(binding);
            _binding = binding;
            _weight = BindingWeight.Parse(binding.RoutingKey);
            Target = RouteTarget.Of(binding.Destination);
            _hash = StableHash.Mix(StableHash.Of(Target.Name) + (ulong)Target.Kind);
        }

        public RouteTarget Target { get; }

        /// <summary>
        /// Exponentially distributed with the weight as its rate: of several such numbers each is the least as often as
        /// its share of the weights says.
        /// </summary>
        public double Score(ulong hash) => -Math.Log(((StableHash.Mix(hash ^ _hash) >> 11) + 1) * (1.0 / (1UL << 53))) / _weight;

        public override bool Equals(object? obj) => obj is Entry other && _binding.Equals(other._binding);

        public override int GetHashCode() => _binding.GetHashCode();
    }
}
