using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Channels;
using ActorBroker.Connections.Listeners;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Tls;
using ActorBroker.Testing.Certificates;
using Akka.Event;
using Akka.Streams;
using Akka.TestKit.Xunit2;

namespace ActorBroker.Connections.Tests.Listeners;

/// <summary>A listener with TLS, and clients that connect to it.</summary>
public abstract class TlsListenerSpec : TestKit
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<AcceptedClient> _accepted = Channel.CreateUnbounded<AcceptedClient>();
    private readonly List<IDisposable> _clients = [];

    protected TlsListenerSpec()
        : base("akka.loglevel = WARNING")
    {
        Options = new TlsOptions(
            new CertificateFiles(Files.CertificateFile("server"), Files.KeyFile("server"), Password: null),
            new Dictionary<string, CertificateFiles>(), Authority: null, RequiresClientCertificate: false,
            SslProtocols.Tls12 | SslProtocols.Tls13, [], TimeSpan.FromSeconds(20));
    }

    protected CertificateFolder Files { get; } = new();

    protected TlsOptions Options { get; set; }

    protected ClientOptions Clients { get; set; } = new(1_000, 0, [], Patience);

    protected List<string> Troubles { get; } = [];

    internal async Task<IPEndPoint> ListenAsync(TimeProvider? clock = null)
    {
        var certificates = new ServerCertificates(Options, clock ?? TimeProvider.System, Troubles.Add);
        var acceptor = new ClientAcceptor(
            "amqps", certificates, Clients, new ClientAdmission(Clients.UnknownMax, Clients.PerAddressMax), client => _accepted.Writer.TryWrite(client),
            NoLogger.Instance);
        var listener = await Listener.Bind(Sys.Materializer(), new ListenerEndpoint("127.0.0.1", 0), acceptor.Accept);
        return listener.EndPoint;
    }

    /// <summary>A handshake from the client's side.</summary>
    internal async Task<SslStream> ShakeHandsAsync(IPEndPoint listener, SslClientAuthenticationOptions? options = null, string header = "")
    {
        var connection = await ConnectAsync(listener);
        await connection.WriteAsync(Encoding.ASCII.GetBytes(header));
        var stream = new SslStream(connection);
        _clients.Add(stream);
        options ??= new SslClientAuthenticationOptions();
        options.TargetHost ??= "localhost";
        options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        options.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(Files.AuthorityFile);
        await stream.AuthenticateAsClientAsync(options).WaitAsync(Patience);
        return stream;
    }

    internal async Task<NetworkStream> ConnectAsync(IPEndPoint listener)
    {
        var client = new TcpClient();
        _clients.Add(client);
        await client.ConnectAsync(listener);
        return client.GetStream();
    }

    internal async Task<AcceptedClient> AcceptedAsync()
    {
        var client = await _accepted.Reader.ReadAsync().AsTask().WaitAsync(Patience);
        _clients.Add(client.Tls!);
        return client;
    }

    /// <summary>With TLS 1.3 a client hears of its refusal only when it reads.</summary>
    internal async Task ExpectRefusalAsync(Func<Task<SslStream>> connect)
    {
        await Xunit.Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            var stream = await connect();
            await stream.ReadExactlyAsync(new byte[1]).AsTask().WaitAsync(Patience);
        });
        Xunit.Assert.False(_accepted.Reader.TryRead(out _));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _clients.ForEach(static client => client.Dispose());
        Files.Dispose();
    }
}
