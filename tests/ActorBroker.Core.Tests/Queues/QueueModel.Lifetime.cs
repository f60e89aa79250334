using System.Globalization;
using System.Text;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Lifetime;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <content>When a message of the model leaves, or comes back.</content>
internal sealed partial class QueueModel
{
    private readonly List<(int Identity, long Position, long At)> _identities = [];

    public QueueSettings Settings { get; private set; } = settings;

    public long Now { get; private set; }

    /// <summary>Some arrivals are refused or dropped, so that a batch may come in by pieces.</summary>
    public bool ChecksArrivals => Settings.Deduplication is not null || (IsLimited && Settings.Overflow != QueueOverflow.DropHead);

    public bool IsLimited => Settings.MaxLength is not null || Settings.MaxLengthBytes is not null;

    public bool DropsHead => IsLimited && Settings.Overflow == QueueOverflow.DropHead;

    /// <summary>It should have been handed over to be dead-lettered, if its body is in memory.</summary>
    public bool IsToBeHandedOver(ModelMessage message) =>
        message is { Place: ModelPlace.Dying, IsHandedOver: false } && (!durable || !DiesAtLeastOnce || message.IsDeathWritten);

    private bool DiesAtLeastOnce => Settings.DeadLetterStrategy == DeadLetterStrategy.AtLeastOnce;

    /// <summary>A batch whose messages come in but for those refused.</summary>
    public ModelBatch Publish(int connection, MessageBatch content, int[] refused)
    {
        if (!Links.TryGetValue(connection, out var link))
        {
            Links.Add(connection, link = new ModelLink());
        }

        var quorum = Settings.Type == QueueType.Quorum;
        var batch = new ModelBatch(connection, ++link.Received, content, durable && (quorum || content.CountPersistent() > 0), IsKept);
        link.Batches.Add(batch);
        for (var i = 0; i < content.Count; i++)
        {
            if (!refused.Contains(i) && IsNew(content[i], out var identity))
            {
                batch.Messages.Add(Arrive(batch, i, identity));
            }
        }

        Messages.AddRange(batch.Messages);
        if (refused.Length > 0)
        {
            Refuse(content, refused);
        }

        return batch;
    }

    /// <summary>Which messages a queue that nobody takes anything from refuses.</summary>
    public int[] PredictRefused(MessageBatch content)
    {
        var refused = new List<int>();
        if (!IsLimited || DropsHead)
        {
            return [];
        }

        var kept = _identities.ToArray();
        var (count, bytes) = (Ready.LongCount(), ReadyBytes);
        for (var i = 0; i < content.Count; i++)
        {
            if (count + 1 > Settings.MaxLength || bytes + content[i].BodyLength > Settings.MaxLengthBytes)
            {
                refused.Add(i);
            }
            else if (IsNew(content[i], out var identity))
            {
                Remember(identity, -1 - i);
                count++;
                bytes += content[i].BodyLength;
            }
        }

        _identities.Clear();
        _identities.AddRange(kept);
        return [.. refused];
    }

    public long ReadyBytes => Ready.Sum(static message => (long)message.BodyLength);

    public void Apply(QueueSettings changed) => Settings = changed;

    /// <summary>Time passes: what is due leaves or comes back.</summary>
    public void Advance(long milliseconds)
    {
        Now += milliseconds;
        Expire();
        foreach (var message in Messages.Where(message => message.Place == ModelPlace.Delayed && message.ReadyAt <= Now))
        {
            BecomeReady(message);
        }
    }

    public void Expire()
    {
        foreach (var message in Messages.Where(message => message.Place == ModelPlace.Ready && message.Deadline <= Now))
        {
            Die(message, DeathReason.Expired);
        }
    }

    /// <summary>What is too much of the ready messages given leaves, those first that are to be delivered first.</summary>
    public HashSet<long> DropHead(IEnumerable<ModelMessage> ready)
    {
        var left = new Queue<ModelMessage>(ready);
        var bytes = left.Sum(static message => (long)message.BodyLength);
        var dropped = new HashSet<long>();
        while (DropsHead && (left.Count > (Settings.MaxLength ?? long.MaxValue) || bytes > (Settings.MaxLengthBytes ?? long.MaxValue)))
        {
            var message = left.Dequeue();
            bytes -= message.BodyLength;
            dropped.Add(message.Position);
            Die(message, DeathReason.MaxLength);
        }

        return dropped;
    }

    public void Die(ModelMessage message, DeathReason reason)
    {
        message.Place = Settings.DeadLetterExchange is null ? ModelPlace.Gone : ModelPlace.Dying;
        message.Death = reason;
        ForgetIdentities();
    }

    /// <summary>Messages are handed over to be dead-lettered.</summary>
    public void HandOver(DeadLetterSegment dead, int index)
    {
        var position = dead.Messages.FirstPosition + index;
        var message = Messages.Find(candidate => candidate.Position == position);
        Assert.NotNull(message);
        Assert.True(message is { Place: ModelPlace.Dying, IsHandedOver: false }, $"Position {position} was given up but is {message.Place}.");
        Assert.Equal((message.Death, message.IsRepeated), (dead.Reason, dead.IsRepeated));
        Assert.Equal(message.Record, dead.Messages.Batch.RecordOf(dead.Messages.StartIndex + index).ToArray());
        Assert.True(!durable || !DiesAtLeastOnce || !message.IsPersistent || message.IsDeathWritten, $"The death of {position} is not written.");
        message.IsHandedOver = true;
        message.Place = DiesAtLeastOnce ? ModelPlace.Dying : ModelPlace.Gone;
        ForgetIdentities();
    }

