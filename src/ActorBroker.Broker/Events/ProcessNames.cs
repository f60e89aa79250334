using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Events;

/// <summary>
/// Names in the form of Erlang's process identifiers, <c>&lt;node.number.number.number&gt;</c>, and of its addresses: RabbitMQ
/// names connections and channels so in its events, and clients tell by them what belongs together. Every node gives a
/// connection the same name, and no other connection ever had it: living ones differ in their paths, earlier ones in the
/// number that Akka gives to the holder of a path.
/// </summary>
/// <param name="node">The name of this node.</param>
internal sealed class ProcessNames(string node)
{
    public string Node => node;

    public string Of(IActorRef connection) => Name(connection, 0);

    public string Of(IActorRef connection, SessionChannel channel) => Name(connection, channel.Id);

    public static string Of(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        var numbers = address.AddressFamily == AddressFamily.InterNetworkV6
            ? Enumerable.Range(0, bytes.Length / 2).Select(i => (bytes[2 * i] << 8) | bytes[(2 * i) + 1])
            : bytes.Select(static one => (int)one);
        return $"{{{string.Join(',', numbers)}}}";
    }

    private string Name(IActorRef connection, int channel)
    {
        var path = connection.Path;
        var where = path.Address.HasLocalScope ? node : path.Address.HostPort();
        var place = Crc32C.Of(Encoding.UTF8.GetBytes(path.ToStringWithoutAddress()));
        return string.Create(CultureInfo.InvariantCulture, $"<{where}.{path.Uid}.{place}.{channel}>");
    }
}
