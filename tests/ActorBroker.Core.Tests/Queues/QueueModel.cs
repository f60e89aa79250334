using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Lifetime;
using ActorBroker.Core.Sessions;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>Where a message of the model is.</summary>
internal enum ModelPlace
{
    Ready,
    Held,

    /// <summary>Returned, and not ready yet.</summary>
    Delayed,

    /// <summary>Given up, and not handed over or not arrived.</summary>
    Dying,
    Gone,
}

/// <summary>A message and all that ever happened to it.</summary>
internal sealed class ModelMessage(long position, ModelBatch batch, int index, bool isPersistent)
{
    public long Position { get; } = position;

    public ModelBatch Batch { get; } = batch;

    public byte[] Record { get; } = batch.Content.RecordOf(index).ToArray();

    public bool IsPersistent { get; } = isPersistent;

    public int BodyLength { get; } = batch.Content[index].BodyLength;

    /// <summary>It is delivered after those with a higher one.</summary>
    public int Priority { get; set; }

    /// <summary>Where the queue asks for groups, which one it is in.</summary>
    public int? Group { get; set; }

    /// <summary>Where the queue is fair, among which it shares.</summary>
    public int? Share { get; set; }

    /// <summary>Those that leave in the order of their positions.</summary>
    public (int Priority, int? Group, int? Share) Lane => (Priority, Group, Share);

    public long? Deadline { get; set; }

    public int? Identity { get; set; }

    public ReturnCounts Returns { get; set; }

    public ReturnCounts ReturnsWritten { get; set; }

    public long ReadyAt { get; set; }

    public DeathReason Death { get; set; }

    public bool IsDeathWritten { get; set; }

    public bool IsHandedOver { get; set; }

    public bool IsRepeated { get; set; }

    public bool IsWritten { get; set; }

    public ModelPlace Place { get; set; }

    public ConsumerKey Holder { get; set; }

    public long HeldSince { get; set; }

    /// <summary>A client had it, and not only to release it, in this incarnation or so that a recovery knew.</summary>
    public bool IsSeen { get; set; }

    /// <summary>The delivery under way carried the mark.</summary>
    public bool IsHeldMarked { get; set; }

    /// <summary>Its holder has not been given it.</summary>
    public bool IsOnlyHeld { get; set; }

    public bool WasEverDelivered { get; set; }

    public bool WasDeliveredBeforeCrash { get; set; }

    /// <summary>A committed event tells that it may have been delivered.</summary>
    public bool IsSeenWritten { get; set; }

    public bool IsSettledWritten { get; set; }

    /// <summary>What the mark must be, or null where either will do.</summary>
    public bool? ExpectedMark =>
        IsSeen ? true : WasDeliveredBeforeCrash ? null : false;
}

/// <summary>A batch as it was published.</summary>
internal sealed class ModelBatch(int connection, long sequence, MessageBatch content, bool needsWrite, bool isKept)
{
    public int Connection { get; } = connection;

    public long Sequence { get; } = sequence;

    public MessageBatch Content { get; } = content;

    public bool NeedsWrite { get; } = needsWrite;

    public bool IsWritten => Messages.TrueForAll(static message => message.IsWritten);

    public List<ModelMessage> Messages { get; } = [];

    public bool IsGone => Messages.TrueForAll(static message => message.Place == ModelPlace.Gone);

    public bool MayBeConfirmed => Messages.TrueForAll(
        message => !NeedsWrite || !message.IsPersistent || message.IsWritten || (message.Place == ModelPlace.Gone && !isKept));
}

/// <summary>A consumer as the model sees it.</summary>
internal sealed class ModelConsumer(ConsumerKey key, ConsumerSettings settings)
{
    public ConsumerKey Key { get; } = key;

    public ConsumerSettings Settings { get; } = settings;

    public long Window { get; set; } = settings.WindowBytes;

    public int Ungranted { get; set; }

    public int Held { get; set; }

    public bool IsActive { get; set; } = true;

    public bool IsStopped { get; set; }

    public int Priority { get; } = ConsumerArguments.Of(settings.Arguments).Priority;

    /// <summary>How long it may hold a message, if it says so itself.</summary>
    public long? Timeout { get; } = ConsumerArguments.Of(settings.Arguments).Timeout;

    public bool HasRoom => Settings.NoAck || Settings.PrefetchCount == 0 || Held < Settings.PrefetchCount;

    public bool CanTake => IsActive && !IsStopped && Window > 0 && HasRoom;
}

