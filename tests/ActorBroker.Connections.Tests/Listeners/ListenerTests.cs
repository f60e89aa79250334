using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using ActorBroker.Connections.Listeners;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorBroker.Connections.Tests.Listeners;

public class ListenerTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ActorMaterializer _materializer;
    private readonly Channel<Socket> _accepted = Channel.CreateUnbounded<Socket>();

    public ListenerTests()
        : base("akka.loglevel = ERROR") => _materializer = Sys.Materializer();

    [Fact]
    public async Task Every_connection_is_accepted_on_the_port_that_was_taken()
    {
        var listener = await BindAsync("127.0.0.1");
        Assert.NotEqual(0, listener.EndPoint.Port);

        for (var i = 0; i < 50; i++)
        {
            using var client = await ConnectAsync(IPAddress.Loopback, listener.EndPoint.Port);
            using var accepted = await AcceptedAsync();
            Assert.Equal(client.LocalEndPoint, accepted.RemoteEndPoint);
        }
    }

    [Fact]
    public async Task A_burst_of_connections_is_accepted_whole()
    {
        var listener = await BindAsync("127.0.0.1");
        var clients = new List<Socket>();
        for (var i = 0; i < 100; i++)
            clients.Add(await ConnectAsync(IPAddress.Loopback, listener.EndPoint.Port));

        var remote = new HashSet<string>();
        foreach (var _ in clients)
        {
            using var accepted = await AcceptedAsync();
            remote.Add(accepted.RemoteEndPoint!.ToString()!);
        }

        Assert.Equal(clients.Select(client => client.LocalEndPoint!.ToString()!).ToHashSet(), remote);
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task A_port_in_use_is_refused_with_its_address_and_reason()
    {
        var listener = await BindAsync("127.0.0.1");
        var refused = await Assert.ThrowsAsync<BindException>(() => BindAsync("127.0.0.1", listener.EndPoint.Port));

        Assert.Equal($"cannot listen on {listener.EndPoint}: the address is already in use", refused.Message);
    }

    [Theory]
    [InlineData("127.0.0.1", 65536, "cannot listen on 127.0.0.1:65536: a port is between 0 and 65535")]
    [InlineData("192.0.2.1", 0, "cannot listen on 192.0.2.1:0: this machine does not have the address")]
    [InlineData("name.invalid", 0, "cannot listen on name.invalid:0: the host name has no address")]
    public async Task An_address_that_cannot_be_bound_is_refused_with_its_reason(string host, int port, string message)
    {
        var refused = await Assert.ThrowsAsync<BindException>(() => BindAsync(host, port));

        Assert.Equal(message, refused.Message);
    }

    [Fact]
    public async Task Unbinding_stops_accepting_frees_the_port_and_leaves_connections_alone()
    {
        var listener = await BindAsync("127.0.0.1");
        using var client = await ConnectAsync(IPAddress.Loopback, listener.EndPoint.Port);
        using var accepted = await AcceptedAsync();
        await listener.UnbindAsync().WaitAsync(Patience);
        await listener.UnbindAsync().WaitAsync(Patience);

        var refused = await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(IPAddress.Loopback, listener.EndPoint.Port));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        client.Send([1]);
        Assert.Equal(1, accepted.Receive(new byte[2]));

        var again = await BindAsync("127.0.0.1", listener.EndPoint.Port);
        Assert.Equal(listener.EndPoint, again.EndPoint);
    }

    [Fact]
    public async Task A_connection_that_cannot_be_started_is_closed_and_the_next_one_is_accepted()
    {
        var first = true;
        var listener = await Listener.Bind(_materializer, new ListenerEndpoint("127.0.0.1", 0), socket =>
        {
            if (first)
            {
                first = false;
                throw new InvalidOperationException("defect");
            }

            _accepted.Writer.TryWrite(socket);
        });

        using var closed = await ConnectAsync(IPAddress.Loopback, listener.EndPoint.Port);
        Assert.Equal(0, await closed.ReceiveAsync(new byte[1].AsMemory()).AsTask().WaitAsync(Patience));
        using var client = await ConnectAsync(IPAddress.Loopback, listener.EndPoint.Port);
        using var accepted = await AcceptedAsync();
        Assert.Equal(client.LocalEndPoint, accepted.RemoteEndPoint);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("::")]
    public async Task Every_address_of_both_families_is_served(string host)
    {
        if (!Socket.OSSupportsIPv6)
            return;

        var listener = await BindAsync(host);
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            using var client = await ConnectAsync(address, listener.EndPoint.Port);
            using var accepted = await AcceptedAsync();
            Assert.Equal(((IPEndPoint)client.LocalEndPoint!).Port, ((IPEndPoint)accepted.RemoteEndPoint!).Port);
        }
    }

    [Fact]
    public async Task Nothing_is_accepted_without_demand()
    {
        var (bound, queue) = Source.FromGraph(new ListenerStage(new IPEndPoint(IPAddress.Loopback, 0), 16))
            .ToMaterialized(Sink.Queue<Socket>().WithAttributes(Attributes.CreateInputBuffer(1, 1)), Keep.Both)
            .Run(_materializer);
        var listener = await bound;
        using var first = await ConnectAsync(IPAddress.Loopback, listener.EndPoint.Port);
        using var second = await ConnectAsync(IPAddress.Loopback, listener.EndPoint.Port);
        using var third = await ConnectAsync(IPAddress.Loopback, listener.EndPoint.Port);

        // The queue asks for one ahead of its reader.
        using var accepted = (await queue.PullAsync()).Value;
        await listener.UnbindAsync().WaitAsync(Patience);
        Assert.Equal(first.LocalEndPoint, accepted.RemoteEndPoint);
        Assert.Equal(SocketError.ConnectionReset, ReceiveError(third));
    }

    [Fact]
    public async Task Shutting_the_materializer_down_closes_the_listener()
    {
        var listener = await BindAsync("127.0.0.1");
        _materializer.Shutdown();
        await listener.UnbindAsync().WaitAsync(Patience);

        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(IPAddress.Loopback, listener.EndPoint.Port));
    }

    private static SocketError ReceiveError(Socket socket)
    {
        socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        socket.Receive(new byte[1], SocketFlags.None, out var error);
        return error;
    }

    private static async Task<Socket> ConnectAsync(IPAddress address, int port)
    {
        var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(address, port).WaitAsync(Patience);
        return client;
    }

    private Task<BoundListener> BindAsync(string host, int port = 0) =>
        Listener.Bind(_materializer, new ListenerEndpoint(host, port), socket => _accepted.Writer.TryWrite(socket)).WaitAsync(Patience);

    private Task<Socket> AcceptedAsync() => _accepted.Reader.ReadAsync().AsTask().WaitAsync(Patience);
}
