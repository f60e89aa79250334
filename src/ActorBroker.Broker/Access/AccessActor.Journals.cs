using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Access;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Broker.Access;

/// <content>
/// In which of several journals a new virtual host is kept. It is placed there, for good, before it is written that there is
/// such a virtual host, so that its first entity on any node finds out where it belongs.
/// </content>
public sealed partial class AccessActor
{
    private readonly List<UnansweredChange> _placing = [];

    private bool NeedsPlace(AccessChange change) => change is CreateVirtualHost create && (create.Metadata?.Journal, _current.VirtualHosts.GetValueOrDefault(create.VirtualHost)) switch
    {
        (var wanted, null) => wanted is not null || _settings.Places is not null,
        (var wanted, { } known) => wanted is not null && wanted != known.Metadata.Journal,
    };

    private void Place(CreateVirtualHost create, IActorRef asker)
    {
        var (refusal, _) = AccessDecider.Decide(_current, create);
        refusal ??= InvalidJournal(create);
        if (refusal is not null)
        {
            asker.Tell(new AccessChangeDone(create.RequestId, refusal), Self);
            return;
        }

        // One that is there stays where it is.
        var wanted = _current.VirtualHosts.ContainsKey(create.VirtualHost) ? null : create.Metadata?.Journal;
        var placing = new UnansweredChange(create, asker);
        _placing.Add(placing);
        _settings.Places!.PlaceAsync(create.VirtualHost, wanted).PipeTo(
            Self,
            success: journal => new VirtualHostPlaced(placing, journal, null),
            failure: reason => new VirtualHostPlaced(placing, null, reason));
    }

    private Refusal? InvalidJournal(CreateVirtualHost create) => create.Metadata?.Journal switch
    {
        null => null,
        var journal when _settings.Places?.Has(journal) is not true =>
            new Refusal(RefusalReason.PreconditionFailed, $"there is no journal '{journal}': no section of actorbroker.journals has that name"),
        _ when !NamedJournalOptions.MayKeep(create.VirtualHost) => new Refusal(
            RefusalReason.PreconditionFailed,
            $"the name of a vhost in a further journal must not exceed {NamedJournalOptions.VirtualHostLengthMax} characters, percent-encoded"),
        _ => null,
    };

    private void OnPlaced(VirtualHostPlaced placed)
    {
        _placing.Remove(placed.Placing);
        var (create, asker) = ((CreateVirtualHost)placed.Placing.Change, placed.Placing.Asker);
        if (placed.Failure is { } failure)
        {
            _log.Warning("{0}: the journal of vhost '{1}' is not known: {2}", PersistenceId, create.VirtualHost, failure.GetBaseException().Message);
            Refuse(create, asker);
            return;
        }

        if (create.Metadata?.Journal is { } wanted && wanted != placed.Journal)
        {
            var place = placed.Journal is { } journal ? $"the journal '{journal}'" : "the main journal";
            var refusal = new Refusal(RefusalReason.PreconditionFailed, $"vhost '{create.VirtualHost}' is kept in {place}, since its first use and for good");
            asker.Tell(new AccessChangeDone(create.RequestId, refusal), Self);
            return;
        }

        Write(create with { Metadata = (create.Metadata ?? VirtualHostMetadata.None) with { Journal = placed.Journal } }, asker);
    }

    private sealed record VirtualHostPlaced(UnansweredChange Placing, string? Journal, Exception? Failure) : INoSerializationVerificationNeeded;
}
