using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>Single messages of queues, by their positions.</summary>
internal static class ContentsFormats
{
    public static void AddTo(FormatTable formats)
    {
        formats.AddProto(
            "h-remove1", Proto.RemoveMessages.Parser,
            (RemoveMessages m) => new Proto.RemoveMessages
            {
                Queue = m.Queue.ToForm(),
                RequestId = m.RequestId,
                Positions = { m.Positions.Select(ToForm) },
                DeadLetter = m.DeadLetter,
                Origin = m.Origin.ToForm(),
            },
            p => new RemoveMessages(p.Queue.ToQueueKey(), p.RequestId, [.. p.Positions.Select(ToRange)], p.DeadLetter, p.Origin.ToOrigin()));
        formats.AddProto(
            "h-transfer1", Proto.TransferMessages.Parser,
            ToForm,
            p => new TransferMessages(
                p.Queue.ToQueueKey(),
                p.RequestId,
                p.TransferId,
                [.. p.Positions.Select(ToRange)],
                p.Destination.ToDestination(),
                p.HasRoutingKey ? p.RoutingKey : null,
                p.Keeps,
                p.Origin.ToOrigin()));
        formats.AddProto(
            "hn-handled1", Proto.MessagesHandled.Parser,
            (MessagesHandled m) => new Proto.MessagesHandled
            {
                RequestId = m.RequestId,
                Queue = m.Queue.ToForm(),
                Refusal = m.Refusal.ToForm(),
                Done = m.Done,
                Left = m.Left,
            },
            p => new MessagesHandled(p.RequestId, p.Queue.ToQueueKey(), p.Refusal.ToRefusal(), p.Done, p.Left));
    }

    private static Proto.TransferMessages ToForm(TransferMessages transfer)
    {
        var form = new Proto.TransferMessages
        {
            Queue = transfer.Queue.ToForm(),
            RequestId = transfer.RequestId,
            TransferId = transfer.TransferId,
            Positions = { transfer.Positions.Select(ToForm) },
            Destination = transfer.Destination.ToForm(),
            Keeps = transfer.Keeps,
            Origin = transfer.Origin.ToForm(),
        };
        if (transfer.RoutingKey is { } key)
        {
            form.RoutingKey = key;
        }

        return form;
    }

    private static Proto.Positions ToForm(PositionRange range) => new() { First = range.First, Count = range.Count };

    private static PositionRange ToRange(Proto.Positions form) => new(form.First, form.Count);
}
