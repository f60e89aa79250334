using System.Buffers.Binary;

namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>The ids of all methods, class id in the upper 16 bits and method id in the lower (AMQP 0-9-1 §4.2.4).</summary>
public static class MethodId
{
    public const uint ConnectionStart = (10 << 16) | 10;
    public const uint ConnectionStartOk = (10 << 16) | 11;
    public const uint ConnectionSecure = (10 << 16) | 20;
    public const uint ConnectionSecureOk = (10 << 16) | 21;
    public const uint ConnectionTune = (10 << 16) | 30;
    public const uint ConnectionTuneOk = (10 << 16) | 31;
    public const uint ConnectionOpen = (10 << 16) | 40;
    public const uint ConnectionOpenOk = (10 << 16) | 41;
    public const uint ConnectionClose = (10 << 16) | 50;
    public const uint ConnectionCloseOk = (10 << 16) | 51;
    public const uint ConnectionBlocked = (10 << 16) | 60;
    public const uint ConnectionUnblocked = (10 << 16) | 61;
    public const uint ConnectionUpdateSecret = (10 << 16) | 70;
    public const uint ConnectionUpdateSecretOk = (10 << 16) | 71;

    public const uint ChannelOpen = (20 << 16) | 10;
    public const uint ChannelOpenOk = (20 << 16) | 11;
    public const uint ChannelFlow = (20 << 16) | 20;
    public const uint ChannelFlowOk = (20 << 16) | 21;
    public const uint ChannelClose = (20 << 16) | 40;
    public const uint ChannelCloseOk = (20 << 16) | 41;

    public const uint ExchangeDeclare = (40 << 16) | 10;
    public const uint ExchangeDeclareOk = (40 << 16) | 11;
    public const uint ExchangeDelete = (40 << 16) | 20;
    public const uint ExchangeDeleteOk = (40 << 16) | 21;
    public const uint ExchangeBind = (40 << 16) | 30;
    public const uint ExchangeBindOk = (40 << 16) | 31;
    public const uint ExchangeUnbind = (40 << 16) | 40;
    public const uint ExchangeUnbindOk = (40 << 16) | 51;

    public const uint QueueDeclare = (50 << 16) | 10;
    public const uint QueueDeclareOk = (50 << 16) | 11;
    public const uint QueueBind = (50 << 16) | 20;
    public const uint QueueBindOk = (50 << 16) | 21;
    public const uint QueuePurge = (50 << 16) | 30;
    public const uint QueuePurgeOk = (50 << 16) | 31;
    public const uint QueueDelete = (50 << 16) | 40;
    public const uint QueueDeleteOk = (50 << 16) | 41;
    public const uint QueueUnbind = (50 << 16) | 50;
    public const uint QueueUnbindOk = (50 << 16) | 51;

    public const uint BasicQos = (60 << 16) | 10;
    public const uint BasicQosOk = (60 << 16) | 11;
    public const uint BasicConsume = (60 << 16) | 20;
    public const uint BasicConsumeOk = (60 << 16) | 21;
    public const uint BasicCancel = (60 << 16) | 30;
    public const uint BasicCancelOk = (60 << 16) | 31;
    public const uint BasicPublish = (60 << 16) | 40;
    public const uint BasicReturn = (60 << 16) | 50;
    public const uint BasicDeliver = (60 << 16) | 60;
    public const uint BasicGet = (60 << 16) | 70;
    public const uint BasicGetOk = (60 << 16) | 71;
    public const uint BasicGetEmpty = (60 << 16) | 72;
    public const uint BasicAck = (60 << 16) | 80;
    public const uint BasicReject = (60 << 16) | 90;
    public const uint BasicRecoverAsync = (60 << 16) | 100;
    public const uint BasicRecover = (60 << 16) | 110;
    public const uint BasicRecoverOk = (60 << 16) | 111;
    public const uint BasicNack = (60 << 16) | 120;

    public const uint ConfirmSelect = (85 << 16) | 10;
    public const uint ConfirmSelectOk = (85 << 16) | 11;

