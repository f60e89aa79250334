using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Queues;
using Akka.Actor;

namespace ActorBroker.Broker.Queues;

/// <content>
/// What those see of the queue who watch its node. Shown at the end of each command; what takes a look at every segment is
/// shown once a second at most. An exchange's stage is a part of the exchange, and not shown, nor is the
/// broker's own audit trail.
/// </content>
public sealed partial class QueueActor
{
    private static readonly TimeSpan SizesShownAfter = TimeSpan.FromSeconds(1);

    private QueueFigures? _figures;
    private long _sizesShownAt;
    private bool _areSizesDue;

    private void BeginFigures()
    {
        if (IsHidden)
        {
            return;
        }

        if (_life == QueueLife.Live && _declaring is not null)
        {
            CountDeclared();
            _settings.Statistics.Connections.Churn.QueueCreated();
        }

        if (_settings.Statistics.IsKept)
        {
            Enter();
        }
    }

    private void OnFiguresWanted(FiguresWanted wanted)
    {
        if (_life == QueueLife.Live && _figures is null && !IsHidden)
        {
            Enter();
        }

        wanted.Entered();
    }

    private void Enter()
    {
        _figures = _settings.Statistics.Queues.Enter(_key);
        _figures.Owner = _owner;
        _figures.DeclaredBy = _declaredBy;
        _queue!.Counters = _figures.Counters;
        _sizesShownAt = long.MinValue;
        ShowFigures();
    }

    private void ShowFigures()
    {
        if (_figures is not { } figures || _queue is not { } queue)
        {
            return;
        }

        figures.Ready = queue.ReadyCount;
        figures.Unacknowledged = queue.UnsettledCount;
        figures.Consumers = queue.ConsumerCount;
        if (!ReferenceEquals(figures.Definition, _definition))
        {
            figures.Definition = _definition;
        }

        if (!ReferenceEquals(figures.Policy, _policy))
        {
            figures.Policy = _policy;
        }

        if (!_areSizesDue)
        {
            ShowSizes(figures, queue);
        }
    }

    private void ShowSizes(QueueFigures figures, IQueueRules queue)
    {
        if (Now - _sizesShownAt < SizesShownAfter.TotalMilliseconds && _sizesShownAt != long.MinValue)
        {
            _areSizesDue = true;
            Timers.StartSingleTimer(SizesTick.Instance, SizesTick.Instance, SizesShownAfter);
            return;
        }

        _sizesShownAt = Now;
        figures.Sizes = queue.MeasureSizes();
        figures.MemoryBytes = queue.ResidentBytes;
        figures.SingleActiveConsumerTag = queue.SingleActiveConsumerTag;
    }

    // One that only leaves memory is still known; so is one whose actor has failed, which the next message starts anew.
    private void EndFigures()
    {
        if (_figures is not { } figures)
        {
            return;
        }

        if (_life is QueueLife.Passivating or QueueLife.Live && IsJournaled)
        {
            figures.IsAwake = false;
            figures.Unacknowledged = 0;
            figures.Consumers = 0;
            figures.MemoryBytes = 0;
            figures.Sizes = figures.Sizes.OutOfMemory();
        }
        else
        {
            _settings.Statistics.Queues.Leave(figures);
        }
    }

    private void ForgetFigures()
    {
        if (!IsHidden)
        {
            _settings.Statistics.Connections.Churn.QueueDeleted();
        }

        if (_figures is { } figures)
        {
            _figures = null;
            _settings.Statistics.Queues.Leave(figures);
        }
    }

    private void CountDeclared()
    {
        if (!IsHidden)
        {
            _settings.Statistics.Connections.Churn.QueueDeclared();
        }
    }

    private void CountWritten(QueueWrite write)
    {
        if (_figures is { } figures)
        {
            foreach (var placed in write.Batches)
            {
                figures.Counters.DiskWrites += placed.Batch.Count;
            }
        }
    }

    private void CountRead(IReadOnlyList<PlacedBatch>? batches)
    {
        if (_figures is { } figures && batches is not null)
        {
            foreach (var placed in batches)
            {
                figures.Counters.DiskReads += placed.Batch.Count;
            }
        }
    }

    private sealed record SizesTick : INoSerializationVerificationNeeded
    {
        public static SizesTick Instance { get; } = new();
    }
}
