using System.Globalization;
using System.Net;
using ActorBroker.Connections.Listeners;
using ActorBroker.Contracts.Clients;
using ActorBroker.Contracts.Options;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Cluster.Tools.Client;
using Akka.Remote.Transport.DotNetty;

namespace ActorBroker.Connections.AkkaClients;

/// <summary>
/// The port for clients of Akka.Remote, where it is another than that of the nodes: an actor system of its own within the
/// process, in which there is nothing to be reached but the receptionist and, for each client, a relay of its session.
/// </summary>
internal static class ClientGate
{
    /// <summary>Opens it for as long as the node's system is there.</summary>
    /// <param name="node">The node's actor system.</param>
    /// <param name="options">Where it listens.</param>
    /// <param name="login">Who lets clients in.</param>
    /// <exception cref="BindException">The address cannot be bound.</exception>
    public static ActorSystem Open(ActorSystem node, ClientGateOptions options, IActorRef login)
    {
        var gate = Create(node, options);
        Cluster.Get(gate).Join(Cluster.Get(gate).SelfAddress);
        ClusterClientReceptionist.Get(gate).RegisterService(gate.ActorOf(ClientGateActor.Props(login), ClientSession.LoginName));

        // Sessions say goodbye before.
        CoordinatedShutdown.Get(node).AddTask(CoordinatedShutdown.PhaseServiceStop, "close the gate for clients", async () =>
        {
            await gate.Terminate().ConfigureAwait(false);
            return Akka.Done.Instance;
        });
        node.RegisterOnTermination(() => gate.Terminate());
        return gate;
    }

    /// <summary>Where it listens.</summary>
    public static IPEndPoint EndPointOf(ActorSystem gate)
    {
        var address = Cluster.Get(gate).SelfAddress;
        return new IPEndPoint(IPAddress.TryParse(address.Host, out var host) ? host : IPAddress.Any, address.Port ?? 0);
    }

    private static ActorSystem Create(ActorSystem node, ClientGateOptions options)
    {
        var config = BrokerConfiguration.With(
            BrokerConfiguration.ClientGate.WithFallback(node.Settings.Config),
            $"akka.remote.dot-netty.tcp.hostname=\"{options.Host}\"",
            string.Create(CultureInfo.InvariantCulture, $"akka.remote.dot-netty.tcp.port={options.Port}"));
        try
        {
            // With TLS between nodes clients show a certificate, too.
            var setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config));
            return ActorSystem.Create(node.Name, node.Settings.Setup.Get<DotNettySslSetup>() is { HasValue: true } tls ? setup.And(tls.Value) : setup);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            throw new BindException($"the port for Akka clients, {options.Host}:{options.Port}: {failure.GetBaseException().Message.ReplaceLineEndings(" ")}", failure);
        }
    }
}