    public const uint TxSelect = (90 << 16) | 10;
    public const uint TxSelectOk = (90 << 16) | 11;
    public const uint TxCommit = (90 << 16) | 20;
    public const uint TxCommitOk = (90 << 16) | 21;
    public const uint TxRollback = (90 << 16) | 30;
    public const uint TxRollbackOk = (90 << 16) | 31;

    /// <summary>The id at the start of a method frame's payload.</summary>
    /// <exception cref="Amqp091WireException">502: the payload is too short to hold one.</exception>
    public static uint Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < sizeof(uint))
            ThrowTooShort(payload.Length);
        return BinaryPrimitives.ReadUInt32BigEndian(payload);
    }

    public static ushort ClassOf(uint id) => (ushort)(id >> 16);

    public static ushort MethodOf(uint id) => (ushort)id;

    /// <summary>The method's name in the specification, such as <c>basic.publish</c>, or its two numbers if it is unknown.</summary>
    public static string NameOf(uint id) => id switch
    {
        ConnectionStart => "connection.start",
        ConnectionStartOk => "connection.start-ok",
        ConnectionSecure => "connection.secure",
        ConnectionSecureOk => "connection.secure-ok",
        ConnectionTune => "connection.tune",
        ConnectionTuneOk => "connection.tune-ok",
        ConnectionOpen => "connection.open",
        ConnectionOpenOk => "connection.open-ok",
        ConnectionClose => "connection.close",
        ConnectionCloseOk => "connection.close-ok",
        ConnectionBlocked => "connection.blocked",
        ConnectionUnblocked => "connection.unblocked",
        ConnectionUpdateSecret => "connection.update-secret",
        ConnectionUpdateSecretOk => "connection.update-secret-ok",
        ChannelOpen => "channel.open",
        ChannelOpenOk => "channel.open-ok",
        ChannelFlow => "channel.flow",
        ChannelFlowOk => "channel.flow-ok",
        ChannelClose => "channel.close",
        ChannelCloseOk => "channel.close-ok",
        ExchangeDeclare => "exchange.declare",
        ExchangeDeclareOk => "exchange.declare-ok",
        ExchangeDelete => "exchange.delete",
        ExchangeDeleteOk => "exchange.delete-ok",
        ExchangeBind => "exchange.bind",
        ExchangeBindOk => "exchange.bind-ok",
        ExchangeUnbind => "exchange.unbind",
        ExchangeUnbindOk => "exchange.unbind-ok",
        QueueDeclare => "queue.declare",
        QueueDeclareOk => "queue.declare-ok",
        QueueBind => "queue.bind",
        QueueBindOk => "queue.bind-ok",
        QueuePurge => "queue.purge",
        QueuePurgeOk => "queue.purge-ok",
        QueueDelete => "queue.delete",
        QueueDeleteOk => "queue.delete-ok",
        QueueUnbind => "queue.unbind",
        QueueUnbindOk => "queue.unbind-ok",
        BasicQos => "basic.qos",
        BasicQosOk => "basic.qos-ok",
        BasicConsume => "basic.consume",
        BasicConsumeOk => "basic.consume-ok",
        BasicCancel => "basic.cancel",
        BasicCancelOk => "basic.cancel-ok",
        BasicPublish => "basic.publish",
        BasicReturn => "basic.return",
        BasicDeliver => "basic.deliver",
        BasicGet => "basic.get",
        BasicGetOk => "basic.get-ok",
        BasicGetEmpty => "basic.get-empty",
        BasicAck => "basic.ack",
        BasicReject => "basic.reject",
        BasicRecoverAsync => "basic.recover-async",
        BasicRecover => "basic.recover",
        BasicRecoverOk => "basic.recover-ok",
        BasicNack => "basic.nack",
        ConfirmSelect => "confirm.select",
        ConfirmSelectOk => "confirm.select-ok",
        TxSelect => "tx.select",
        TxSelectOk => "tx.select-ok",
        TxCommit => "tx.commit",
        TxCommitOk => "tx.commit-ok",
        TxRollback => "tx.rollback",
        TxRollbackOk => "tx.rollback-ok",
        _ => $"{ClassOf(id)}.{MethodOf(id)}",
    };

    private static void ThrowTooShort(int length) =>
        throw new Amqp091WireException(ReplyCode.FrameError, $"a method frame of {length} bytes holds no method");
}