    public void DeadLettersDone(PositionRange range)
    {
        foreach (var message in Messages.Where(message => message.IsHandedOver && message.Position >= range.First && message.Position < range.End))
        {
            message.Place = ModelPlace.Gone;
        }
    }

    public void DeadLettersInterrupted()
    {
        foreach (var message in Messages.Where(static message => message is { IsHandedOver: true, Place: ModelPlace.Dying }))
        {
            (message.IsHandedOver, message.IsRepeated) = (false, true);
        }
    }

    private void Settle(ModelMessage message, SettleOutcome outcome)
    {
        switch (outcome)
        {
            case SettleOutcome.Accepted:
                message.Place = ModelPlace.Gone;
                break;
            case SettleOutcome.Rejected:
                Die(message, DeathReason.Rejected);
                break;
            case SettleOutcome.Released:
                BecomeReady(message);
                break;
            default:
                Return(message, outcome == SettleOutcome.Failed);
                break;
        }

        ForgetIdentities();
    }

    private void Return(ModelMessage message, bool failed)
    {
        var counts = Settings.Type == QueueType.Quorum || Settings.DeliveryLimit is not null || Settings.DelayedRetry is not null;
        if (message.Deadline <= Now || !counts)
        {
            BecomeReady(message);
            return;
        }

        message.Returns = new ReturnCounts(message.Returns.Failed + (failed ? 1 : 0), message.Returns.Acquired + 1);
        if (message.Returns.Failed > Settings.DeliveryLimit)
        {
            Die(message, DeathReason.DeliveryLimit);
            return;
        }

        var retry = Settings.DelayedRetry;
        var waits = retry?.Type is DelayedRetryType.All || retry?.Type == (failed ? DelayedRetryType.Failed : DelayedRetryType.Returned);
        var count = failed ? message.Returns.Failed : message.Returns.Acquired - message.Returns.Failed;
        var delay = waits ? Math.Min(retry!.Backoff is { } factor ? retry.Min * Math.Pow(factor, count - 1) : retry.Min * count, retry.Max) : 0;
        if (delay >= 1)
        {
            message.Place = ModelPlace.Delayed;
            message.ReadyAt = DueIndex.RoundUp(Now + (long)delay, Now);
        }
        else
        {
            BecomeReady(message);
        }
    }

    private void BecomeReady(ModelMessage message)
    {
        message.Place = ModelPlace.Ready;
        if (message.Deadline <= Now)
        {
            Die(message, DeathReason.Expired);
        }
    }

    private ModelMessage Arrive(ModelBatch batch, int index, int? identity)
    {
        var view = batch.Content[index];
        var own = (view.Flags & MessageFlags.Expires) != 0 ? NumberIn(view, "expiration") : null;
        var lifetime = Settings.Stage is { } stage ? stage.Kind == StageKind.Delay ? Math.Max(0, NumberIn(view, Stage.DelayHeader) ?? 0) : 0
            : own is { } ttl ? Math.Min(ttl, Settings.MessageTtl ?? long.MaxValue) : Settings.MessageTtl;
        Remember(identity, NextPosition);
        return new ModelMessage(NextPosition++, batch, index, Settings.Type == QueueType.Quorum || view.IsPersistent)
        {
            Priority = (view.Flags & MessageFlags.HasPriority) != 0 ? Math.Min(view.Priority, Settings.MaxPriority) : Settings.DefaultPriority,
            Deadline = lifetime is { } wait ? DueIndex.RoundUp(Now + wait, Now) : null,
            Identity = identity,
            Group = Settings.GroupHeader is { } grouped ? (int?)NumberIn(view, grouped) : null,
            Share = Settings.FairHeader is { } fair ? (int?)NumberIn(view, fair) : null,
        };
    }

    private void Refuse(MessageBatch content, int[] refused)
    {
        if (Settings is { Overflow: QueueOverflow.RejectPublishDeadLetter, DeadLetterExchange: not null })
        {
            var batch = new ModelBatch(0, 0, content, needsWrite: false, isKept: false);
            foreach (var index in refused)
            {
                var message = new ModelMessage(NextPosition++, batch, index, isPersistent: false);
                Die(message, DeathReason.MaxLength);
                batch.Messages.Add(message);
            }

            Messages.AddRange(batch.Messages);
        }
    }

    private bool IsNew(MessageView message, out int? identity)
    {
        identity = null;
        if (Settings.Deduplication is not { } deduplication || NumberIn(message, deduplication.Header) is not { } number)
        {
            return true;
        }

        ForgetIdentities();
        identity = (int)number;
        return !_identities.Exists(remembered => remembered.Identity == number);
    }

    private void Remember(int? identity, long position)
    {
        if (identity is { } known)
        {
            _identities.Add((known, position, Now));
            ForgetIdentities();
        }
    }

    private void ForgetIdentities()
    {
        if (Settings.Deduplication is { CacheSize: null, CacheTtl: null })
        {
            _identities.RemoveAll(remembered => Messages.Exists(message => message.Position == remembered.Position && message.Place == ModelPlace.Gone));
        }
        else if (Settings.Deduplication is { } cache)
        {
            _identities.RemoveAll(remembered => remembered.At <= Now - cache.CacheTtl);
            _identities.RemoveRange(0, (int)Math.Max(0, _identities.Count - (cache.CacheSize ?? int.MaxValue)));
        }
    }

    private static long? NumberIn(MessageView message, string name)
    {
        foreach (var pair in Encoding.UTF8.GetString(message.Properties).Split(';'))
        {
            if (pair.StartsWith(name + "=", StringComparison.Ordinal))
            {
                return long.Parse(pair[(name.Length + 1)..], CultureInfo.InvariantCulture);
            }
        }

        return null;
    }
}
