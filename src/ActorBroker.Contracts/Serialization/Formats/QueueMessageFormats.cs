using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Queues.Publishers;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>The queue's protocol but for what carries messages: commands start with q, notices with n.</summary>
internal static class QueueMessageFormats
{
    public static void AddTo(FormatTable formats, ActorReferences actors)
    {
        AddNamedCommands(formats, actors);
        AddConsumerCommands(formats);
        AddAnswers(formats, actors);
        AddConsumerNotices(formats);
    }

    private static void AddNamedCommands(FormatTable formats, ActorReferences actors)
    {
        formats.AddProto(
            "q-declare1", Proto.DeclareQueue.Parser,
            (DeclareQueue m) => new Proto.DeclareQueue
            {
                Queue = m.Queue.ToForm(),
                RequestId = m.RequestId,
                Definition = m.Definition.ToForm(),
                Passive = m.Passive,
                Origin = m.Origin.ToForm(),
            },
            p => new DeclareQueue(p.Queue.ToQueueKey(), p.RequestId, p.Definition.ToQueueDefinition(), p.Passive, p.Origin.ToOrigin()));
        formats.AddProto(
            "q-delete1", Proto.DeleteQueue.Parser,
            (DeleteQueue m) => new Proto.DeleteQueue
            {
                Queue = m.Queue.ToForm(),
                RequestId = m.RequestId,
                IfUnused = m.IfUnused,
                IfEmpty = m.IfEmpty,
                Origin = m.Origin.ToForm(),
            },
            p => new DeleteQueue(p.Queue.ToQueueKey(), p.RequestId, p.IfUnused, p.IfEmpty, p.Origin.ToOrigin()));
        formats.AddProto(
            "q-purge1", Proto.PurgeQueue.Parser,
            (PurgeQueue m) => new Proto.PurgeQueue { Queue = m.Queue.ToForm(), RequestId = m.RequestId, Origin = m.Origin.ToForm() },
            p => new PurgeQueue(p.Queue.ToQueueKey(), p.RequestId, p.Origin.ToOrigin()));
        formats.AddProto(
            "q-resolve1", Proto.ResolveQueue.Parser,
            ToForm,
            p => new ResolveQueue(p.Queue.ToQueueKey(), p.RequestId)
            {
                Link = new LinkOpening(p.Publisher, p.ConfirmedSequence, p.SentSequence),
                ConsumersAnew = p.HasConsumersAnew ? p.ConsumersAnew : null,
            });
        formats.AddProto(
            "q-describe1", Proto.DescribeQueue.Parser,
            (DescribeQueue m) => new Proto.DescribeQueue { Queue = m.Queue.ToForm(), RequestId = m.RequestId },
            p => new DescribeQueue(p.Queue.ToQueueKey(), p.RequestId));
        formats.AddProto(
            "q-wake1", Proto.WakeQueue.Parser,
            (WakeQueue m) => new Proto.WakeQueue { Queue = m.Queue.ToForm() },
            p => new WakeQueue(p.Queue.ToQueueKey()));
        formats.AddProto(
            "n-woken1", Proto.WakeQueue.Parser,
            (QueueWoken m) => new Proto.WakeQueue { Queue = m.Queue.ToForm() },
            p => new QueueWoken(p.Queue.ToQueueKey()));
        formats.AddProto(
            "q-add-source1", Proto.AddBindingSource.Parser,
            ToForm,
            p => new AddBindingSource(
                p.Queue.ToQueueKey(), p.RequestId, p.Exchange, p.HasConnection ? actors.Read(p.Connection) : null, p.Durable));
    }

    private static Proto.AddBindingSource ToForm(AddBindingSource message)
    {
        var form = new Proto.AddBindingSource
        {
            Queue = message.Queue.ToForm(),
            RequestId = message.RequestId,
            Exchange = message.Exchange,
            Durable = message.Durable,
        };
        if (message.Connection is not null)
        {
            form.Connection = ActorReferences.Write(message.Connection);
        }

        return form;
    }

