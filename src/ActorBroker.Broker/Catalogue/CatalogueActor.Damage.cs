using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Broker.Catalogue;

// What the journal holds damaged: a catalogue that does not know its names refuses everything.
public sealed partial class CatalogueActor
{
    private readonly ReplayCheck _replay = new();

    private void RefuseDamaged(CatalogueCommand command)
    {
        _virtualHost = command.VirtualHost;
        var refusal = new Refusal(
            RefusalReason.Damaged, $"the catalogue of vhost '{_virtualHost}' is not served: its journal is damaged: {_replay.DamageWithGaps}");
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
