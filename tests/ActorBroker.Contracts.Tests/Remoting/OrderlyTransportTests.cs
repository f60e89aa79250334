using ActorBroker.Contracts.Remoting;
using Akka.Actor;
using Akka.Remote;
using Xunit;

namespace ActorBroker.Contracts.Tests.Remoting;

/// <summary>What is told a node that is held goes out in its order, whenever it is told.</summary>
public sealed class OrderlyTransportTests : IDisposable
{
    private static readonly Address Here = new("akka.tcp", "actorbroker", "127.0.0.1", 1);
    private static readonly Address There = new("akka.tcp", "actorbroker", "127.0.0.1", 2);

    private readonly ActorSystem _system = ActorSystem.Create("orderly-transport");

    public void Dispose() => _system.Dispose();

    [Fact]
    public void What_is_told_while_the_kept_is_being_sent_comes_behind_it()
    {
        var below = new RecordingTransport((ExtendedActorSystem)_system);
        var transport = new OrderlyTransport(below);
        var recipient = new RemoteActorRef(
            transport, Here, new RootActorPath(There) / "user" / "someone", ActorRefs.Nobody, Props.None, Deploy.None);
        below.WhenSent = message =>
        {
            if (message is 0)
                transport.Send(2, ActorRefs.Nobody, recipient);
        };

        transport.Hold(There);
        transport.Send(0, ActorRefs.Nobody, recipient);
        transport.Send(1, ActorRefs.Nobody, recipient);
        Assert.Empty(below.Sent);
        transport.Release(There);
        transport.Send(3, ActorRefs.Nobody, recipient);

        Assert.Equal([0, 1, 2, 3], below.Sent);
    }

    [Fact]
    public void A_node_can_be_held_again()
    {
        var below = new RecordingTransport((ExtendedActorSystem)_system);
        var transport = new OrderlyTransport(below);
        var recipient = new RemoteActorRef(
            transport, Here, new RootActorPath(There) / "user" / "someone", ActorRefs.Nobody, Props.None, Deploy.None);

        transport.Hold(There);
        transport.Release(There);
        transport.Hold(There);
        transport.Send(0, ActorRefs.Nobody, recipient);

        Assert.Empty(below.Sent);
        transport.Release(There);
        Assert.Equal([0], below.Sent);
    }

    private sealed class RecordingTransport(ExtendedActorSystem system) : RemoteTransport(system, null!)
    {
        public List<object> Sent { get; } = [];

        public Action<object>? WhenSent { get; set; }

        public override ISet<Address> Addresses => new HashSet<Address> { Here };

        public override Address DefaultAddress => Here;

        public override void Start()
        {
        }

        public override Task Shutdown() => Task.CompletedTask;

        public override void Send(object message, IActorRef sender, RemoteActorRef recipient)
        {
            Sent.Add(message);
            WhenSent?.Invoke(message);
        }

        public override Task<bool> ManagementCommand(object cmd) => Task.FromResult(false);

        public override Task<bool> ManagementCommand(object cmd, CancellationToken cancellationToken) => Task.FromResult(false);

        public override Address LocalAddressForRemote(Address remote) => Here;

        public override void Quarantine(Address address, int? uid)
        {
        }
    }
}
