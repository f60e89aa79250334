using System.Buffers.Binary;
using System.Text;
using ActorBroker.Testing.Fuzz;

namespace ActorBroker.Interop.Tests.Fuzz;

/// <summary>
/// What may come first at a port for TLS: messages ClientHello (RFC 8446 §4.1.2) with usual and unusual names, versions and extensions, whole,
/// cut into records or damaged, with records of all kinds behind them; and bytes without any sense.
/// </summary>
/// <param name="random">The same numbers make the same.</param>
internal sealed class FuzzedHellos(Random random)
{
    private const byte ChangeCipherSpec = 20;
    private const byte Handshake = 22;
    private const byte Heartbeat = 24;

    private static readonly string[] Names =
        ["localhost", "127.0.0.1", "", ".", "*", "*.example.org", "xn--", "\0", "a..b", "\u00fc.example", "mq.example.org.", new string('a', 300), new string('n', 9_000)];

    private static readonly byte[][] Versions = [[3, 0], [3, 1], [3, 2], [3, 3], [3, 4], [3, 5], [0, 2], [0xFF, 0xFF], [0x7A, 0x7A]];

    private readonly FuzzedBytes _bytes = new(random);

    public byte[] Next() => random.Next(6) switch
    {
        0 => _bytes.Noise(random.Next(1, 2_000)),
        1 => Records(Hello()),
        2 => _bytes.Damage(Records(Hello())),
        3 => Records(_bytes.Damage(Hello())),
        4 => [.. Records(Hello()), .. Enumerable.Range(0, random.Next(1, 5)).SelectMany(_ => Record((byte)random.Next(ChangeCipherSpec, Heartbeat + 1), _bytes.Noise(random.Next(300))))],
        _ => Records(Hello())[..random.Next(1, 60)],
    };

    private byte[] Hello()
    {
        byte[] body =
        [
            .. random.Next(4) > 0 ? [3, 3] : Any(Versions), .. _bytes.Noise(32),
            .. Sized1(_bytes.Noise(random.Next(2) == 0 ? 32 : random.Next(40))),
            .. Sized2(random.Next(4) > 0 ? [0x13, 1, 0x13, 2, 0xC0, 0x2F, 0xC0, 0x30] : _bytes.Noise(2 * random.Next(60))),
            .. Sized1([0]),
            .. Sized2([.. Extensions().Where(_ => random.Next(10) > 0).SelectMany(static extension => extension)]),
        ];
        return [1, 0, .. Sized2(body)];
    }

    private IEnumerable<byte[]> Extensions()
    {
        yield return Extension(0, Sized2([.. Enumerable.Range(0, random.Next(12) == 0 ? 3 : 1).SelectMany(_ => (byte[])[0, .. Sized2(Encoding.UTF8.GetBytes(Any(Names)))])]));
        yield return Extension(43, Sized1(random.Next(4) > 0 ? [3, 4, 3, 3] : [.. Any(Versions), .. Any(Versions)]));
        yield return Extension(10, Sized2([0, 23, 0, 29]));
        yield return Extension(13, Sized2([4, 3, 8, 4, 4, 1]));
        yield return Extension(51, Sized2([0, 29, .. Sized2(_bytes.Noise(random.Next(6) > 0 ? 32 : random.Next(80)))]));
        yield return Extension(16, Sized2([.. Sized1("h2"u8), .. Sized1("http/1.1"u8), .. random.Next(3) == 0 ? Sized1(_bytes.Noise(random.Next(255))) : []]));
        yield return Extension((ushort)random.Next(0x10000), _bytes.Noise(random.Next(500)));
    }

    private byte[] Records(byte[] message)
    {
        if (random.Next(3) > 0)
        {
            return Record(Handshake, message);
        }

        var cut = random.Next(message.Length + 1);
        return [.. Record(Handshake, message[..cut]), .. Record(Handshake, message[cut..])];
    }

    private static byte[] Record(byte type, byte[] content) => [type, 3, 1, .. Sized2(content)];

    private static byte[] Extension(ushort type, byte[] content) => [(byte)(type >> 8), (byte)type, .. Sized2(content)];

    private static byte[] Sized1(ReadOnlySpan<byte> content) => [(byte)content.Length, .. content];

    private static byte[] Sized2(ReadOnlySpan<byte> content)
    {
        var sized = new byte[sizeof(ushort) + content.Length];
        BinaryPrimitives.WriteUInt16BigEndian(sized, (ushort)content.Length);
        content.CopyTo(sized.AsSpan(sizeof(ushort)));
        return sized;
    }

    private T Any<T>(T[] some) => some[random.Next(some.Length)];
}
