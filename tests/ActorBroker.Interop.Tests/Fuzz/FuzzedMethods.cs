using System.Text;
using ActorBroker.Interop.Tests.Wire;

namespace ActorBroker.Interop.Tests.Fuzz;

/// <summary>Methods and content that follow the grammar, with arguments that need not make sense, by a seed.</summary>
internal sealed class FuzzedMethods(Random random)
{
    // Class, method, arguments: o octet, h short, l long, q longlong, s short string, S long string, t table.
    private static readonly (ushort Class, ushort Method, string Arguments)[] Methods =
    [
        (20, 20, "o"), (40, 10, "hssot"), (40, 20, "hso"), (40, 30, "hsssot"), (40, 40, "hsssot"),
        (50, 10, "hsot"), (50, 20, "hsssot"), (50, 30, "hso"), (50, 40, "hso"), (50, 50, "hssst"),
        (60, 10, "lho"), (60, 20, "hssot"), (60, 30, "so"), (60, 40, "hsso"), (60, 70, "hso"), (60, 80, "qo"), (60, 90, "qo"), (60, 100, "o"),
        (60, 110, "o"), (60, 120, "qo"), (85, 10, "o"), (90, 10, ""), (90, 20, ""), (90, 30, ""),
    ];

    private static readonly string[] Names =
    [
        "", "fuzz-1", "fuzz-2", "fuzz-3", "amq.direct", "amq.topic", "amq.fanout", "amq.headers", "amq.match", "amq.rabbitmq.reply-to", "amq.gen-x",
        "direct", "fanout", "topic", "headers", "x-unknown", "#", "*.a.#", "ü€😀", "a\0b", new('n', 255),
    ];

    private static readonly string[] Keys =
    [
        "x-message-ttl", "x-expires", "x-max-length", "x-max-length-bytes", "x-overflow", "x-dead-letter-exchange", "x-dead-letter-routing-key",
        "x-max-priority", "x-queue-type", "x-queue-mode", "x-single-active-consumer", "x-stream-offset", "x-priority", "alternate-exchange", "x-match",
        "x-cancel-on-ha-failover", "x-consumer-timeout", "x-quorum-initial-group-size", "CC", "BCC", "x-death", "any",
    ];

    /// <summary>The frames of one method, of its content where it has one.</summary>
    public byte[] Next(ushort channel)
    {
        var (classId, methodId, arguments) = Methods[random.Next(Methods.Length)];
        var payload = new Payload();
        foreach (var kind in arguments)
        {
            Append(payload, kind, (classId, methodId));
        }

        var frames = new List<byte>(RawConnection.Frame(FrameType.Method, channel, RawConnection.Method(classId, methodId, payload)));
        if ((classId, methodId) == (60, 40))
        {
            AppendContent(frames, channel);
        }

        return [.. frames];
    }

    private void Append(Payload payload, char kind, (ushort, ushort) method)
    {
        switch (kind)
        {
            case 'o':
                // Mostly exclusive or auto-deleted, so that there is an end to what the inputs leave.
                payload.Octet(method is (50, 10) or (40, 10) ? (byte)(random.Next(256) | (method.Item1 == 50 ? 0b01100 : 0b00100)) : (byte)random.Next(random.Next(2) == 0 ? 4 : 256));
                break;
            case 'h':
                payload.U16((ushort)Number());
                break;
            case 'l':
                payload.U32((uint)Number());
                break;
            case 'q':
                payload.U64((ulong)Number());
                break;
            case 's':
                payload.ShortString(Name());
                break;
            default:
                payload.Table(Table(depth: 0));
                break;
        }
    }

    private string Name() => Names[random.Next(Names.Length)];

    private long Number() => random.Next(6) switch
    {
        0 => 0,
        1 => 1,
        2 => random.Next(),
        3 => long.MaxValue,
        4 => -1,
        _ => random.Next(300),
    };

    private Payload Table(int depth)
    {
        var table = new Payload();
        for (var i = random.Next(4); i > 0; i--)
        {
            Value(table.ShortString(Keys[random.Next(Keys.Length)]), depth);
        }

        return table;
    }

    private void Value(Payload payload, int depth)
    {
        switch (random.Next(depth > 3 ? 10 : 12))
        {
            case 0:
                payload.Octet((byte)'t').Octet((byte)random.Next(3));
                break;
            case 1:
                payload.Octet((byte)'b').Octet((byte)random.Next(256));
                break;
            case 2:
                payload.Octet((byte)'s').U16((ushort)Number());
                break;
            case 3:
                payload.Octet((byte)'I').U32((uint)Number());
                break;
            case 4:
                payload.Octet((byte)'l').U64((ulong)Number());
                break;
            case 5:
                payload.Octet((byte)'d').U64((ulong)random.NextInt64(long.MinValue, long.MaxValue));
                break;
            case 6:
                payload.Octet((byte)'D').Octet((byte)random.Next(256)).U32((uint)Number());
                break;
            case 7:
                payload.Octet((byte)'T').U64((ulong)Number());
                break;
            case 8:
                payload.Octet((byte)'V');
                break;
            case 9:
                payload.Octet((byte)'S').LongString(Encoding.UTF8.GetBytes(Name()));
                break;
            case 10:
                payload.Octet((byte)'F').Table(Table(depth + 1));
                break;
            default:
                var items = new Payload();
                Value(items, depth + 1);
                Value(items, depth + 1);
                payload.Octet((byte)'A').Table(items);
                break;
        }
    }

    private void AppendContent(List<byte> frames, ushort channel)
    {
        var body = new byte[random.Next(3) == 0 ? 0 : random.Next(200)];
        random.NextBytes(body);
        var header = new Payload().U16(60).U16(0).U64((ulong)body.Length);
        switch (random.Next(4))
        {
            case 0:
                header.U16(0);
                break;
            case 1:
                // Headers, delivery mode, priority.
                header.U16(0x3800).Table(Table(depth: 0)).Octet((byte)random.Next(4)).Octet((byte)random.Next(256));
                break;
            case 2:
                // Expiration, user id.
                header.U16(0x0110).ShortString(random.Next(2) == 0 ? "1000" : Name()).ShortString(random.Next(2) == 0 ? "guest" : Name());
                break;
            default:
                header.U16(0x8080).ShortString(Name()).ShortString(Name());
                break;
        }

        frames.AddRange(RawConnection.Frame(FrameType.Header, channel, header.ToArray()));
        if (body.Length > 0)
        {
            frames.AddRange(RawConnection.Frame(FrameType.Body, channel, body));
        }
    }
}
