using System.Net;
using System.Net.Sockets;
using ActorBroker.Testing.Processes;

namespace ActorBroker.Testing.Networks;

/// <summary>
/// A port between one client and a broker that passes on what both say; what the broker says only as long as the client is
/// not to be silent: then nothing reads it, as with a client that has stopped to.
/// </summary>
public sealed class ClientRelay : IAsyncDisposable
{
    private const int BufferBytes = 16 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _relaying;
    private volatile TaskCompletionSource _reads = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="broker">Where the client is passed on to.</param>
    public ClientRelay(BrokerEndpoint broker)
    {
        ArgumentNullException.ThrowIfNull(broker);
        _listener.Start();
        _reads.SetResult();
        _relaying = RelayAsync(broker);
    }

    /// <summary>Where the client connects.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Nothing that the broker says is read any more, until <see cref="ReadAgain"/>.</summary>
    public void BeSilent() => _reads = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the broker says is read and passed on again.</summary>
    public void ReadAgain() => _reads.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await Task.WhenAny(_relaying);
        _end.Dispose();
    }

    private async Task RelayAsync(BrokerEndpoint broker)
    {
        using var client = await _listener.AcceptTcpClientAsync(_end.Token);
        using var upstream = new TcpClient();
        await upstream.ConnectAsync(broker.Host, broker.Port, _end.Token);
        await Task.WhenAny(
            PassAsync(client, upstream, static () => Task.CompletedTask),
            PassAsync(upstream, client, () => _reads.Task));
    }

    private async Task PassAsync(TcpClient from, TcpClient to, Func<Task> mayRead)
    {
        var buffer = new byte[BufferBytes];
        while (true)
        {
            await mayRead().WaitAsync(_end.Token);
            var length = await from.GetStream().ReadAsync(buffer, _end.Token);
            if (length == 0)
            {
                return;
            }

            await to.GetStream().WriteAsync(buffer.AsMemory(0, length), _end.Token);
        }
    }
}
