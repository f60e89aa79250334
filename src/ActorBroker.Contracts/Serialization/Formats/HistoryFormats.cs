using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Queues;
using Google.Protobuf;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>Browsing and replaying: commands start with h, answers with hn.</summary>
internal static class HistoryFormats
{
    public static void AddTo(FormatTable formats)
    {
        AddBrowsing(formats);
        AddReplaying(formats);
        formats.AddProto(
            "h-reader1", Proto.DescribeReader.Parser,
            (DescribeReader m) => new Proto.DescribeReader { RequestId = m.RequestId, ConsumerId = m.ConsumerId },
            p => new DescribeReader(p.RequestId, p.ConsumerId));
        formats.AddProto(
            "hn-reader1", Proto.ReaderDescribed.Parser,
            ToForm,
            p => new ReaderDescribed(p.RequestId, p.ConsumerId, p.Extent.ToHistoryExtent(), p.HasNext ? p.Next : null));
    }

    private static void AddBrowsing(FormatTable formats)
    {
        formats.AddProto(
            "h-browse1", Proto.BrowseQueue.Parser,
            ToForm,
            p => new BrowseQueue(
                p.Queue.ToQueueKey(),
                p.RequestId,
                p.Range.ToHistoryRange(),
                p.Criteria.ToCriteria(),
                new PageLimits(p.Count, p.Bytes, p.HasBodyBytes ? p.BodyBytes : null),
                p.Origin.ToOrigin())
            {
                Scope = p.Scope <= (uint)BrowseScope.Queue ? (BrowseScope)p.Scope : throw new InvalidDataException($"{p.Scope} is nothing to browse."),
            });
        formats.AddProto(
            "hn-browsed1", Proto.QueueBrowsed.Parser,
            (QueueBrowsed m) => new Proto.QueueBrowsed
            {
                RequestId = m.RequestId,
                Queue = m.Queue.ToForm(),
                Refusal = m.Refusal.ToForm(),
                Messages = { m.Messages.Select(ToForm) },
                Next = m.Next,
                IsEnd = m.IsEnd,
                Extent = m.Extent.ToForm(),
            },
            p => new QueueBrowsed(
                p.RequestId,
                p.Queue.ToQueueKey(),
                p.Refusal.ToRefusal(),
                [.. p.Messages.Select(ToMessage)],
                p.Next,
                p.IsEnd,
                p.Extent.ToHistoryExtent() ?? default));
    }

    private static void AddReplaying(FormatTable formats)
    {
        formats.AddProto(
            "h-replay1", Proto.ReplayMessages.Parser,
            ToForm,
            p => new ReplayMessages(
                p.Queue.ToQueueKey(),
                p.ReplayId,
                p.Range.ToHistoryRange(),
                p.Criteria.ToCriteria(),
                p.Destination.ToDestination(),
                p.HasRoutingKey ? p.RoutingKey : null,
                p.Origin.ToOrigin()));
        formats.AddProto(
            "h-describe1", Proto.ReplayOfQueue.Parser,
            (DescribeReplay m) => new Proto.ReplayOfQueue { Queue = m.Queue.ToForm(), ReplayId = m.ReplayId },
            p => new DescribeReplay(p.Queue.ToQueueKey(), p.ReplayId));
        formats.AddProto(
            "h-cancel1", Proto.ReplayOfQueue.Parser,
            (CancelReplay m) => new Proto.ReplayOfQueue { Queue = m.Queue.ToForm(), ReplayId = m.ReplayId },
            p => new CancelReplay(p.Queue.ToQueueKey(), p.ReplayId));
        formats.AddProto(
            "hn-replay1", Proto.ReplayReported.Parser,
            (ReplayReported m) => new Proto.ReplayReported
            {
                Queue = m.Queue.ToForm(),
                ReplayId = m.ReplayId,
                State = (uint)m.State,
                LookedAt = m.Progress.LookedAt,
                Matched = m.Progress.Matched,
                Replayed = m.Progress.Replayed,
                Unrouted = m.Progress.Unrouted,
                Missing = m.Progress.Missing,
                Next = m.Progress.Next,
                End = m.Progress.End,
                Refusal = m.Refusal.ToForm(),
            },
            p => new ReplayReported(
                p.Queue.ToQueueKey(),
                p.ReplayId,
                p.State <= (uint)ReplayState.Failed ? (ReplayState)p.State : throw new InvalidDataException($"{p.State} is no state of a replay."),
                new ReplayProgress(p.LookedAt, p.Matched, p.Replayed, p.Unrouted, p.Missing, p.Next, p.End),
                p.Refusal.ToRefusal()));
    }

    private static Proto.BrowseQueue ToForm(BrowseQueue browse)
    {
        var form = new Proto.BrowseQueue
        {
            Queue = browse.Queue.ToForm(),
            RequestId = browse.RequestId,
            Range = browse.Range.ToForm(),
            Criteria = browse.Criteria.ToForm(),
            Count = browse.Limits.Count,
            Bytes = browse.Limits.Bytes,
            Origin = browse.Origin.ToForm(),
            Scope = (uint)browse.Scope,
        };
        if (browse.Limits.BodyBytes is { } bytes)
        {
            form.BodyBytes = bytes;
        }

        return form;
    }

    private static Proto.BrowsedMessage ToForm(BrowsedMessage message)
    {
        var form = new Proto.BrowsedMessage
        {
            Position = message.Position,
            WrittenAt = message.WrittenAt,
            Exchange = message.Exchange,
            RoutingKey = message.RoutingKey,
            Properties = message.Properties.ToForm(),
            Headers = message.Headers.ToForm(),
            BodyLength = message.BodyLength,
            Body = UnsafeByteOperations.UnsafeWrap(message.Body),
            Redelivered = message.Redelivered,
        };
        if (message.Standing is { } standing)
        {
            form.Standing = (uint)standing;
        }

        return form;
    }

    private static BrowsedMessage ToMessage(Proto.BrowsedMessage form) => new(
        form.Position,
        form.WrittenAt,
        form.Exchange,
        form.RoutingKey,
        form.Properties.ToArguments(),
        form.Headers.ToArguments(),
        form.BodyLength,
        form.Body.Memory)
    {
        Standing = !form.HasStanding ? null
            : form.Standing <= (uint)MessageStanding.Delayed ? (MessageStanding)form.Standing
            : throw new InvalidDataException($"{form.Standing} is no standing of a message."),
        Redelivered = form.Redelivered,
    };

    private static Proto.ReplayMessages ToForm(ReplayMessages replay)
    {
        var form = new Proto.ReplayMessages
        {
            Queue = replay.Queue.ToForm(),
            ReplayId = replay.ReplayId,
            Range = replay.Range.ToForm(),
            Criteria = replay.Criteria.ToForm(),
            Destination = replay.Destination.ToForm(),
            Origin = replay.Origin.ToForm(),
        };
        if (replay.RoutingKey is { } key)
        {
            form.RoutingKey = key;
        }

        return form;
    }

    private static Proto.ReaderDescribed ToForm(ReaderDescribed described)
    {
        var form = new Proto.ReaderDescribed { RequestId = described.RequestId, ConsumerId = described.ConsumerId };
        if (described.Extent is { } extent)
        {
            form.Extent = extent.ToForm();
        }

        if (described.Next is { } next)
        {
            form.Next = next;
        }

        return form;
    }
}
