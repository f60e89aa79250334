using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Mapping;

/// <summary>The broker's refusals as reply codes (AMQP 0-9-1 §1.2), as RabbitMQ uses these.</summary>
public static class ReplyCodes
{
    public static ReplyCode Of(RefusalReason reason) => reason switch
    {
        RefusalReason.NotFound => ReplyCode.NotFound,
        // As RabbitMQ answers for a durable queue that is on no running node: the channel ends, the connection goes on.
        RefusalReason.Damaged => ReplyCode.NotFound,
        RefusalReason.PreconditionFailed => ReplyCode.PreconditionFailed,
        RefusalReason.AccessRefused => ReplyCode.AccessRefused,
        RefusalReason.ResourceLocked => ReplyCode.ResourceLocked,
        RefusalReason.NotAllowed => ReplyCode.NotAllowed,
        RefusalReason.NotImplemented => ReplyCode.NotImplemented,
        _ => ReplyCode.InternalError,
    };
}
