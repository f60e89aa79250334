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
    private readonly RecordingTransport _below;
    private readonly OrderlyTransport _transport;
    private readonly RemoteActorRef _recipient;

    public OrderlyTransportTests()
    {
        _below = new RecordingTransport((ExtendedActorSystem)_system);
        _transport = new OrderlyTransport(_below);
        _recipient = new RemoteActorRef(
            _transport, Here, new RootActorPath(There) / "user" / "someone", ActorRefs.Nobody, Props.None, Deploy.None);
    }

    public void Dispose() => _system.Dispose();

    [Fact]
    public void What_is_told_while_the_kept_is_being_sent_comes_behind_it()
    {
        _below.WhenSent = message =>
        {
            if (message is 0)
                Tell(2);
        };

        _transport.Hold(There);
        Tell(0);
        Tell(1);
        Assert.Empty(_below.Sent);
        _transport.Release(There);
        Tell(3);

        Assert.Equal([0, 1, 2, 3], _below.Sent);
    }

    [Fact]
    public void A_node_can_be_held_again()
    {
        _transport.Hold(There);
        _transport.Release(There);
        _transport.Hold(There);
        Tell(0);

        Assert.Empty(_below.Sent);
        _transport.Release(There);
        Assert.Equal([0], _below.Sent);
    }

    private void Tell(int message) => _transport.Send(message, ActorRefs.Nobody, _recipient);

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
