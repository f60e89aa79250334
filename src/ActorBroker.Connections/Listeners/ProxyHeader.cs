using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ActorBroker.Connections.Listeners;

/// <summary>
/// What a proxy says in front of a connection that it passes on (the PROXY protocol of HAProxy, versions 1 and 2): whose it
/// is, and where the client has connected to. Both null where the connection is the proxy's own, or the client is not known by an IP address.
/// </summary>
public readonly record struct ProxyHeader(IPEndPoint? Source, IPEndPoint? Destination)
{
    /// <summary>Bytes that tell the version; every header has more.</summary>
    public const int StartLength = 12;

    /// <summary>Bytes of a header of version 2 in front of its addresses, <see cref="StartLength"/> included.</summary>
    public const int HeadLength2 = 16;

    /// <summary>The longest line of version 1, its end included.</summary>
    public const int LengthMax1 = 107;

    /// <summary>The most bytes behind the head of version 2 that are borne: addresses, and additions that nobody reads here.</summary>
    public const int BodyLengthMax2 = 2048;

    private const byte Version2Local = 0x20;
    private const byte Version2Proxy = 0x21;
    private const byte TcpOverIPv4 = 0x11;
    private const byte TcpOverIPv6 = 0x21;

    private static ReadOnlySpan<byte> Signature2 => [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <summary>The version that the first <see cref="StartLength"/> bytes tell.</summary>
    /// <exception cref="ProxyHeaderException">It is no header.</exception>
    public static int VersionOf(ReadOnlySpan<byte> start) =>
        start.SequenceEqual(Signature2) ? 2
        : start.StartsWith("PROXY "u8) ? 1
        : throw new ProxyHeaderException("the connection does not begin with a header of the PROXY protocol");

    /// <summary>How many bytes follow the head of version 2.</summary>
    /// <exception cref="ProxyHeaderException">It is malformed, or they are too many.</exception>
    public static int BodyLength2(ReadOnlySpan<byte> head)
    {
        if (head[StartLength] is not (Version2Local or Version2Proxy))
        {
            throw new ProxyHeaderException($"unknown version and command {head[StartLength]:X2}");
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(head[(StartLength + 2)..]);
        return length <= BodyLengthMax2 ? length : throw new ProxyHeaderException($"a header of {length} bytes");
    }

    /// <summary>Version 2, whole.</summary>
    /// <exception cref="ProxyHeaderException">Addresses are missing.</exception>
    public static ProxyHeader Read2(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        if (head[StartLength] == Version2Local)
        {
            return default;
        }

        return head[StartLength + 1] switch
        {
            TcpOverIPv4 => Read2(body, addressLength: 4),
            TcpOverIPv6 => Read2(body, addressLength: 16),
            _ => default,
        };
    }

    /// <summary>Version 1, whole, with its end of line.</summary>
    /// <exception cref="ProxyHeaderException">It is malformed.</exception>
    public static ProxyHeader Read1(ReadOnlySpan<byte> line)
    {
        if (!line.EndsWith("\r\n"u8) || !Ascii.IsValid(line))
        {
            throw Malformed();
        }

        var words = Encoding.ASCII.GetString(line[..^2]).Split(' ');
        return words switch
        {
            ["PROXY", "UNKNOWN", ..] => default,
            ["PROXY", "TCP4", var source, var destination, var sourcePort, var destinationPort] =>
                new ProxyHeader(EndPoint(source, sourcePort, AddressFamily.InterNetwork), EndPoint(destination, destinationPort, AddressFamily.InterNetwork)),
            ["PROXY", "TCP6", var source, var destination, var sourcePort, var destinationPort] =>
                new ProxyHeader(EndPoint(source, sourcePort, AddressFamily.InterNetworkV6), EndPoint(destination, destinationPort, AddressFamily.InterNetworkV6)),
            _ => throw Malformed(),
        };
    }

    private static ProxyHeader Read2(ReadOnlySpan<byte> body, int addressLength)
    {
        if (body.Length < (addressLength + sizeof(ushort)) * 2)
        {
            throw Malformed();
        }

        var ports = body[(addressLength * 2)..];
        return new ProxyHeader(
            new IPEndPoint(new IPAddress(body[..addressLength]), BinaryPrimitives.ReadUInt16BigEndian(ports)),
            new IPEndPoint(new IPAddress(body.Slice(addressLength, addressLength)), BinaryPrimitives.ReadUInt16BigEndian(ports[sizeof(ushort)..])));
    }

    private static IPEndPoint EndPoint(string address, string port, AddressFamily family) =>
        IPAddress.TryParse(address, out var parsed) && parsed.AddressFamily == family
        && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new IPEndPoint(parsed, number)
            : throw Malformed();

    private static ProxyHeaderException Malformed() => new("a malformed header of the PROXY protocol");
}

/// <summary>What a trusted proxy has sent is no header of the PROXY protocol.</summary>
public sealed class ProxyHeaderException(string message) : Exception(message);
