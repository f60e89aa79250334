using System.Security.Authentication;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Tls;
using ActorBroker.Management;
using ActorBroker.Management.Tests.Health;
using ActorBroker.Testing.Certificates;
using Xunit;

namespace ActorBroker.CommandLine.Tests.Commands;

/// <summary>Against a server without a broker behind it: whoever hears so has come through TLS.</summary>
public sealed class TlsTests : IDisposable
{
    private const string ThroughTls = "the node does not serve clients";

    private readonly CertificateFolder _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task The_broker_is_believed_by_the_authority_that_is_named_or_without_proof_where_that_is_said()
    {
        await using var server = await StartAsync(asksForCertificate: false);

        Assert.Contains("certificate", await TryAsync(server, ExitCodes.Unreachable), StringComparison.Ordinal);
        Assert.Contains(ThroughTls, await TryAsync(server, ExitCodes.Failed, "--ca-file", _certificates.AuthorityFile), StringComparison.Ordinal);
        Assert.Contains(ThroughTls, await TryAsync(server, ExitCodes.Failed, "--insecure"), StringComparison.Ordinal);
        var other = new TestAuthority("another");
        await File.WriteAllTextAsync(_certificates.AuthorityFile, other.Pem);
        Assert.Contains("certificate", await TryAsync(server, ExitCodes.Unreachable, "--ca-file", _certificates.AuthorityFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_asks_for_a_certificate_is_shown_one()
    {
        await using var server = await StartAsync(asksForCertificate: true);
        using (var client = _certificates.Authority.Sign("client"))
        {
            _certificates.Write("client", client);
        }

        string[] trust = ["--ca-file", _certificates.AuthorityFile];
        await TryAsync(server, ExitCodes.Unreachable, trust);
        var answer = await TryAsync(
            server, ExitCodes.Failed, [.. trust, "--cert", _certificates.CertificateFile("client"), "--key-file", _certificates.KeyFile("client")]);
        Assert.Contains(ThroughTls, answer, StringComparison.Ordinal);
    }

    private static async Task<string> TryAsync(ManagementServer server, int exitCode, params string[] options)
    {
        var run = await CommandRun.OfAsync(["status", "--url", $"https://localhost:{server.EndPoint.Port}", .. options]);
        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        return run.Errors;
    }

    private Task<ManagementServer> StartAsync(bool asksForCertificate)
    {
        var files = new CertificateFiles(_certificates.CertificateFile("server"), _certificates.KeyFile("server"), null);
        var options = new TlsOptions(
            files, new Dictionary<string, CertificateFiles>(), asksForCertificate ? _certificates.AuthorityFile : null, asksForCertificate,
            SslProtocols.Tls12 | SslProtocols.Tls13, [], TimeSpan.FromSeconds(30));
        return ManagementServer.StartAsync(
            new ListenerOptions(ListenerOptions.Https, Enabled: true, "127.0.0.1", 0), ManagementOptions.Default, new SettableHealth { IsServing = false }, new ManagedNode(),
            new ServerCertificates(options, TimeProvider.System, static _ => { }));
    }
}