/// <summary>What a connection sent and was told.</summary>
internal sealed class ModelLink
{
    public long Received { get; set; }

    public long Accepted { get; set; }

    public long Confirmed { get; set; }

    public List<ModelBatch> Batches { get; } = [];
}

/// <summary>A queue as a list of messages: slow, and simple enough to be right.</summary>
internal sealed partial class QueueModel(bool durable, QueueSettings settings)
{
    public List<ModelMessage> Messages { get; } = [];

    public Dictionary<int, ModelLink> Links { get; } = [];

    public Dictionary<ConsumerKey, ModelConsumer> Consumers { get; } = [];

    public Queue<(ConsumerKey Getter, long RequestId, bool NoAck)> WaitingGets { get; } = new();

    public long NextPosition { get; set; }

    /// <summary>Everything is written, whatever has become of it.</summary>
    public bool IsKept => durable && Settings.Retention is not null;

    public IEnumerable<ModelMessage> Ready => Messages
        .Where(static message => message.Place == ModelPlace.Ready)
        .OrderByDescending(static message => message.Priority)
        .ThenBy(static message => message.Position);

    public IEnumerable<ModelMessage> Live => Messages.Where(static message => message.Place != ModelPlace.Gone);

    public long PinnedBytes => Messages
        .Select(static message => message.Batch)
        .Distinct()
        .Where(batch => !batch.IsWritten && (IsKept || !batch.IsGone))
        .Sum(static batch => (long)batch.Content.SizeBytes);

    /// <summary>One delivered message: it must have been ready, whole and rightly marked.</summary>
    /// <param name="consumer">Who gets it.</param>
    /// <param name="holder">Who is to settle it; null when nobody is.</param>
    /// <param name="segment">The run that it is in.</param>
    /// <param name="index">Which of the run.</param>
    public ModelMessage Deliver(ConsumerKey consumer, ConsumerKey? holder, in DeliverySegment segment, int index)
    {
        var position = segment.FirstPosition + index;
        var message = Messages.Find(candidate => candidate.Position == position);
        Assert.NotNull(message);
        Assert.True(message.Place == ModelPlace.Ready, $"Position {position} was delivered but is {message.Place}.");
        Assert.Equal(message.Record, segment.Batch.RecordOf(segment.StartIndex + index).ToArray());
        Assert.Equal((message.Returns.Failed, message.Returns.Acquired), (segment.DeliveryCount, segment.AcquiredCount));
        Assert.Equal(message.Batch.Content.RouteOf(0), segment.Batch.RouteOf(segment.StartIndex + index));
        if (message.ExpectedMark is { } mark)
        {
            Assert.True(mark == segment.Redelivered, $"Position {position} was delivered with the mark {segment.Redelivered}.");
        }

        message.IsOnlyHeld = false;
        message.IsHeldMarked = segment.Redelivered;
        message.IsSeen = true;
        message.WasEverDelivered = true;
        message.Place = holder is null ? ModelPlace.Gone : ModelPlace.Held;
        message.Holder = holder ?? default;
        message.HeldSince = Now;
        Assert.True(MayHave(consumer, message), $"Position {position} is in a group of another than {consumer}.");
        return message;
    }

    public void Settle(ConsumerKey holder, SettleOutcome outcome, PositionRange range)
    {
        foreach (var message in Messages)
        {
            if (message.Place == ModelPlace.Held && message.Holder == holder && message.Position >= range.First && message.Position < range.End)
            {
                message.IsSeen = message.IsOnlyHeld ? message.IsSeen : outcome != SettleOutcome.Released || message.IsHeldMarked;
                Settle(message, outcome);
                if (Consumers.TryGetValue(holder, out var consumer))
                {
                    consumer.Held--;
                }
            }
        }

        if (Consumers.TryGetValue(holder, out var stopped) && stopped is { IsStopped: true, Held: 0 })
        {
            Consumers.Remove(holder);
        }
    }

    public void Close(Predicate<ConsumerKey> isGone, SettleOutcome outcome = SettleOutcome.Failed)
    {
        foreach (var message in Messages)
        {
            if (message.Place == ModelPlace.Held && isGone(message.Holder))
            {
                Settle(message, outcome);
            }
        }

        foreach (var key in Consumers.Keys.Where(key => isGone(key)).ToArray())
        {
            Consumers.Remove(key);
        }

        var left = WaitingGets.Where(get => !isGone(get.Getter)).ToArray();
        WaitingGets.Clear();
        foreach (var get in left)
        {
            WaitingGets.Enqueue(get);
        }
    }
}
