using System.Net;
using System.Runtime.InteropServices;

namespace ActorBroker.Connections.Listeners;

/// <summary>
/// The node's limits for clients that nobody knows yet: how many there are, and how many connections an address has. Where
/// there are too many unknown ones, the one that has been unknown for longest goes: a client that means well is known after a
/// few round trips, so a flood of connections that lead nowhere displaces its own. For any thread.
/// </summary>
/// <param name="unknownMax">Most connections whose clients have not authenticated.</param>
/// <param name="perAddressMax">Most connections of an address (IPv6: of 64 bits of it), known or not; 0 for no limit.</param>
public sealed class ClientAdmission(int unknownMax, int perAddressMax)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<AdmittedClient> _unknown = [];
    private readonly Dictionary<IPAddress, int> _ofAddress = [];

    /// <summary>How many clients are unknown.</summary>
    public int UnknownCount
    {
        get
        {
            lock (_lock)
            {
                return _unknown.Count;
            }
        }
    }

    /// <summary>A connection has come.</summary>
    /// <param name="disconnect">Ends it, when its place is needed; called on any thread, once at most, and may not throw.</param>
    public AdmittedClient Admit(Action disconnect)
    {
        var client = new AdmittedClient(this, disconnect);
        AdmittedClient? displaced = null;
        lock (_lock)
        {
            client.Place = _unknown.AddLast(client);
            if (_unknown.Count > unknownMax)
            {
                displaced = _unknown.First!.Value;
                Forget(displaced);
            }
        }

        displaced?.Disconnect();
        return client;
    }

    internal bool TryCount(AdmittedClient client, IPAddress address)
    {
        if (perAddressMax == 0)
        {
            return true;
        }

        var counted = Counted(address);
        lock (_lock)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_ofAddress, counted, out _);
            if (count >= perAddressMax)
            {
                return false;
            }

            count++;
            client.CountedAddress = counted;
            return true;
        }
    }

    internal void MakeKnown(AdmittedClient client)
    {
        lock (_lock)
        {
            Forget(client);
        }
    }

    internal void End(AdmittedClient client)
    {
        lock (_lock)
        {
            Forget(client);
            if (client.CountedAddress is { } address && --CollectionsMarshal.GetValueRefOrNullRef(_ofAddress, address) == 0)
            {
                _ofAddress.Remove(address);
            }

            client.CountedAddress = null;
        }
    }

    // Whoever has one address of IPv6 has at least 2^64 of them.
    private static IPAddress Counted(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out var length) || length < bytes.Length)
        {
            return address;
        }

        bytes[8..].Clear();
        return new IPAddress(bytes);
    }

    private void Forget(AdmittedClient client)
    {
        if (client.Place is { } place)
        {
            _unknown.Remove(place);
            client.Place = null;
        }
    }
}
