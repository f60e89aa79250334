using System.Threading.Channels;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Transfer;
using ActorBroker.Testing.Remoting;
using Akka.Actor;
using Akka.Configuration;
using Xunit;

namespace ActorBroker.Contracts.Tests.Transfer;

/// <summary>Two actor systems of this process that know each other by Akka.Remote alone, as shipped.</summary>
public sealed class TwoSystems : IAsyncLifetime
{
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(60);

    public ActorSystem Here { get; } = Start("here");

    public ActorSystem There { get; } = Start("there");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Task.WhenAll(Here.Terminate(), There.Terminate());

    /// <summary>An actor of a system, what it gets, and the other system's reference to it.</summary>
    internal Listener Listen(ActorSystem system)
    {
        var came = Channel.CreateUnbounded<(object Message, IActorRef Sender)>();
        var actor = system.ActorOf(Props.Create(() => new ListeningActor(came.Writer)));
        var address = ((ExtendedActorSystem)system).Provider.DefaultAddress;
        var other = ReferenceEquals(system, Here) ? There : Here;
        var remote = ((ExtendedActorSystem)other).Provider.ResolveActorRef(actor.Path.ToStringWithAddress(address) + "#" + actor.Path.Uid);
        return new Listener(actor, remote, came.Reader);
    }

    private static ActorSystem Start(string name) => ActorSystem.Create(
        name, ConfigurationFactory.ParseString(FrameGauge.Settings).WithFallback(BrokerConfiguration.Shipped(BrokerConfiguration.Client)));

    private sealed class ListeningActor(ChannelWriter<(object, IActorRef)> came) : UntypedActor
    {
        protected override void OnReceive(object message) => came.TryWrite((message, Sender));
    }

    internal sealed record Listener(IActorRef Actor, IActorRef Remote, ChannelReader<(object Message, IActorRef Sender)> Came)
    {
        public async Task<T> NextAsync<T>()
        {
            using var limit = new CancellationTokenSource(Limit);
            return Assert.IsType<T>((await Came.ReadAsync(limit.Token)).Message);
        }
    }
}
