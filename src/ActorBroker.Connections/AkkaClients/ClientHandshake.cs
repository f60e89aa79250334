using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace ActorBroker.Connections.AkkaClients;

/// <summary>What a client says of itself before anything else.</summary>
/// <remarks>
/// In Protobuf: <c>AkkaControlMessage { commandType = 1; AkkaHandshakeInfo handshakeInfo = 2 { AddressData origin = 1; fixed64 uid = 2 } }</c>,
/// the origin <c>{ string system = 1; string hostname = 2; uint32 port = 3; string protocol = 4 }</c>.
/// </remarks>
/// <param name="Address">By which the client says that it can be reached.</param>
/// <param name="Uid">The number of its actor system.</param>
internal sealed record ClientHandshake(string Address, ulong Uid)
{
    private const int NameBytesMax = 255;

    /// <summary>Reads one.</summary>
    /// <param name="instruction">The control message.</param>
    /// <param name="protocol">The only one that the client can be reached by.</param>
    /// <returns>Null where it is none that a client of Akka.Remote says.</returns>
    public static ClientHandshake? Read(ReadOnlySpan<byte> instruction, string protocol)
    {
        var info = new FrameFields(instruction, 2);
        var origin = new FrameFields(info.Bytes, 1);
        var uid = new FrameFields(info.Bytes, 2);
        if (!(info.IsSound && origin.IsSound && uid.IsSound) || uid.Bytes.Length != sizeof(ulong))
        {
            return null;
        }

        var system = new FrameFields(origin.Bytes, 1);
        var host = new FrameFields(origin.Bytes, 2);
        var port = new FrameFields(origin.Bytes, 3);
        var spoken = new FrameFields(origin.Bytes, 4);
        return IsName(system) && IsName(host) && port is { IsSound: true, Number: > 0 and <= ushort.MaxValue }
               && IsName(spoken) && Encoding.UTF8.GetString(spoken.Bytes) == protocol
            ? new ClientHandshake(
                Name(Encoding.UTF8.GetString(system.Bytes), Encoding.UTF8.GetString(host.Bytes), (int)port.Number), BinaryPrimitives.ReadUInt64LittleEndian(uid.Bytes))
            : null;
    }

    /// <summary>The form of <see cref="Address"/>.</summary>
    public static string Name(string system, string? host, int? port) => string.Create(CultureInfo.InvariantCulture, $"{system}@{host}:{port}");

    private static bool IsName(FrameFields field) => field.IsSound && field.Bytes.Length is > 0 and <= NameBytesMax;
}
