using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorBroker.Core.Arguments;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.PerfTest.Tests.Load;

/// <summary>
/// Just enough of a broker for one queue: what is published goes to the consumer at once, or as the script says. Methods that
/// the load generator does not wait for are ignored.
/// </summary>
internal sealed class RelayBroker : IDisposable
{
    private const int FrameMax = 131_072;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly BlockingCollection<byte[]> _contents = [];
    private readonly Func<int, int> _copiesOf;
    private int _published;

    /// <param name="copiesOf">How often the publish of an index, from 1 on, is delivered.</param>
    public RelayBroker(Func<int, int> copiesOf)
    {
        _copiesOf = copiesOf;
        _listener.Start();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        _listener.Dispose();
        _contents.CompleteAdding();
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var socket = _listener.AcceptSocket();
                new Thread(() => Serve(socket)) { IsBackground = true }.Start();
            }
        }
        catch (Exception error) when (error is SocketException or InvalidOperationException)
        {
            // Disposed: the listener says so in either way.
        }
    }

    private void Serve(Socket socket)
    {
        var buffer = new byte[2 * FrameMax];
        var (start, end) = (ProtocolHeader.Size, 0);
        var decoder = new FrameDecoder(FrameMax);
        var content = new MemoryStream();
        try
        {
            while (end < ProtocolHeader.Size)
                end += socket.Receive(buffer.AsSpan(end));
            Answer(socket, 0, new ConnectionStart(0, 9, ArgumentTable.Empty, "PLAIN", "en_US"));
            for (var received = 1; received > 0; end += received)
            {
                while (decoder.Read(buffer.AsSpan(0, end), ref start, out var slice) == FrameDecodeStatus.Slice)
                    OnFrame(socket, slice, buffer.AsSpan(slice.PayloadOffset, slice.PayloadLength), content);
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
                received = socket.Receive(buffer.AsSpan(end));
            }
        }
        catch (SocketException)
        {
            // The load generator is done.
        }
        finally
        {
            socket.Dispose();
        }
    }

    private void OnFrame(Socket socket, in FrameSlice slice, ReadOnlySpan<byte> payload, MemoryStream content)
    {
        if (slice.Type == FrameType.Method)
        {
            OnMethod(socket, payload);
            return;
        }

        if (slice.IsStart)
        {
            var header = new byte[Frame.HeaderSize];
            FrameWriter.WriteBodyHeader(header, slice.Channel, payload.Length);
            header[0] = (byte)slice.Type;
            content.Write(header);
        }

        content.Write(payload);
        content.WriteByte(Frame.EndOctet);
        if (slice.Type != FrameType.Body)
            return;
        var copies = _copiesOf(++_published);
        for (var copy = 0; copy < copies; copy++)
            _contents.Add(content.ToArray());
        content.SetLength(0);
        Answer(socket, slice.Channel, new BasicAck((ulong)_published, Multiple: false));
    }

    private void OnMethod(Socket socket, ReadOnlySpan<byte> payload)
    {
        switch (MethodId.Read(payload))
        {
            case MethodId.ConnectionStartOk:
                Answer(socket, 0, new ConnectionTune(0, FrameMax, 0));
                break;
            case MethodId.ConnectionOpen:
                Answer<ConnectionOpenOk>(socket, 0, default);
                break;
            case MethodId.ChannelOpen:
                Answer<ChannelOpenOk>(socket, 1, default);
                break;
            case MethodId.QueueDeclare when QueueDeclare.Read(payload).Passive:
                Answer(socket, 1, new ChannelClose(ReplyCode.NotFound, "no queue", 50, 10));
                break;
            case MethodId.QueueDeclare:
                Answer(socket, 1, new QueueDeclareOk(QueueDeclare.Read(payload).Queue, 0, 0));
                break;
            case MethodId.QueueDelete:
                Answer<QueueDeleteOk>(socket, 1, default);
                break;
            case MethodId.ConfirmSelect:
                Answer<ConfirmSelectOk>(socket, 1, default);
                break;
            case MethodId.BasicConsume:
                Answer(socket, 1, new BasicConsumeOk("0"));
                new Thread(() => Deliver(socket)) { IsBackground = true }.Start();
                break;
            case MethodId.BasicCancel:
                Answer(socket, 1, new BasicCancelOk("c"));
                break;
            case MethodId.ConnectionClose:
                Answer<ConnectionCloseOk>(socket, 0, default);
                break;
            default:
                break;
        }
    }

    private void Deliver(Socket socket)
    {
        var template = new BasicDeliverTemplate(1, "0"u8, ""u8, Encoding.UTF8.GetBytes("q"));
        var tag = 0UL;
        try
        {
            foreach (var content in _contents.GetConsumingEnumerable())
            {
                var frames = new byte[template.Size + content.Length];
                content.CopyTo(frames, template.Write(frames, ++tag, redelivered: false));
                socket.Send(frames);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The load generator is done.
        }
    }

    private static void Answer<TMethod>(Socket socket, ushort channel, in TMethod method)
        where TMethod : IMethod<TMethod>
    {
        var frame = new byte[FrameWriter.GetMethodFrameSize(method)];
        FrameWriter.WriteMethod(frame, channel, method);
        socket.Send(frame);
    }
}
