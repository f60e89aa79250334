using System.Buffers.Binary;
using Akka.Actor;

namespace ActorBroker.Connections.AkkaClients;

/// <summary>What becomes of a frame.</summary>
internal enum FrameFate
{
    /// <summary>Akka.Remote gets it.</summary>
    Passed,

    /// <summary>Nobody gets it.</summary>
    Dropped,

    /// <summary>Nobody gets it, and the connection ends: no client says that.</summary>
    Fatal,
}

/// <summary>
/// The order in which a connection's frames come: first and once who the client is, then messages, and its system messages
/// without wide gaps.
/// </summary>
/// <param name="frames">Says which messages may pass.</param>
/// <param name="origins">Counts who has come.</param>
/// <param name="protocol">That of this transport.</param>
/// <param name="remote">The other end's address.</param>
/// <param name="isDialled">This side has opened the connection, to that address.</param>
internal sealed class ClientConnection(ClientFrames frames, ClientOrigins origins, string protocol, Address remote, bool isDialled)
{
    // One names two actors at most.
    private const int SystemMessageBytesMax = 16 << 10;
    private const int HandshakeBytesMax = 4 << 10;
    private const ulong Associate = 1;
    private const ulong ShuttingDown = 4;
    private const ulong WithoutNumber = ulong.MaxValue;

    private ClientOrigin? _origin;
    private SystemSequence? _sequence;
    private bool _isOver;

    /// <summary>Judges the next frame. Not to be called at the same time as itself or <see cref="Ended"/>.</summary>
    public FrameFate Judge(ReadOnlySpan<byte> frame)
    {
        var instruction = new FrameFields(frame, 2);
        var command = new FrameFields(instruction.Bytes, 1);
        if (!instruction.IsSound || !command.IsSound)
        {
            return FrameFate.Fatal;
        }

        if (instruction.IsThere && command.Number == Associate)
        {
            return frame.Length <= HandshakeBytesMax && MayEnter(instruction.Bytes) ? FrameFate.Passed : FrameFate.Fatal;
        }

        _isOver |= instruction.IsThere && command.Number == ShuttingDown;
        return instruction.IsThere ? FrameFate.Passed : JudgeMessage(frame);
    }

    /// <summary>The connection has ended.</summary>
    public void Ended()
    {
        if (_origin is { } origin)
        {
            _origin = null;
            origins.Leave(origin, _isOver);
        }
    }

    private bool MayEnter(ReadOnlySpan<byte> instruction)
    {
        if (_sequence is not null || ClientHandshake.Read(instruction, protocol) is not { } handshake
            || (isDialled && handshake.Address != ClientHandshake.Name(remote.System, remote.Host, remote.Port)))
        {
            return false;
        }

        _origin = origins.Enter(isDialled ? null : remote.Host ?? string.Empty, handshake.Address, handshake.Uid);
        _sequence = _origin?.Sequence;
        return _origin is not null;
    }

    private FrameFate JudgeMessage(ReadOnlySpan<byte> frame)
    {
        if (_sequence is null)
        {
            return FrameFate.Fatal;
        }

        if (!frames.MayPass(frame))
        {
            return FrameFate.Dropped;
        }

        var envelope = new FrameFields(new FrameFields(frame, 1).Bytes, 2);
        if (!envelope.IsThere)
        {
            return FrameFate.Passed;
        }

        var field = new FrameFields(envelope.Bytes, 5);
        var number = field.Bytes.Length == sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(field.Bytes) : 0;
        return field.IsSound && (number == WithoutNumber || (frame.Length <= SystemMessageBytesMax && frames.IsSystemMessage(envelope.Bytes) && _sequence.Admits(number)))
            ? FrameFate.Passed
            : FrameFate.Fatal;
    }
}
