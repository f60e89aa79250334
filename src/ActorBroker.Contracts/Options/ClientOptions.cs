using System.Net;

namespace ActorBroker.Contracts.Options;

/// <summary>What clients may cost before anybody knows them, and which proxies may speak for them.</summary>
/// <param name="UnknownMax">Most connections of the node whose clients have not authenticated.</param>
/// <param name="PerAddressMax">Most connections of an address; 0 for no limit.</param>
/// <param name="Proxies">Where proxies are: what comes from there begins with a header of the PROXY protocol.</param>
/// <param name="ProxyTimeout">From accept to the end of that header, where no TLS follows.</param>
public sealed record ClientOptions(int UnknownMax, int PerAddressMax, IReadOnlyList<IPNetwork> Proxies, TimeSpan ProxyTimeout)
{
    private const string Section = "actorbroker.clients";

    /// <exception cref="StartupException">A value cannot be used; the message names its key.</exception>
    public static ClientOptions Read(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new ClientOptions(
            settings.WholeNumber($"{Section}.max-unauthenticated", 1, int.MaxValue),
            settings.WholeNumber($"{Section}.max-per-address", 0, int.MaxValue),
            [.. settings.Texts($"{Section}.proxies").Select(ReadNetwork)],
            settings.Duration($"{Section}.proxy-timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)));
    }

    /// <summary>Whether connections from there are those of a proxy that is trusted.</summary>
    public bool IsProxy(IPAddress address)
    {
        foreach (var network in Proxies)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static IPNetwork ReadNetwork(string text)
    {
        if (IPNetwork.TryParse(text, out var network))
        {
            return network;
        }

        return IPAddress.TryParse(text, out var address)
            ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : throw SettingReader.Expected($"{Section}.proxies", text, "addresses and networks such as 10.1.2.3 or 10.0.0.0/8");
    }
}
