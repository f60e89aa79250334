using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;

namespace ActorBroker.Broker.Tests.Persistence;

internal sealed record Written;

internal sealed record NotWritten(string Reason);

/// <summary>Keeps every byte that it is told, one event each.</summary>
internal sealed class Ledger : ReceivePersistentActor
{
    private ImmutableList<byte> _values = [];
    private IActorRef _asker = ActorRefs.Nobody;

    public Ledger(string id)
    {
        PersistenceId = id;
        Recover<byte[]>(written => _values = _values.Add(written[0]));
        Recover<SnapshotOffer>(offer => _values = [.. (byte[])offer.Snapshot]);
        Command<byte>(value =>
        {
            _asker = Sender;
            Persist(new[] { value }, written =>
            {
                _values = _values.Add(written[0]);
                _asker.Tell(new Written());
            });
        });
        Command<byte[]>(values =>
        {
            _asker = Sender;
            Persist(values, written =>
            {
                _values = _values.Add(written[0]);
                _asker.Tell(new Written());
            });
        });
        Command<string>(text => text == "values", _ => Sender.Tell(_values));
        Command<string>(text => text == "snapshot and trim", _ =>
        {
            _asker = Sender;
            SaveSnapshot(_values.ToArray());
        });
        Command<SaveSnapshotSuccess>(saved => DeleteMessages(saved.Metadata.SequenceNr));
        Command<DeleteMessagesSuccess>(deleted => _asker.Tell(deleted));
    }

    public override string PersistenceId { get; }

    public static Props Props(string id) => Akka.Actor.Props.Create(() => new Ledger(id));

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) =>
        _asker.Tell(new NotWritten(cause.ToString()));

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _asker.Tell(new NotWritten(cause.ToString()));
        base.OnPersistFailure(cause, @event, sequenceNr);
    }
}