    private static void AddConsumerCommands(FormatTable formats)
    {
        formats.AddProto(
            "q-consume1", Proto.StartConsumer.Parser,
            (StartConsumer m) => new Proto.StartConsumer
            {
                RequestId = m.RequestId,
                ConsumerId = m.ConsumerId,
                Tag = m.Settings.Tag,
                NoAck = m.Settings.NoAck,
                Exclusive = m.Settings.Exclusive,
                PrefetchCount = m.Settings.PrefetchCount,
                WindowBytes = m.Settings.WindowBytes,
                Arguments = m.Settings.Arguments.ToForm(),
                IsOfBroker = m.Settings.IsOfBroker,
                Origin = m.Origin.ToForm(),
            },
            p => new StartConsumer(
                p.RequestId,
                p.ConsumerId,
                new ConsumerSettings(p.Tag, p.NoAck, p.Exclusive, p.PrefetchCount, p.WindowBytes, p.Arguments.ToArguments()) { IsOfBroker = p.IsOfBroker },
                p.Origin.ToOrigin()));
        formats.AddProto(
            "q-cancel1", Proto.StopConsumer.Parser,
            (StopConsumer m) => new Proto.StopConsumer { RequestId = m.RequestId, ConsumerId = m.ConsumerId },
            p => new StopConsumer(p.RequestId, p.ConsumerId));
        formats.AddProto(
            "q-close1", Proto.CloseConsumer.Parser,
            (CloseConsumer m) => new Proto.CloseConsumer { ConsumerId = m.ConsumerId },
            p => new CloseConsumer(p.ConsumerId));
        formats.AddProto(
            "q-active1", Proto.SetConsumerActive.Parser,
            (SetConsumerActive m) => new Proto.SetConsumerActive { ConsumerId = m.ConsumerId, Active = m.Active },
            p => new SetConsumerActive(p.ConsumerId, p.Active));
        formats.AddProto(
            "q-get1", Proto.GetMessage.Parser,
            (GetMessage m) => new Proto.GetMessage { RequestId = m.RequestId, ConsumerId = m.ConsumerId, NoAck = m.NoAck },
            p => new GetMessage(p.RequestId, p.ConsumerId, p.NoAck));
    }

    private static void AddAnswers(FormatTable formats, ActorReferences actors)
    {
        formats.AddProto(
            "n-answered1", Proto.QueueAnswered.Parser,
            (QueueAnswered m) => new Proto.QueueAnswered
            {
                RequestId = m.RequestId,
                Refusal = m.Refusal.ToForm(),
                MessageCount = m.MessageCount,
                ConsumerCount = m.ConsumerCount,
            },
            p => new QueueAnswered(p.RequestId, p.Refusal.ToRefusal(), p.MessageCount, p.ConsumerCount));
        formats.AddProto(
            "n-described1", Proto.QueueDescribed.Parser,
            (QueueDescribed m) => new Proto.QueueDescribed
            {
                RequestId = m.RequestId,
                Queue = m.Queue.ToForm(),
                Refusal = m.Refusal.ToForm(),
                Definition = m.Definition?.ToForm(),
                Policy = m.Policy.ToForm(),
                ReadyCount = m.ReadyCount,
                UnsettledCount = m.UnsettledCount,
                ConsumerCount = m.ConsumerCount,
                LostCount = m.LostCount,
                RetainedCount = m.RetainedCount,
                RetainedBytes = m.RetainedBytes,
                DeclaredBy = m.DeclaredBy,
            },
            p => new QueueDescribed(
                p.RequestId,
                p.Queue.ToQueueKey(),
                p.Refusal.ToRefusal(),
                p.Definition?.ToQueueDefinition(),
                p.Policy.ToEffectivePolicy(),
                p.ReadyCount,
                p.UnsettledCount,
                p.ConsumerCount)
            {
                LostCount = p.LostCount,
                RetainedCount = p.RetainedCount,
                RetainedBytes = p.RetainedBytes,
                DeclaredBy = p.DeclaredBy,
            });
        formats.AddProto(
            "n-resolved1", Proto.QueueResolved.Parser,
            (QueueResolved m) => new Proto.QueueResolved
            {
                RequestId = m.RequestId,
                Queue = m.Queue.ToForm(),
                Actor = ActorReferences.Write(m.Actor),
                Declaration = m.Declaration,
                KnownSequence = m.Standing.KnownSequence,
                Refused = { m.Standing.Refused.Select(TopologyForms.ToForm) },
            },
            p => new QueueResolved(p.RequestId, p.Queue.ToQueueKey(), actors.Read(p.Actor))
            {
                Declaration = p.Declaration,
                Standing = new LinkStanding(p.KnownSequence) { Refused = p.Refused.ToRanges() },
            });
        formats.AddProto(
            "n-source1", Proto.BindingSourceAnswered.Parser,
            (BindingSourceAnswered m) => new Proto.BindingSourceAnswered
            {
                RequestId = m.RequestId,
                Refusal = m.Refusal.ToForm(),
                DestinationIsDurable = m.DestinationIsDurable,
            },
            p => new BindingSourceAnswered(p.RequestId, p.Refusal.ToRefusal(), p.DestinationIsDurable));
        formats.AddProto(
            "n-failed1", Proto.PublishFailed.Parser,
            (PublishFailed m) => new Proto.PublishFailed { FirstSequence = m.FirstSequence, LastSequence = m.LastSequence },
            p => new PublishFailed(p.FirstSequence, p.LastSequence));
    }

