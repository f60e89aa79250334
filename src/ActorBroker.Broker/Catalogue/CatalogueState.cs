using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;

namespace ActorBroker.Broker.Catalogue;

/// <summary>The names of a virtual host. A name is registered once, as durable or not. One owner.</summary>
internal sealed class CatalogueState
{
    // The value: durable.
    private readonly Dictionary<Destination, bool> _names = [];

    /// <summary>The queues that count against the limit: all but the broker's own stages.</summary>
    public long QueueCount { get; private set; }

    /// <summary>All names, in no particular order.</summary>
    public IEnumerable<CatalogueName> Names => _names.Select(entry => Of(entry.Key, entry.Value));

    /// <summary>The durable names, in no particular order.</summary>
    public IEnumerable<CatalogueName> DurableNames => Names.Where(name => name.Durable);

    /// <summary>Whether the name is there, and durable.</summary>
    public bool TryGet(Destination name, out bool durable) => _names.TryGetValue(name, out durable);

    /// <summary>Follows a change; one that was made already changes nothing.</summary>
    public void Apply(NameChange change)
    {
        var name = new Destination(change.Name.Kind, change.Name.Name);
        var before = _names.Count;
        if (change.Added)
            _names[name] = change.Name.Durable;
        else
            _names.Remove(name);
        if (IsCounted(name))
            QueueCount += _names.Count - before;
    }

    /// <summary>Whether a name counts against the limit of queues.</summary>
    public static bool IsCounted(Destination name) => name.Kind == DestinationKind.Queue && !Stage.IsName(name.Name);

    private static CatalogueName Of(Destination name, bool durable) => new(name.Kind, name.Name, durable);
}
