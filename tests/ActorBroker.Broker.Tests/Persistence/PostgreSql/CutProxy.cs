using System.Net;
using System.Net.Sockets;

namespace ActorBroker.Broker.Tests.Persistence.PostgreSql;

/// <summary>What the way to a server does from some moment on.</summary>
public enum ProxyFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>What clients say reaches the server, and its next answer does not come back: both ends are cut.</summary>
    CutAnswers,

    /// <summary>What clients say next is swallowed, and both ends are cut.</summary>
    CutRequests,

    /// <summary>Nobody gets through, and connections that are there are cut.</summary>
    Refuse,
}

/// <summary>A TCP proxy in front of a server on this machine, which cuts connections at a chosen moment.</summary>
internal sealed class CutProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _server;
    private readonly Lock _lock = new();
    private readonly List<TcpClient> _open = [];
    private ProxyFault _fault;
    private int _faultsLeft;

    private CutProxy(int server) => _server = server;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that were cut.</summary>
    public int Cuts { get; private set; }

    public static CutProxy Start(int server)
    {
        var proxy = new CutProxy(server);
        proxy._listener.Start();
        _ = proxy.AcceptAsync();
        return proxy;
    }

    /// <summary>From now on, and for so many connections.</summary>
    public void Set(ProxyFault fault, int times = int.MaxValue)
    {
        lock (_lock)
        {
            _faultsLeft = times;
            _fault = fault;
            if (fault == ProxyFault.Refuse)
            {
                _open.ForEach(static connection => connection.Close());
                _open.Clear();
            }
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        Set(ProxyFault.Refuse);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                var server = new TcpClient();
                await server.ConnectAsync(IPAddress.Loopback, _server);
                if (!IsOpen(client, server))
                {
                    client.Close();
                    server.Close();
                    continue;
                }

                _ = PassAsync(client, server, ProxyFault.CutRequests);
                _ = PassAsync(server, client, ProxyFault.CutAnswers);
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private bool IsOpen(TcpClient client, TcpClient server)
    {
        lock (_lock)
        {
            _open.AddRange(_fault == ProxyFault.Refuse ? [] : [client, server]);
            return _fault != ProxyFault.Refuse;
        }
    }

    private async Task PassAsync(TcpClient from, TcpClient to, ProxyFault cutBy)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (await from.GetStream().ReadAsync(buffer) is > 0 and var read && !IsCut(cutBy))
            {
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The other direction has closed both.
        }

        from.Close();
        to.Close();
    }

    private bool IsCut(ProxyFault cutBy)
    {
        lock (_lock)
        {
            if (_fault != cutBy || _faultsLeft == 0)
            {
                return false;
            }

            _faultsLeft--;
            Cuts++;
            return true;
        }
    }
}
