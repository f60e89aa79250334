using System.Buffers.Binary;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Tests.Messages;
using ActorBroker.Core.Tests.Queues.Lanes;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <content>Crashes, what comes back after them, and the end of a run.</content>
internal sealed partial class QueueModelRun
{
    private void StoreIndex()
    {
        if (durable)
        {
            _queue.StoreIndex();
        }
    }

    private void Crash(int landed, bool failed)
    {
        if (!durable)
        {
            return;
        }

        if (failed)
        {
            FailWrite();
        }

        // What was under way may have reached the journal all the same.
        foreach (var committed in _queue.Uncommitted.Take(landed))
        {
            _model.Committed(committed, _seenBefore.GetValueOrDefault(committed) ?? []);
            _history?.Committed(committed);
            _queue.Journal.Append(committed);
        }

        Recover();
    }

    private void FailWrite()
    {
        _queue.Decider.WriteFailed();
        foreach (var (connection, link) in _model.Links)
        {
            var unsure = link.Confirmed < link.Received && link.Batches.Exists(static batch => !batch.MayBeConfirmed);
            Assert.True(!unsure || _queue.Failed.Contains((connection, link.Confirmed + 1, link.Received)), "An unconfirmed batch was not failed.");
        }
    }

    private void Recover()
    {
        coverage.Crashed();
        var replayed = _queue.CrashWithoutIndex().Decider.Index();
        _queue = _queue.Crash();
        var recovered = _queue.Decider.Index();
        var live = PositionsOf(recovered.Live);
        var written = _model.Messages.Where(static message => message is { IsPersistent: true, IsWritten: true, IsSettledWritten: false }).ToArray();

        Assert.Equal(written.Select(static message => message.Position), PositionsOf(replayed.Live).Order());
        Assert.Equal(replayed.NextPosition, recovered.NextPosition);
        Assert.Subset(PositionsOf(replayed.Live), live);
        Assert.Subset(live, written.Where(static message => message.Place != ModelPlace.Gone).Select(static message => message.Position).ToHashSet());
        _model.Recovered(recovered, live);
        _history?.Recovered(_queue.Decider);
        Advance(0);
    }

    private void Finish()
    {
        foreach (var key in _model.Consumers.Keys.Concat(_connections.Select(GetterOf)).ToArray())
        {
            _model.Close(gone => gone == key);
            _queue.Decider.CloseConsumer(key);
            Compare();
        }

        StartConsumer(prefetch: 0, window: 0, kind: 5);
        Compare();
        var drain = _model.Consumers.Values.SingleOrDefault();
        do
        {
            Commit();
            Compare();
            AnswerLoad(0);
            Compare();
            Grant(0, int.MaxValue - 1);
            Compare();
            _queue.Decider.FlushSettlements();
            Compare();
            Advance(500);
            Compare();
            DeadLettersDone(0, int.MaxValue);
            Compare();
        }
        while (_queue.Uncommitted.Count > 0 || !_queue.Decider.IsWrittenOut || _queue.Loads.Count > 0 || drain is { Ungranted: > 0 } || _model.Live.Any());

        Assert.Empty(_model.Live);
        Assert.All(_model.Links.Values, static link => Assert.Equal((link.Received, link.Received), (link.Accepted, link.Confirmed)));
        Assert.True(_queue.Decider.IsWrittenOut);
        if (_history is null)
        {
            Assert.Equal(long.MaxValue, _queue.Decider.FirstLiveSequenceNr);
        }
        else
        {
            FinishHistory();
        }

        Crash(landed: 0, failed: false);
        Assert.True(!durable || _queue.Decider.ReadyCount == 0);
    }
}
