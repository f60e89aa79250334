using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <content>Bytes to frames, frames to their channels.</content>
public sealed partial class Amqp091Connection
{
    private readonly PendingFrames _earlyFrames = new();
    private FrameDecoder _decoder;
    private Amqp091Channel? _lastChannel;
    private long _readNumber;
    private int _backlogBytes;

    /// <summary>
    /// False while the client must wait: it has sent more behind an unanswered method, or has taken fewer replies, than is
    /// kept. What is given to <see cref="OnBytes"/> all the same is handled as ever.
    /// </summary>
    public bool WantsMoreInput =>
        CloseState != ConnectionCloseState.Closed
        && !HasRepliesEnough
        && _earlyFrames.Length <= _settings.ChannelBacklogBytesMax
        && (_backlogBytes == 0 || HasBacklogRoom());

    /// <summary>
    /// How many bytes, counted from the first that <see cref="OnBytes"/> did not consume, must be presented for it to get
    /// any further: the buffer's size needed for the frame under way. Never above frame-max.
    /// </summary>
    public int InputBytesNeeded { get; private set; } = ProtocolHeader.Size;

    /// <summary>The client is to take replies before it causes more.</summary>
    internal bool HasRepliesEnough => _output.Length > _settings.ReplyBacklogBytesMax;

    /// <summary>Number of the current read or callback: what <see cref="Core.Sessions.IBrokerSession.Prepare"/> said holds for one.</summary>
    internal long ReadNumber => _readNumber;

