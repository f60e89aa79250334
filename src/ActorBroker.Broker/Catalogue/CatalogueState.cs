using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Names;

namespace ActorBroker.Broker.Catalogue;

/// <summary>The names of a virtual host. A name is registered once, as durable or not. One owner.</summary>
internal sealed class CatalogueState
{
    // The value: durable.
    private readonly Dictionary<Destination, bool> _names = [];

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
        if (change.Added)
            _names[name] = change.Name.Durable;
        else
            _names.Remove(name);
    }

    private static CatalogueName Of(Destination name, bool durable) => new(name.Kind, name.Name, durable);
}
