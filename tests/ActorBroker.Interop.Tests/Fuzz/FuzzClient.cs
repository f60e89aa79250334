using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using ActorBroker.Interop.Tests.Hosting;
using ActorBroker.Interop.Tests.Wire;

namespace ActorBroker.Interop.Tests.Fuzz;

/// <summary>One connection of a client that sends what it likes, and reads whatever is answered.</summary>
internal sealed class FuzzClient : IAsyncDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));
    private Stream? _stream;
    private Task _reading = Task.CompletedTask;

    /// <summary>How long a damaged beginning may be thought about: the broker waits for more, so the client goes.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(5);

    private FuzzClient()
    {
    }

    /// <summary>What an ordinary client says first: from the protocol header to connection.open.</summary>
    public static byte[] Opening { get; } =
    [
        .. RawConnection.ProtocolHeader,
        .. RawConnection.Frame(FrameType.Method, 0, RawConnection.Method(10, 11, new Payload()
            .Table().ShortString("PLAIN").LongString("\0guest\0guest"u8).ShortString("en_US"))),
        .. RawConnection.Frame(FrameType.Method, 0, RawConnection.Method(10, 31, new Payload().U16(2047).U32(131072).U16(0))),
        .. RawConnection.Frame(FrameType.Method, 0, RawConnection.Method(10, 40, new Payload().ShortString("/").ShortString("").Octet(0))),
    ];

    /// <summary>For a handshake with whoever it is.</summary>
    public static SslClientAuthenticationOptions AnyCertificate => new() { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null };

    /// <summary>The broker has ended the connection.</summary>
    public bool HasEnded => _reading.IsCompleted;

    /// <param name="endpoint">Where to.</param>
    /// <param name="tls">Within TLS, after an ordinary handshake.</param>
    /// <param name="from">The address to come from; null for the usual one.</param>
    public static async Task<FuzzClient> ConnectAsync(BrokerEndpoint endpoint, bool tls = false, IPAddress? from = null)
    {
        var client = new FuzzClient();
        try
        {
            if (from is not null)
            {
                client._socket.Bind(new IPEndPoint(from, 0));
            }

            await client._socket.ConnectAsync(endpoint.Host, endpoint.Port, client._limit.Token);
            client._stream = new NetworkStream(client._socket);
            if (tls)
            {
                var secure = new SslStream(client._stream);
                client._stream = secure;
                await secure.AuthenticateAsClientAsync(AnyCertificate, client._limit.Token);
            }
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }

        client._reading = client.ReadAsync();
        return client;
    }

    /// <summary>Sends, unless the broker has ended the connection.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await _stream!.WriteAsync(bytes, _limit.Token);
        }
        catch (IOException)
        {
            // Ended: that is an answer too.
        }
    }

    /// <summary>Ends after the broker has had a moment to answer.</summary>
    public async Task LeaveAsync() => await Task.WhenAny(_reading, Task.Delay(LastWords));

    /// <summary>Sends connection.close and waits for the end, so that everything before was dealt with.</summary>
    public async Task CloseAsync()
    {
        await SendAsync(RawConnection.Frame(FrameType.Method, 0, RawConnection.Method(10, 50, new Payload().U16(200).ShortString("").U16(0).U16(0))));
        await _reading;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _reading;
        if (_stream is not null)
        {
            await _stream.DisposeAsync();
        }

        _limit.Dispose();
    }

    private async Task ReadAsync()
    {
        var bytes = new byte[16 * 1024];
        try
        {
            while (await _stream!.ReadAsync(bytes, _limit.Token) > 0)
            {
                // Whatever it says.
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or SocketException)
        {
            // Reset, or left by ourselves.
        }
    }
}