    private static void AddConsumerNotices(FormatTable formats)
    {
        formats.AddProto(
            "n-missing1", Proto.PublishMissing.Parser,
            (PublishMissing m) => new Proto.PublishMissing { FirstSequence = m.FirstSequence },
            p => new PublishMissing(p.FirstSequence));
        formats.AddProto(
            "n-consuming1", Proto.ConsumerStarted.Parser,
            ToForm,
            p => new ConsumerStarted(p.RequestId, p.ConsumerId) { StreamOffset = p.HasStreamOffset ? p.StreamOffset : null });
        formats.AddProto(
            "n-stopped1", Proto.ConsumerStopped.Parser,
            (ConsumerStopped m) => new Proto.ConsumerStopped { RequestId = m.RequestId, ConsumerId = m.ConsumerId },
            p => new ConsumerStopped(p.RequestId, p.ConsumerId));
        formats.AddProto(
            "n-cancelled1", Proto.ConsumerCancelled.Parser,
            (ConsumerCancelled m) => new Proto.ConsumerCancelled { ConsumerId = m.ConsumerId },
            p => new ConsumerCancelled(p.ConsumerId));
        formats.AddProto(
            "n-timedout1", Proto.ConsumerTimedOut.Parser,
            (ConsumerTimedOut m) => new Proto.ConsumerTimedOut { ConsumerId = m.ConsumerId, TimeoutMs = m.TimeoutMs },
            p => new ConsumerTimedOut(p.ConsumerId, p.TimeoutMs));
    }

    private static Proto.ConsumerStarted ToForm(ConsumerStarted started)
    {
        var form = new Proto.ConsumerStarted { RequestId = started.RequestId, ConsumerId = started.ConsumerId };
        if (started.StreamOffset is { } offset)
        {
            form.StreamOffset = offset;
        }

        return form;
    }

    private static Proto.ResolveQueue ToForm(ResolveQueue resolve)
    {
        var form = new Proto.ResolveQueue
        {
            Queue = resolve.Queue.ToForm(),
            RequestId = resolve.RequestId,
            Publisher = resolve.Link.Publisher,
            ConfirmedSequence = resolve.Link.ConfirmedSequence,
            SentSequence = resolve.Link.SentSequence,
        };
        if (resolve.ConsumersAnew is { } consumers)
        {
            form.ConsumersAnew = consumers;
        }

        return form;
    }
}
