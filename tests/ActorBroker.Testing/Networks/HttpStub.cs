using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ActorBroker.Testing.Networks;

/// <summary>An HTTP server that answers as the test says, each request on a connection of its own.</summary>
public sealed class HttpStub : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, string, string> _answer;
    private readonly List<string> _requests = [];
    private readonly Task _serving;

    /// <param name="answer">Given the path, and the parameters of query or body; returns the text to answer with. One call at a time.</param>
    public HttpStub(Func<string, string, string> answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>Path and parameters of each request so far.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await AnswerAsync(client.GetStream());
            }
            catch (IOException)
            {
                // The client has gone.
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var target = (await reader.ReadLineAsync())!.Split(' ')[1];
        var length = 0;
        while (await reader.ReadLineAsync() is { Length: > 0 } header)
        {
            if (header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            {
                length = int.Parse(header["Content-Length:".Length..], System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        var body = new char[length];
        if (length > 0)
        {
            await reader.ReadBlockAsync(body);
        }

        var (path, query) = target.Split('?') is [var before, var after] ? (before, after) : (target, new string(body));
        var parameters = WebUtility.UrlDecode(query);
        lock (_requests)
        {
            _requests.Add($"{path}?{parameters}");
        }

        var answer = _answer(path, parameters);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: {Encoding.UTF8.GetByteCount(answer)}\r\n\r\n{answer}"));
    }
}
