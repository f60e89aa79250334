using ActorBroker.Contracts.Exchanges;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Time;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace ActorBroker.Broker.Exchanges;

// What takes time: answers of others, and the journal. Each goes on with what it was given when it is done.
public sealed partial class ExchangeActor
{
    // What is asked may be lost with the node that it went to.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(3);

    private WaitLimit _answerLimit;

    private TimeProvider Clock => _settings.Forwarding.Clock;

    private void AwaitAnswers(Action then)
    {
        _answerLimit = WaitLimit.Begin(Clock, _settings.AnswerTimeout);
        ScheduleAnswersDue(_settings.AnswerTimeout);
        _answers.Then(() =>
        {
            Timers.Cancel(AnswersDue.Instance);
            then();
        });
    }

    private void ScheduleAnswersDue(TimeSpan left) =>
        Timers.StartSingleTimer(AnswersDue.Instance, AnswersDue.Instance, left < AskAgainAfter ? left : AskAgainAfter);

    private void Write(List<ExchangeEvent> events, Action then)
    {
        if (events.Count == 0)
        {
            then();
            return;
        }

        var left = events.Count;
        PersistAllAsync(events, _ =>
        {
            _hasWritten = true;
            _eventsSinceSnapshot++;
            if (--left > 0)
                return;
            SaveSnapshotWhenDue();
            then();
        });
    }

    private void OnAnswersDue()
    {
        if (_answerLimit.Left(Clock) is { Ticks: > 0 } left)
        {
            _answers.AskAgain();
            ScheduleAnswersDue(left);
            return;
        }

        _answers.GiveUp(Unavailable("got no answer in time"));
    }

    private void SaveSnapshotWhenDue()
    {
        if (_eventsSinceSnapshot < _settings.SnapshotAfterEvents)
            return;
        _eventsSinceSnapshot = 0;

        // It may hold changes that are still being written: they are then replayed on top, which changes nothing.
        SaveSnapshot(State.ToSnapshot());
    }

    private void OnSnapshotMessage(object message)
    {
        switch (message)
        {
            case SaveSnapshotSuccess saved:
                // The events stay: they are the audit log.
                DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1));
                break;
            case SaveSnapshotFailure failed:
                _log.Warning("{0}: no snapshot at {1}: {2}", PersistenceId, failed.Metadata.SequenceNr, failed.Cause.Message);
                break;
            case DeleteSnapshotsFailure failed:
                _log.Warning("{0}: old snapshots stay: {1}", PersistenceId, failed.Cause.Message);
                break;
            case DeleteSnapshotsSuccess:
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
