using System.Diagnostics;

namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>A headers exchange (AMQP 0-9-1 §3.1.3.5): each binding is a pattern on the message's headers, tried in turn.</summary>
public sealed class HeadersRouter : Router
{
    private readonly SlotList<Entry> _entries = new();

    /// <inheritdoc/>
    public override bool IsPerMessage => true;

    /// <inheritdoc/>
    public override void Add(Binding binding) => _entries.Add(new Entry(binding));

    /// <inheritdoc/>
    public override void Remove(Binding binding) => _entries.Remove(new Entry(binding));

    /// <inheritdoc/>
    public override void Match(ref RoutedMessage message, RouteMatches matches)
    {
        ArgumentNullException.ThrowIfNull(matches);
        foreach (var entry in _entries.Read())
        {
            if (entry is not null && (message.IsAny || entry.Pattern.Matches(message.ReadHeaders())))
                matches.Targets.Add(entry.Target);
        }
    }

    /// <summary>A binding with its arguments read. Equal when the bindings are.</summary>
    private sealed class Entry
    {
        private readonly Binding _binding;

        public Entry(Binding binding)
        {
            ArgumentNullException.ThrowIfNull(binding);
            _binding = binding;
            Target = RouteTarget.Of(binding.Destination);
            Pattern = HeadersPattern.TryParse(binding.Arguments, out var pattern, out var error)
                ? pattern
                : throw new UnreachableException($"the exchange took a binding that is not valid: {error}");
        }

        public HeadersPattern Pattern { get; }

        public RouteTarget Target { get; }

        public override bool Equals(object? obj) => obj is Entry other && _binding.Equals(other._binding);

        public override int GetHashCode() => _binding.GetHashCode();
    }
}
