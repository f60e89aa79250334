using ActorBroker.Contracts.Clients;
using Google.Protobuf;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>
/// The session of a client of Akka.Remote: its beginning and end, and its publishes. Framed bytes, little endian:
/// <code>
/// publish    = first-tag:i64 mandatory:u8 batch
/// batch      = MessageBatchCodec
/// </code>
/// </summary>
internal static class ClientSessionFormats
{
    public static void AddTo(FormatTable formats, ActorReferences actors)
    {
        AddSession(formats, actors);
        AddPublishing(formats);
    }

    private static void AddSession(FormatTable formats, ActorReferences actors)
    {
        formats.AddProto(
            "k-open1", Proto.OpenClientSession.Parser,
            (OpenClientSession m) => new Proto.OpenClientSession
            {
                Version = m.Version,
                RequestId = m.RequestId,
                User = m.User,
                Password = m.Password,
                VirtualHost = m.VirtualHost,
                Name = m.Name,
                Client = ActorReferences.Write(m.Client),
            },
            p => new OpenClientSession(p.Version, p.RequestId, p.User, p.Password, p.VirtualHost, p.Name, actors.Read(p.Client)));
        formats.AddProto(
            "k-opened1", Proto.ClientSessionOpened.Parser,
            (ClientSessionOpened m) => new Proto.ClientSessionOpened
            {
                RequestId = m.RequestId,
                Session = ActorReferences.Write(m.Session),
                PublishWindowBytes = m.PublishWindowBytes,
                MessageSizeMax = m.MessageSizeMax,
                TimeoutMs = m.TimeoutMs,
            },
            p => new ClientSessionOpened(
                p.RequestId, actors.Read(p.Session), p.PublishWindowBytes, p.MessageSizeMax, p.TimeoutMs));
        formats.AddProto(
            "k-refused1", Proto.ClientRefused.Parser,
            (ClientSessionRefused m) => new Proto.ClientRefused { RequestId = m.RequestId, Refusal = m.Refusal.ToForm() },
            p => new ClientSessionRefused(p.RequestId, Present(p.Refusal.ToRefusal())));
        formats.AddProto(
            "k-closed1", Proto.ClientRefused.Parser,
            (ClientSessionClosed m) => new Proto.ClientRefused { Refusal = m.Refusal.ToForm() },
            p => new ClientSessionClosed(Present(p.Refusal.ToRefusal())));
        formats.AddProto(
            "k-ping1", Proto.ClientPing.Parser, (ClientPing m) => new Proto.ClientPing { Sent = m.Sent }, p => new ClientPing(p.Sent));
        formats.AddProto(
            "k-close1", Proto.CloseClientSession.Parser, (CloseClientSession _) => new Proto.CloseClientSession(), _ => new CloseClientSession());
        formats.AddProto(
            "k-part1", Proto.ClientPart.Parser,
            (ClientPart m) => new Proto.ClientPart
            {
                Manifest = m.Manifest,
                TotalBytes = m.TotalBytes,
                Bytes = UnsafeByteOperations.UnsafeWrap(m.Bytes),
            },
            p => new ClientPart(p.Manifest, p.TotalBytes, p.Bytes.Memory));
    }

    private static void AddPublishing(FormatTable formats)
    {
        formats.Add<ClientPublish>("k-publish1", Write, ReadPublish);
        formats.AddProto(
            "k-progress1", Proto.ClientProgress.Parser,
            (ClientProgress m) => new Proto.ClientProgress { TakenTag = m.TakenTag, Confirms = { m.Confirms.Select(ToForm) } },
            p => new ClientProgress(p.TakenTag, [.. p.Confirms.Select(ToConfirm)]));
    }

    private static byte[] Write(ClientPublish message)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(
            checked(sizeof(long) + sizeof(byte) + Core.Messages.MessageBatchCodec.GetSize(message.Batch)));
        var writer = new ByteFrameWriter(bytes);
        writer.WriteInt64(message.FirstTag);
        writer.WriteByte(message.Mandatory ? (byte)1 : (byte)0);
        writer.WriteBatch(message.Batch);
        return bytes;
    }

    private static ClientPublish ReadPublish(byte[] bytes)
    {
        var reader = new ByteFrameReader(bytes);
        return new ClientPublish(reader.ReadInt64(), reader.ReadByte() != 0, reader.ReadBatch());
    }

    private static Proto.ClientConfirm ToForm(ClientConfirm confirm) => new()
    {
        FirstTag = confirm.FirstTag,
        LastTag = confirm.LastTag,
        Outcome = (uint)confirm.Outcome,
        Refusal = confirm.Refusal.ToForm(),
    };

    private static ClientConfirm ToConfirm(Proto.ClientConfirm form) =>
        form.Outcome <= (uint)PublishOutcome.Refused
            ? new ClientConfirm(form.FirstTag, form.LastTag, (PublishOutcome)form.Outcome, form.Refusal.ToRefusal())
            : throw new InvalidDataException($"{form.Outcome} is no outcome of a publish.");

    private static T Present<T>(T? part)
        where T : class =>
        part ?? throw new InvalidDataException("A refusal is missing.");
}
