using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Sessions;
using Akka.Persistence;

namespace ActorBroker.Broker.Catalogue;

// What the journal holds damaged. The snapshot before the newest stays, with the events after it, so that one damaged
// snapshot loses nothing; a catalogue that does not know its names refuses everything.
public sealed partial class CatalogueActor
{
    private readonly ReplayCheck _replay = new();
    private long _lastSnapshot;

    // Only where a later snapshot had made events superfluous without the one before: older versions did that.
    private string? DamageOf() =>
        _replay.Damage ?? (_replay.HasSkipped ? $"the newest snapshot cannot be read and events before {_replay.First} are gone" : null);

    private void KeepJournalShort(long snapshot)
    {
        if (_lastSnapshot > 1)
        {
            DeleteSnapshots(new SnapshotSelectionCriteria(_lastSnapshot - 1));
        }

        if (_lastSnapshot > 0)
        {
            DeleteMessages(_lastSnapshot);
        }

        _lastSnapshot = snapshot;
    }

    private void RefuseDamaged(CatalogueCommand command)
    {
        _virtualHost = command.VirtualHost;
        var refusal = new Refusal(
            RefusalReason.Damaged, $"the catalogue of vhost '{_virtualHost}' is not served: its journal is damaged: {DamageOf()}");
        if (command is SubscribeNames)
        {
            Sender.Tell(new NamesRefused(_virtualHost, refusal), Self);
        }
        else
        {
            Answer(new CatalogueRequest(command, Sender), refusal);
        }
    }
}
