using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>Where a message of the model is.</summary>
internal enum ModelPlace
{
    Ready,
    Held,
    Gone,
}

/// <summary>A message and all that ever happened to it.</summary>
internal sealed class ModelMessage(long position, ModelBatch batch, int index)
{
    public long Position { get; } = position;

    public ModelBatch Batch { get; } = batch;

    public byte[] Record { get; } = batch.Content.RecordOf(index).ToArray();

    public bool IsPersistent { get; } = batch.Content[index].IsPersistent;

    public ModelPlace Place { get; set; }

    public ConsumerKey Holder { get; set; }

    /// <summary>A client had it, and not only to release it, in this incarnation or so that a recovery knew.</summary>
    public bool IsSeen { get; set; }

    /// <summary>The delivery under way carried the mark.</summary>
    public bool IsHeldMarked { get; set; }

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
internal sealed class ModelBatch(int connection, long sequence, MessageBatch content, bool needsWrite)
{
    public int Connection { get; } = connection;

    public long Sequence { get; } = sequence;

    public MessageBatch Content { get; } = content;

    public bool NeedsWrite { get; } = needsWrite;

    public bool IsWritten { get; set; }

    public List<ModelMessage> Messages { get; } = [];

    public bool IsGone => Messages.TrueForAll(static message => message.Place == ModelPlace.Gone);

    public bool MayBeConfirmed => !NeedsWrite || IsWritten || IsGone;
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
internal sealed class QueueModel
{
    public List<ModelMessage> Messages { get; } = [];

    public Dictionary<int, ModelLink> Links { get; } = [];

    public Dictionary<ConsumerKey, ModelConsumer> Consumers { get; } = [];

    public Queue<(ConsumerKey Getter, long RequestId, bool NoAck)> WaitingGets { get; } = new();

    public long NextPosition { get; set; }

    public IEnumerable<ModelMessage> Ready => Messages.Where(static message => message.Place == ModelPlace.Ready);

    public IEnumerable<ModelMessage> Live => Messages.Where(static message => message.Place != ModelPlace.Gone);

    public long PinnedBytes => Messages
        .Select(static message => message.Batch)
        .Distinct()
        .Where(static batch => !batch.IsWritten && !batch.IsGone)
        .Sum(static batch => (long)batch.Content.SizeBytes);

    public ModelBatch Publish(int connection, MessageBatch content, bool durable)
    {
        if (!Links.TryGetValue(connection, out var link))
        {
            Links.Add(connection, link = new ModelLink());
        }

        var batch = new ModelBatch(connection, ++link.Received, content, durable && content.CountPersistent() > 0);
        link.Batches.Add(batch);
        for (var i = 0; i < content.Count; i++)
        {
            batch.Messages.Add(new ModelMessage(NextPosition++, batch, i));
        }

        Messages.AddRange(batch.Messages);
        return batch;
    }

    /// <summary>One delivered message: it must have been ready, whole and rightly marked.</summary>
    public ModelMessage Deliver(ConsumerKey? holder, in DeliverySegment segment, int index)
    {
        var position = segment.FirstPosition + index;
        var message = Messages.Find(candidate => candidate.Position == position);
        Assert.NotNull(message);
        Assert.True(message.Place == ModelPlace.Ready, $"Position {position} was delivered but is {message.Place}.");
        Assert.Equal(message.Record, segment.Batch.RecordOf(segment.StartIndex + index).ToArray());
        Assert.Equal(message.Batch.Content.RouteOf(0), segment.Batch.RouteOf(segment.StartIndex + index));
        if (message.ExpectedMark is { } mark)
        {
            Assert.True(mark == segment.Redelivered, $"Position {position} was delivered with the mark {segment.Redelivered}.");
        }

        message.IsHeldMarked = segment.Redelivered;
        message.IsSeen = true;
        message.WasEverDelivered = true;
        message.Place = holder is null ? ModelPlace.Gone : ModelPlace.Held;
        message.Holder = holder ?? default;
        return message;
    }

    public void Settle(ConsumerKey holder, SettleOutcome outcome, PositionRange range)
    {
        foreach (var message in Messages)
        {
            if (message.Place == ModelPlace.Held && message.Holder == holder && message.Position >= range.First && message.Position < range.End)
            {
                message.Place = outcome is SettleOutcome.Accepted or SettleOutcome.Rejected ? ModelPlace.Gone : ModelPlace.Ready;
                message.IsSeen = outcome != SettleOutcome.Released || message.IsHeldMarked;
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

    public void Close(Predicate<ConsumerKey> isGone)
    {
        foreach (var message in Messages)
        {
            if (message.Place == ModelPlace.Held && isGone(message.Holder))
            {
                message.Place = ModelPlace.Ready;
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

    /// <summary>An event is in the journal.</summary>
    public void Committed(JournalEvent committed, IReadOnlySet<long> seenBefore)
    {
        var settled = (committed.Write?.Settled ?? committed.Purged).ToArray();
        var written = (committed.Write?.Batches ?? []).Select(static placed => placed.FirstPosition).ToHashSet();
        foreach (var message in Messages)
        {
            message.Batch.IsWritten |= written.Contains(message.Position);
            message.IsSettledWritten |= Array.Exists(settled, range => message.Position >= range.First && message.Position < range.End);
            message.IsSeenWritten |= committed.Write is not null && seenBefore.Contains(message.Position);
        }
    }

    /// <summary>
    /// Nothing is left but what recovery found. A message that an index left out, settled but not yet written so, stays
    /// gone, though a replay without that index finds it.
    /// </summary>
    public void Recovered(IReadOnlySet<long> live, long nextPosition)
    {
        Links.Clear();
        Consumers.Clear();
        WaitingGets.Clear();
        Messages.RemoveAll(static message => !message.Batch.IsWritten);
        foreach (var message in Messages)
        {
            message.Place = live.Contains(message.Position) ? ModelPlace.Ready : ModelPlace.Gone;
            message.IsSeen = message.IsSeenWritten;
            message.WasDeliveredBeforeCrash = message.WasEverDelivered;
        }

        NextPosition = nextPosition;
    }
}
