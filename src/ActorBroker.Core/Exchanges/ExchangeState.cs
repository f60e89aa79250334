using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using ActorBroker.Core.Names;

namespace ActorBroker.Core.Exchanges;

/// <summary>
/// One exchange: its definition, its bindings, and the exchanges that bind it in turn. Changed by
/// <see cref="Apply"/> alone, with the same outcome when an event is applied twice in a row. One owner.
/// </summary>
public sealed class ExchangeState
{
    // By destination, so that the deletion of a queue costs nothing for the bindings of others. The value: durable.
    private readonly Dictionary<Destination, Dictionary<Binding, bool>> _bindings = [];
    private readonly Dictionary<string, bool> _sources = new(StringComparer.Ordinal);

    /// <summary>The exchange before any event: one that does not exist, unless it is predeclared.</summary>
    public ExchangeState(ExchangeKey key)
    {
        Key = key;
        IsPredeclared = PredeclaredExchanges.TryGet(key, out var definition);
        Definition = definition;
    }

    /// <summary>The state that a snapshot was made of, as far as it was durable.</summary>
    public ExchangeState(ExchangeSnapshot snapshot)
        : this(NotNull(snapshot).Exchange)
    {
        Definition = snapshot.Definition ?? Definition;
        foreach (var binding in snapshot.Bindings)
            Add(binding, durable: true);
        foreach (var source in snapshot.Sources)
            _sources[source] = true;
    }

    /// <summary>The exchange's name.</summary>
    public ExchangeKey Key { get; }

    /// <summary>Null when the exchange does not exist.</summary>
    public ExchangeDefinition? Definition { get; private set; }

    /// <summary>There by construction.</summary>
    public bool IsPredeclared { get; }

    /// <summary>Whether there is such an exchange.</summary>
    [MemberNotNullWhen(true, nameof(Definition))]
    public bool Exists => Definition is not null;

    /// <summary>How many bindings it has.</summary>
    public int BindingCount { get; private set; }

    /// <summary>All bindings, in no particular order.</summary>
    public IEnumerable<Binding> Bindings => _bindings.Values.SelectMany(ofDestination => ofDestination.Keys);

    /// <summary>Exchanges that bind this one, or have done so.</summary>
    public IReadOnlyCollection<string> Sources => _sources.Keys;

    /// <summary>Its bindings to one destination.</summary>
    public IReadOnlyCollection<Binding> BindingsTo(Destination destination) =>
        _bindings.TryGetValue(destination, out var ofDestination) ? ofDestination.Keys : [];

    /// <summary>Whether this binding is there, and durable.</summary>
    public bool TryGetBinding(Binding binding, out bool durable)
    {
        ArgumentNullException.ThrowIfNull(binding);
        durable = false;
        return _bindings.TryGetValue(binding.Destination, out var ofDestination) && ofDestination.TryGetValue(binding, out durable);
    }

    /// <summary>Whether this exchange is known to bind this one, and both are durable.</summary>
    public bool TryGetSource(string source, out bool durable) => _sources.TryGetValue(source, out durable);

    /// <summary>Makes the state follow an event.</summary>
    public void Apply(ExchangeEvent exchangeEvent)
    {
        switch (exchangeEvent)
        {
            case ExchangeDeclared declared:
                Definition = declared.Definition;
                break;
            case ExchangeDeleted:
                Definition = null;
                _bindings.Clear();
                _sources.Clear();
                BindingCount = 0;
                break;
            case BindingAdded added:
                Add(added.Binding, added.Durable);
                break;
            case BindingRemoved removed:
                Remove(removed.Binding);
                break;
            case DestinationUnbound unbound:
                if (_bindings.Remove(unbound.Destination, out var gone))
                    BindingCount -= gone.Count;
                break;
            case BindingSourceAdded sourceAdded:
                _sources[sourceAdded.Source] = sourceAdded.Durable || _sources.GetValueOrDefault(sourceAdded.Source);
                break;
            default:
                throw new UnreachableException($"an exchange has no event {exchangeEvent?.GetType().Name}");
        }
    }

    /// <summary>The durable part of the state.</summary>
    public ExchangeSnapshot ToSnapshot() => new(
        Key,
        Definition is { Durable: true } ? Definition : null,
        [.. _bindings.Values.SelectMany(ofDestination => ofDestination).Where(entry => entry.Value).Select(entry => entry.Key)],
        [.. _sources.Where(entry => entry.Value).Select(entry => entry.Key)]);

    private static ExchangeSnapshot NotNull(ExchangeSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return snapshot;
    }

    private void Add(Binding binding, bool durable)
    {
        if (!_bindings.TryGetValue(binding.Destination, out var ofDestination))
            _bindings[binding.Destination] = ofDestination = new Dictionary<Binding, bool>(1);
        if (ofDestination.TryAdd(binding, durable))
            BindingCount++;
    }

    private void Remove(Binding binding)
    {
        if (!_bindings.TryGetValue(binding.Destination, out var ofDestination) || !ofDestination.Remove(binding))
            return;
        BindingCount--;
        if (ofDestination.Count == 0)
            _bindings.Remove(binding.Destination);
    }
}
