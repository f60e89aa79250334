using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Telemetry;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Queues;

/// <content>Messages in, messages out: what connections tell the actor directly.</content>
public sealed partial class QueueActor
{
    private const int PartedMax = 4_096;

    // By connection, the last question by which it began anew: it may ask more than once before it is answered.
    private Dictionary<int, long>? _begunAnew;

    // Connections that are said to be gone with their node. One that is there all the same may have sent more, which the
    // journal could not tell from what it sends again to the queue's next incarnation: it has to ask for the queue first.
    private HashSet<IActorRef>? _parted;

    // False for what is not of this kind.
    private bool OnMessageCommand(QueueCommand command)
    {
        var queue = _queue!;
        switch (command)
        {
            case PublishBatch when _parted?.Contains(Sender) is true:
                return true;
            case PublishBatch known when !queue.ExpectsBatch(Number(), known.LinkSequence):
                return true;
            case CommitTransaction commit:
                OnCommit(commit);
                return true;
            case PrepareTransaction prepare:
                OnPrepare(prepare);
                return true;
            case EndTransaction end:
                OnEnd(end);
                return true;
            case PublishBatch publish:
                if (BrokerTraces.IsOn)
                {
                    TellEnqueued(publish.Batch);
                }

                queue.Publish(Number(), publish.LinkSequence, publish.Batch);
                return true;
            case SettleMessages settle:
                OnSettle(settle);
                return true;
            case GrantCredit grant:
                queue.GrantCredit(Key(grant.ConsumerId), grant.Bytes);
                return true;
            case GetMessage get:
                OnGet(get);
                return true;
            case StartConsumer start:
                OnStartConsumer(start);
                return true;
            case StopConsumer stop:
                queue.StopConsumer(Key(stop.ConsumerId));
                Sender.Tell(new ConsumerStopped(stop.RequestId, stop.ConsumerId));
                AfterConsumerLeft();
                return true;
            case CloseConsumer close:
                queue.CloseConsumer(Key(close.ConsumerId));
                AfterConsumerLeft();
                return true;
            case DescribeReader describe:
                Sender.Tell(new ReaderDescribed(describe.RequestId, describe.ConsumerId, queue.History, queue.NextOffsetOf(Key(describe.ConsumerId))));
                return true;
            case HistoryCommand history:
                OnHistoryCommand(history);
                return true;
            case SetConsumerActive active:
                queue.SetConsumerActive(Key(active.ConsumerId), active.Active);
                return true;
            default:
                return false;
        }
    }

    // From here on the connection may tell this actor directly.
    private void OnResolve(ResolveQueue resolve)
    {
        _parted?.Remove(Sender);
        if (resolve.ConsumersAnew is { } consumers)
        {
            BeginAnew(resolve.RequestId, consumers);
        }

        var standing = _queue!.OpenLink(Number(), resolve.Link);
        Sender.Tell(new QueueResolved(resolve.RequestId, _key, Self) { Declaration = _declaration, Standing = standing });
    }

    private void BeginAnew(long requestId, int consumers)
    {
        _begunAnew ??= [];
        if (_begunAnew.GetValueOrDefault(Number()) >= requestId)
        {
            return;
        }

        _begunAnew[Number()] = requestId;
        _queue!.CloseConsumers(Number());
        if (consumers == 0)
        {
            AfterConsumerLeft();
        }
    }

    private int Number() => _connections.NumberOf(Sender, Context);

    private ConsumerKey Key(int consumerId) => new(Number(), consumerId);

    private void OnSettle(SettleMessages settle)
    {
        var number = Number();
        foreach (var settlement in settle.Settlements)
        {
            _queue!.Settle(new ConsumerKey(number, settlement.ConsumerId), settlement.Outcome, settlement.Positions);
        }

        _queue!.AfterSettling();
    }

    private void OnGet(GetMessage get)
    {
        if ((IsLockedFor(Sender) ? QueueDeclaration.Locked(_key) : _queue!.CheckGet(_key)) is { } refusal)
        {
            Sender.Tell(new QueueAnswered(get.RequestId, refusal, 0, 0));
            return;
        }

        Use();
        _hasDelivered = true;
        _queue!.Take(Key(get.ConsumerId), get.RequestId, get.NoAck);
    }

    private void OnStartConsumer(StartConsumer start)
    {
        var refusal = IsLockedFor(Sender)
            ? QueueDeclaration.Locked(_key)
            : ConsumerArguments.Check(_key, _queue!.Settings.Type, start.Settings.Arguments, _queue.KeepsHistory)
                ?? _queue.StartConsumer(Key(start.ConsumerId), start.Settings, _key.ToString());
        if (refusal is not null)
        {
            Sender.Tell(new QueueAnswered(start.RequestId, refusal, 0, 0));
            return;
        }

        _hasDelivered = true;
        Sender.Tell(new ConsumerStarted(start.RequestId, start.ConsumerId) { StreamOffset = _queue!.NextOffsetOf(Key(start.ConsumerId)) });
        _queue!.Dispatch();
    }

    private void AfterConsumerLeft()
    {
        if (_life == QueueLife.Live && _definition!.AutoDelete && _queue!.HadConsumer && _queue.ConsumerCount == 0)
        {
            BeginDelete(requester: null, requestId: 0, new Origin(string.Empty, "last consumer left", _settings.Clock.GetUtcNow()));
        }
    }

    private bool IsLockedFor(IActorRef? connection) => _owner is not null && !_owner.Equals(connection);

    private void Part(IActorRef connection)
    {
        _parted ??= [];
        if (_parted.Count >= PartedMax)
        {
            _parted.Clear();
        }

        _parted.Add(connection);
    }

    private void OnTerminated(Terminated terminated)
    {
        var actor = terminated.ActorRef;
        Self.Tell(ForgetSender.Instance);
        OnDeadLettersInterrupted(actor);
        OnReaderEnded(actor);
        if (_connections.Remove(actor) is { } number)
        {
            _begunAnew?.Remove(number);
            if (terminated.AddressTerminated)
            {
                Part(actor);
            }

            OnConnectionEnded(number, terminated.AddressTerminated);
        }

        if (actor.Equals(_owner) && _life == QueueLife.Live)
        {
            BeginDelete(requester: null, requestId: 0, new Origin(string.Empty, "exclusive owner closed", _settings.Clock.GetUtcNow()));
        }
        else if (_life == QueueLife.Live)
        {
            AfterConsumerLeft();
            if (_connections.IsEmpty)
            {
                RestartLook();
            }

            ScheduleTicks();
        }
    }

    private void ScheduleTicks()
    {
        if (_queue is null)
        {
            return;
        }

        ShowFigures();
        ScheduleDue();
        ScheduleAsking();
        ScheduleLook();
        if (_queue.HasUnwrittenSettlements && !Timers.IsTimerActive(FlushTick.Instance))
        {
            Timers.StartSingleTimer(FlushTick.Instance, FlushTick.Instance, Options.SettleFlushInterval);
        }

        if (_queue.IsWithholding && !Timers.IsTimerActive(SpillTick.Instance))
        {
            Timers.StartSingleTimer(SpillTick.Instance, SpillTick.Instance, Options.SpillDelay);
        }
    }

    // The cell of an actor keeps the sender of the last message until the next one comes: of a connection that is gone, all
    // that it had, in each queue that it was the last to deal with.
    private sealed record ForgetSender : INoSerializationVerificationNeeded, INotInfluenceReceiveTimeout
    {
        public static ForgetSender Instance { get; } = new();
    }
}
