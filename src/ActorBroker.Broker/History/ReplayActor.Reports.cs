using ActorBroker.Contracts.Queues;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Broker.History;

/// <content>Who hears of the replay: its requester as it goes, those who ask, and the log at its end.</content>
internal sealed partial class ReplayActor
{
    private ReplayReported Report => new(
        _replay.Queue,
        _replay.ReplayId,
        _hasEnded ? _state : ReplayState.Running,
        new ReplayProgress(
            _reader.LookedAt,
            _reader.Matched,
            _replayed,
            _unrouted,
            _reader.Missing,
            _underWay.TryPeek(out var first) ? first.Position : _reader.Next,
            _reader.End),
        _hasEnded ? _refusal : null);

    private void OnCancel()
    {
        if (_hasEnded)
        {
            Sender.Tell(Report, Context.Parent);
            return;
        }

        if (!Sender.Equals(_requester))
        {
            _awaitingEnd.Add(Sender);
        }

        Conclude(ReplayState.Cancelled, refusal: null);
        EndWhenDone();
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
        _requester.Tell(_reported, Context.Parent);
    }

    private void TellEnd()
    {
        _hasEnded = true;
        TellReport();
        foreach (var asker in _awaitingEnd)
        {
            asker.Tell(Report, Context.Parent);
        }

        _log.Info(
            "replay '{0}' of {1} to {2}, asked for by {3}: {4}; {5}",
            _replay.ReplayId, _replay.Queue, _target.Name, $"'{_replay.Origin.User}' at {_replay.Origin.Address}",
            _refusal?.Text ?? _state.ToString(), Report.Progress);
    }
}
