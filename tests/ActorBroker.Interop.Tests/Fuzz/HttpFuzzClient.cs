using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using ActorBroker.Interop.Tests.Hosting;

namespace ActorBroker.Interop.Tests.Fuzz;

/// <summary>One connection that sends requests without waiting for answers, and reads these in their order.</summary>
internal sealed class HttpFuzzClient : IAsyncDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };
    private readonly CancellationTokenSource _limit = new(AnswerLimit);
    private readonly byte[] _buffer = new byte[64 * 1024];
    private Stream? _stream;
    private int _start;
    private int _end;

    private HttpFuzzClient()
    {
    }

    public static async Task<HttpFuzzClient> ConnectAsync(BrokerEndpoint endpoint, bool tls = false)
    {
        var client = new HttpFuzzClient();
        try
        {
            await client._socket.ConnectAsync(endpoint.Host, endpoint.Port, client._limit.Token);
            client._stream = new NetworkStream(client._socket);
            if (tls)
            {
                var secure = new SslStream(client._stream);
                client._stream = secure;
                await secure.AuthenticateAsClientAsync(FuzzClient.AnyCertificate, client._limit.Token);
            }

            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
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

    /// <summary>The status of the answer to a request; null when the broker has ended the connection instead.</summary>
    /// <param name="request">Sent in the order of reading.</param>
    /// <exception cref="TimeoutException">There is no answer.</exception>
    public async Task<int?> ReadAnswerAsync(FuzzedRequest request)
    {
        _limit.CancelAfter(AnswerLimit);
        try
        {
            var status = int.Parse((await ReadLineAsync()).AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
            var (length, isChunked) = await ReadHeadersAsync();
            if (request.Method == "HEAD" || status is 204 or 304)
            {
                return status;
            }

            await (isChunked ? SkipChunksAsync() : SkipAsync(length));
            return status;
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"no answer to {Encoding.UTF8.GetString(request.Bytes)}");
        }
    }

    /// <summary>Ends after the broker has had a moment to answer.</summary>
    public async Task LeaveAsync()
    {
        using var moment = new CancellationTokenSource(LastWords);
        try
        {
            while (await _stream!.ReadAsync(_buffer, moment.Token) > 0)
            {
                // Whatever it says.
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            // Reset, or left by ourselves.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stream is not null)
        {
            await _stream.DisposeAsync();
        }

        _socket.Dispose();
        _limit.Dispose();
    }

    private async Task<(long Length, bool IsChunked)> ReadHeadersAsync()
    {
        var (length, isChunked) = (0L, false);
        while (await ReadLineAsync() is { Length: > 0 } header)
        {
            if (header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            {
                length = long.Parse(header.AsSpan("Content-Length:".Length), CultureInfo.InvariantCulture);
            }

            isChunked |= header.StartsWith("Transfer-Encoding:", StringComparison.OrdinalIgnoreCase);
        }

        return (length, isChunked);
    }

    private async Task SkipChunksAsync()
    {
        while (long.Parse(await ReadLineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var size)
        {
            await SkipAsync(size + 2);
        }

        await ReadLineAsync();
    }

    private async Task SkipAsync(long count)
    {
        while (count > 0)
        {
            var some = (int)Math.Min(count, _end - _start);
            _start += some;
            count -= some;
            if (count > 0)
            {
                await FillAsync();
            }
        }
    }

    private async Task<string> ReadLineAsync()
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_start == _end)
            {
                await FillAsync();
            }

            var letter = (char)_buffer[_start++];
            if (letter == '\n')
            {
                return line.ToString();
            }

            if (letter != '\r')
            {
                line.Append(letter);
            }
        }
    }

    private async Task FillAsync()
    {
        (_start, _end) = (0, await _stream!.ReadAsync(_buffer, _limit.Token));
        if (_end == 0)
        {
            throw new IOException("the broker has ended the connection");
        }
    }
}
