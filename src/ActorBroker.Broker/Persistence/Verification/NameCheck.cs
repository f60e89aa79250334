using ActorBroker.Contracts;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;

namespace ActorBroker.Broker.Persistence.Verification;

/// <summary>Compares what the catalogues name with what the journal has.</summary>
internal sealed class NameCheck
{
    private readonly Dictionary<(string VirtualHost, Destination Name), bool> _named = [];
    private readonly Dictionary<string, UnnamedEntity> _existing = new(StringComparer.Ordinal);
    private readonly HashSet<string> _entities = new(StringComparer.Ordinal);

    /// <summary>Takes in an event or snapshot; those of one entity in order, snapshots first.</summary>
    public void Add(StoredRow row)
    {
        if (row.Content is not null)
        {
            _entities.Add(row.PersistenceId);
        }

        switch (row.Content)
        {
            case CatalogueSnapshot snapshot:
                // There may be an older one before it.
                foreach (var key in _named.Keys.Where(key => key.VirtualHost == snapshot.VirtualHost).ToList())
                {
                    _named.Remove(key);
                }

                foreach (var name in snapshot.Names)
                {
                    _named[(snapshot.VirtualHost, new Destination(name.Kind, name.Name))] = true;
                }

                break;
            case NamesRecorded recorded:
                foreach (var change in recorded.Changes)
                {
                    _named[(recorded.VirtualHost, new Destination(change.Name.Kind, change.Name.Name))] = change.Added;
                }

                break;
            case QueueSnapshot { Definition: not null } snapshot:
                _existing[row.PersistenceId] = new UnnamedEntity(snapshot.Queue.VirtualHost, Destination.Queue(snapshot.Queue.Name));
                break;
            case QueueDeclared declared:
                _existing[row.PersistenceId] = new UnnamedEntity(declared.Queue.VirtualHost, Destination.Queue(declared.Queue.Name));
                break;
            case ExchangeSnapshot { Definition: not null } snapshot when !PredeclaredExchanges.TryGet(snapshot.Exchange, out _):
                _existing[row.PersistenceId] = new UnnamedEntity(snapshot.Exchange.VirtualHost, Destination.Exchange(snapshot.Exchange.Name));
                break;
            case ExchangeDeclared declared:
                _existing[row.PersistenceId] = new UnnamedEntity(declared.Exchange.VirtualHost, Destination.Exchange(declared.Exchange.Name));
                break;
            case QueueDeleted or ExchangeDeleted or QueueSnapshot { Definition: null } or ExchangeSnapshot { Definition: null }:
                _existing.Remove(row.PersistenceId);
                break;
        }
    }

    public IEnumerable<StoreFinding> Findings()
    {
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var ((virtualHost, name), isNamed) in _named)
        {
            var id = IdOf(virtualHost, name);
            if (isNamed && expected.Add(id) && !_entities.Contains(id) && !PredeclaredExchanges.TryGet(new ExchangeKey(virtualHost, name.Name), out _))
            {
                yield return new StoreFinding(
                    StoreFindingKind.NameWithoutEntity, id, null, $"the catalogue of vhost '{virtualHost}' names it and the journal has nothing of it");
            }
        }

        foreach (var (id, entity) in _existing)
        {
            if (!expected.Contains(id))
            {
                yield return new StoreFinding(
                    StoreFindingKind.EntityWithoutName, id, null, $"{entity} is not in the catalogue of its virtual host") { Unnamed = entity };
            }
        }
    }

    private static string IdOf(string virtualHost, Destination name) => name.Kind == DestinationKind.Queue
        ? EntityIds.PersistenceId(EntityIds.QueueType, EntityIds.Of(new QueueKey(virtualHost, name.Name)))
        : EntityIds.PersistenceId(EntityIds.ExchangeType, EntityIds.Of(new ExchangeKey(virtualHost, name.Name)));
}
