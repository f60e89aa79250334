using System.Net;
using System.Net.Sockets;

namespace ActorBroker.Connections.Listeners;

/// <summary>Where to listen.</summary>
/// <param name="Host">An address, a host name (its first address is taken), or <c>*</c> or <c>::</c> for every address of both families.</param>
/// <param name="Port">0 takes a free port.</param>
public sealed record ListenerEndpoint(string Host, int Port)
{
    /// <summary>Connections that the kernel completes ahead of being accepted (it may lower this: net.core.somaxconn).</summary>
    public int Backlog { get; init; } = 1024;

    /// <summary>The address and port to bind.</summary>
    /// <exception cref="BindException">The host name has no address, or the port is out of range.</exception>
    internal async Task<IPEndPoint> ResolveAsync()
    {
        if (Port is < IPEndPoint.MinPort or > IPEndPoint.MaxPort)
            throw new BindException($"cannot listen on {this}: a port is between {IPEndPoint.MinPort} and {IPEndPoint.MaxPort}");
        if (Host == "*")
            return new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, Port);
        if (IPAddress.TryParse(Host, out var address))
            return new IPEndPoint(address, Port);

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(Host).ConfigureAwait(false);
            return new IPEndPoint(addresses[0], Port);
        }
        catch (Exception e) when (e is SocketException or ArgumentException or IndexOutOfRangeException)
        {
            throw new BindException($"cannot listen on {this}: the host name has no address", e);
        }
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