    /// <summary>
    /// Takes what the socket has read. The array is read until this returns and not kept. Ends with one
    /// <see cref="Core.Sessions.IBrokerSession.EndOfRead"/>.
    /// </summary>
    /// <returns>
    /// How many bytes are dealt with. The others are a part of a frame: they are presented again, first, with those that follow.
    /// </returns>
    public int OnBytes(byte[] buffer, int offset, int count, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)offset, (uint)buffer.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(buffer.Length - offset));
        _nowMs = nowMs;
        _readNumber++;
        _liveness.Received(nowMs);
        var position = Consume(buffer, offset, offset + count);
        _settlements.Flush();
        _session.EndOfRead();
        return position - offset;
    }

    internal void AddToBacklog(int bytes) => _backlogBytes += bytes;

    private int Consume(byte[] buffer, int position, int end)
    {
        var bytes = new ReadOnlySpan<byte>(buffer, 0, end);
        while (true)
        {
            if (CloseState != ConnectionCloseState.Open)
                return position + AwaitCloseOk(bytes[position..]);
            if (_handshake.State == HandshakeState.Header)
            {
                if (!ReadProtocolHeader(bytes, ref position))
                    return position;
                continue;
            }

            switch (_decoder.Read(bytes, ref position, out var slice))
            {
                case FrameDecodeStatus.NeedMore:
                    InputBytesNeeded = _decoder.BytesNeeded;
                    return position;
                case FrameDecodeStatus.Malformed:
                    FailConnection(_decoder.Error!.ReplyCode, _decoder.Error.Message, methodId: 0);
                    break;
                default:
                    if (!TryPublishWhole(buffer, bytes, slice, ref position))
                    {
                        Dispatch(new ReceivedFrame(
                            slice.Type, slice.Channel, buffer, slice.PayloadOffset, slice.PayloadLength, slice.IsStart, slice.IsEnd));
                    }

                    break;
            }
        }
    }

    private bool ReadProtocolHeader(ReadOnlySpan<byte> bytes, ref int position)
    {
        var status = ProtocolHeader.Read(bytes[position..]);
        if (status == ProtocolHeaderStatus.NeedMore)
            return false;
        if (status == ProtocolHeaderStatus.Amqp091)
        {
            position += ProtocolHeader.Size;
            _handshake.Start();
            return true;
        }

        _output.Write(ProtocolHeader.Bytes);
        CloseSilently("the client did not open with the protocol header of AMQP 0-9-1");
        return true;
    }

    /// <summary>The hot path: a publish that lies whole in the read is taken in one step.</summary>
    private bool TryPublishWhole(byte[] buffer, ReadOnlySpan<byte> bytes, in FrameSlice slice, ref int position)
    {
        if (slice.Type != FrameType.Method || slice.Channel == 0 || !IsRunning || slice.PayloadLength < sizeof(uint))
            return false;
        var payload = bytes.Slice(slice.PayloadOffset, slice.PayloadLength);
        if (MethodId.Read(payload) != MethodId.BasicPublish || FindChannel(slice.Channel) is not { CanPublish: true } channel
            || !WholeContent.TryFind(bytes, position, slice.Channel, _decoder.FrameMax, _settings.MessageSizeMax, out var content))
        {
            return false;
        }

        position = content.End;
        try
        {
            channel.PublishWhole(payload, buffer, content);
        }
        catch (Amqp091ErrorException error)
        {
            Fail(channel, error, MethodId.BasicPublish);
        }
        catch (Amqp091WireException error)
        {
            FailConnection(error.ReplyCode, error.Message, MethodId.BasicPublish);
        }

        return true;
    }

    internal void Dispatch(in ReceivedFrame frame)
    {
        if (_handshake.IsWaiting)
        {
            _earlyFrames.Add(frame);
            return;
        }

        var channel = frame.Channel == 0 ? null : FindChannel(frame.Channel);
        var methodId = frame.Type == FrameType.Method && frame.Length >= sizeof(uint) ? MethodId.Read(frame.Payload) : 0;
        var faultyMethodId = channel is { IsInContent: true } ? MethodId.BasicPublish : methodId;
        try
        {
            if (frame.Channel == 0)
                OnConnectionFrame(frame, methodId);
            else if (frame.Type == FrameType.Heartbeat)
                throw new Amqp091ErrorException(ReplyCode.UnexpectedFrame, "type 8, all octets = <<>>", isFrameError: true);
            else if (!IsRunning)
                throw _handshake.OutOfOrder();
            else if (channel is null)
                OpenChannel(frame, methodId);
            else
                channel.Receive(frame, methodId);
        }
        catch (Amqp091ErrorException error)
        {
            Fail(channel, error, faultyMethodId);
        }
        catch (Amqp091WireException error)
        {
            FailConnection(error.ReplyCode, error.Message, error.MethodId == 0 ? faultyMethodId : error.MethodId);
        }
    }

    private void OnConnectionFrame(in ReceivedFrame frame, uint methodId)
    {
        if (frame.Type == FrameType.Heartbeat)
            return;
        if (frame.Type != FrameType.Method)
            throw new Amqp091ErrorException(ReplyCode.UnexpectedFrame, $"content frame of type {(byte)frame.Type} on channel 0", isFrameError: true);
        if (methodId == 0)
            methodId = MethodId.Read(frame.Payload);
        if (methodId == MethodId.ConnectionClose)
            BeginClientClose(ConnectionClose.Read(frame.Payload));
        else if (!IsKnown(methodId))
            throw NotImplemented(methodId);
        else if (!IsRunning)
            OnHandshakeMethod(methodId, frame.Payload);
        else if (methodId == MethodId.ConnectionUpdateSecret)
            UpdateSecret(ConnectionUpdateSecret.Read(frame.Payload));
        else
            throw _handshake.OutOfOrder();
    }

    private void OnHandshakeMethod(uint methodId, ReadOnlySpan<byte> payload)
    {
        _handshake.OnMethod(methodId, payload);
        if (methodId != MethodId.ConnectionTuneOk)
            return;
        _decoder.FrameMax = _handshake.FrameMax;
        Encoder = new DeliveryEncoder(_handshake.FrameMax);
    }

    private void OpenChannel(in ReceivedFrame frame, uint methodId)
    {
        if (frame.Type != FrameType.Method)
            throw Amqp091Channel.NoMethodExpected();
        if (methodId == 0)
            methodId = MethodId.Read(frame.Payload);
        if (!IsKnown(methodId))
            throw NotImplemented(methodId);
        if (methodId != MethodId.ChannelOpen)
            throw new Amqp091ErrorException(ReplyCode.ChannelError, "expected 'channel.open'");
        ChannelOpen.Read(frame.Payload);
        if (_channels.Count >= _handshake.ChannelMax)
        {
            throw new Amqp091ErrorException(
                ReplyCode.NotAllowed,
                $"number of channels opened ({_channels.Count}) has reached the negotiated channel_max ({_handshake.ChannelMax})",
                isFrameError: true);
        }

        var channel = new Amqp091Channel(this, frame.Channel);
        _channels.Add(frame.Channel, channel);
        channel.Begin();
    }

    // A method that the codec has no name for is named by its two numbers.
    internal static bool IsKnown(uint methodId) => !char.IsAsciiDigit(MethodId.NameOf(methodId)[0]);

    internal static Amqp091ErrorException NotImplemented(uint methodId) =>
        new(ReplyCode.NotImplemented, $"method {MethodId.NameOf(methodId)}");

    private Amqp091Channel? FindChannel(ushort number)
    {
        if (_lastChannel?.Number == number)
            return _lastChannel;
        return _channels.TryGetValue(number, out var channel) ? _lastChannel = channel : null;
    }

    private bool HasBacklogRoom()
    {
        if (_backlogBytes > _settings.ConnectionBacklogBytesMax)
            return false;
        foreach (var channel in _channels.Values)
        {
            if (channel.BacklogBytes > _settings.ChannelBacklogBytesMax)
                return false;
        }

        return true;
    }
}
