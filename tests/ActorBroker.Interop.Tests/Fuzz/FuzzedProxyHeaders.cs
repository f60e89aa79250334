using System.Buffers.Binary;
using System.Text;
using ActorBroker.Testing.Fuzz;

namespace ActorBroker.Interop.Tests.Fuzz;

/// <summary>Headers of the PROXY protocol, of both versions, whole and damaged, with usual and unusual addresses, lengths and additions.</summary>
/// <param name="random">The same numbers make the same.</param>
internal sealed class FuzzedProxyHeaders(Random random)
{
    private static readonly string[] Families = ["TCP4", "TCP4", "TCP6", "UNKNOWN", "UDP4", "tcp4", ""];

    private static readonly string[] Addresses = ["192.0.2.7", "198.51.100.9", "2001:db8::7", "::1", "::ffff:192.0.2.7", "0.0.0.0", "256.1.1.1", "1", "fe80::1%lo", "", "\u00e4"];

    private static readonly string[] Ports = ["40000", "5672", "0", "65535", "65536", "-1", "+1", " 1", "00001", "x", ""];

    private readonly FuzzedBytes _bytes = new(random);

    public byte[] Next()
    {
        var header = random.Next(2) == 0 ? Version1() : Version2();
        return random.Next(3) == 0 ? _bytes.Damage(header) : header;
    }

    private byte[] Version1()
    {
        var line = random.Next(10) switch
        {
            0 => "PROXY UNKNOWN",
            1 => $"PROXY UNKNOWN {new string('x', random.Next(200))}",
            < 5 => $"PROXY TCP4 192.0.2.{random.Next(256)} 192.0.2.1 {random.Next(65_536)} 5672",
            _ => $"PROXY {Any(Families)} {Any(Addresses)} {Any(Addresses)} {Any(Ports)} {Any(Ports)}",
        };
        return Encoding.UTF8.GetBytes(line + (random.Next(12) switch { 0 => "\n", 1 => "\r", 2 => "", _ => "\r\n" }));
    }

    private byte[] Version2()
    {
        var command = (byte)(random.Next(8) > 0 ? 0x21 : random.Next(2) == 0 ? 0x20 : random.Next(256));
        var family = (byte)(random.Next(4) switch { 0 => 0x21, 1 => random.Next(256), _ => 0x11 });
        byte[] body =
        [
            .. _bytes.Noise(family == 0x21 ? 36 : 12),
            .. random.Next(3) switch
            {
                0 => [],
                1 => _bytes.Noise(random.Next(3_000)),
                _ => (byte[])[4, 0, 4, 0, 0, 0, 0],
            },
        ];
        var length = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(random.Next(8) > 0 ? body.Length : random.Next(0x10000)));
        return [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, command, family, .. length, .. body];
    }

    private string Any(string[] texts) => texts[random.Next(texts.Length)];
}
