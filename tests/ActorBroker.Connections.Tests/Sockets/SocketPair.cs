using System.Net;
using System.Net.Sockets;
using Xunit;

namespace ActorBroker.Connections.Tests.Sockets;

/// <summary>Two connected sockets: <see cref="Local"/> for the stage under test, <see cref="Peer"/> for the test itself.</summary>
internal sealed class SocketPair : IDisposable
{
    /// <summary>Small, so that a test need not send much to fill it; the kernel doubles it.</summary>
    private const int KernelBuffer = 128 * 1024;

    private SocketPair(Socket local, Socket peer)
    {
        local.SendBufferSize = local.ReceiveBufferSize = peer.SendBufferSize = peer.ReceiveBufferSize = KernelBuffer;
        Local = local;
        Peer = peer;
    }

    public Socket Local { get; }

    public Socket Peer { get; }

    public static SocketPair Connect()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        peer.Connect(listener.LocalEndPoint!);
        return new SocketPair(listener.Accept(), peer);
    }

    /// <summary>Receives exactly <paramref name="count"/> bytes.</summary>
    public async Task<byte[]> ReceiveAsync(int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var received = await Peer.ReceiveAsync(bytes.AsMemory(at)).AsTask().WaitAsync(SocketProbe.Patience);
            Assert.NotEqual(0, received);
            at += received;
        }

        return bytes;
    }

    /// <summary>Receives until the stage under test closes its side.</summary>
    public async Task<byte[]> ReceiveToEndAsync()
    {
        using var all = new MemoryStream();
        var bytes = new byte[65536];
        while (true)
        {
            var received = await Peer.ReceiveAsync(bytes.AsMemory()).AsTask().WaitAsync(SocketProbe.Patience);
            if (received == 0)
                return all.ToArray();
            all.Write(bytes, 0, received);
        }
    }

    public void ResetByPeer()
    {
        Peer.LingerState = new LingerOption(true, 0);
        Peer.Dispose();
    }

    public void Dispose()
    {
        Local.Dispose();
        Peer.Dispose();
    }
}
