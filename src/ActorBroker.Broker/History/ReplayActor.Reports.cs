using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Queues;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Broker.History;

/// <content>Who hears of the replay: its requester as it goes, those who ask, and the log at its end.</content>
internal sealed partial class ReplayActor
{
    private ReplayReported Report => new(
        Replay.Queue,
        Replay.ReplayId,
        HasEnded ? _state : ReplayState.Running,
        new ReplayProgress(
            _reader.LookedAt,
            _reader.Matched,
            _replayed,
            _unrouted,
            _reader.Missing,
            _underWay.TryPeek(out var first) ? first.Position : _reader.Next,
            _reader.End),
        HasEnded ? Refusal : null);

    private void OnCancel()
    {
        if (HasEnded)
        {
            Sender.Tell(Report, Context.Parent);
            return;
        }

        if (!Sender.Equals(Requester))
        {
            _awaitingEnd.Add(Sender);
        }

        Conclude(ReplayState.Cancelled);
    }

    private void TellStarted()
    {
        if (!_hasStarted && _reader.IsPlaced && _reader.Refusal is null)
        {
            _hasStarted = true;
            TellReport();
        }
    }

    private void TellReport()
    {
        _reported = Report;
        Requester.Tell(_reported, Context.Parent);
    }

    /// <inheritdoc/>
    protected override void Answer()
    {
        TellReport();
        foreach (var asker in _awaitingEnd)
        {
            asker.Tell(Report, Context.Parent);
        }

        if (_replayed > 0)
        {
            Context.System.EventStream.Publish(
                new MessagesTransferred(Replay.Queue, Replay.Destination, _replayed, Kept: true, Replay.Origin));
        }

        _log.Info(
            "replay '{0}' of {1} to {2}, asked for by {3}: {4}; {5}",
            Replay.ReplayId, Replay.Queue, Target.Name, $"'{Replay.Origin.User}' at {Replay.Origin.Address}",
            Refusal?.Text ?? _state.ToString(), Report.Progress);
    }
}
