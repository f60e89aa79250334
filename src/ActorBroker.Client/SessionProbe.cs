using Akka.Actor;

namespace ActorBroker.Client;

/// <summary>Waits until a client is let in, or is told that it never will be.</summary>
internal sealed class SessionProbe : UntypedActor
{
    private readonly IActorRef _client;
    private readonly TaskCompletionSource<SessionState> _decided;

    public SessionProbe(IActorRef client, TaskCompletionSource<SessionState> decided)
    {
        _client = client;
        _decided = decided;
    }

    public static Props Props(IActorRef client, TaskCompletionSource<SessionState> decided) =>
        Akka.Actor.Props.Create(() => new SessionProbe(client, decided));

    protected override void PreStart()
    {
        Context.Watch(_client);
        _client.Tell(WatchSession.Instance);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SessionState { IsOpen: false, Failure: null }:
                break;
            case SessionState state:
                _decided.TrySetResult(state);
                break;
            case Terminated:
                _decided.TrySetException(new ObjectDisposedException(nameof(BrokerClient)));
                break;
        }
    }
}
