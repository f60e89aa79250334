using ActorBroker.Contracts.Exchanges;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using Akka.Actor;

namespace ActorBroker.Broker.Management;

/// <summary>An exchange, as it answered.</summary>
internal sealed record CollectedRoutes(ExchangeKey Exchange, ExchangeDefinition Definition, IReadOnlyList<Binding> Bindings);

/// <summary>
/// Asks exchanges for their routes, some at a time, and ends with what they have answered: when all have, or when none
/// does for a while.
/// </summary>
internal sealed class RoutesCollector : UntypedActor
{
    private const int AtOnce = 64;

    private readonly IActorRef _exchanges;
    private readonly Queue<ExchangeKey> _waiting;
    private readonly TaskCompletionSource<IReadOnlyList<CollectedRoutes>> _done;
    private readonly TimeSpan _limit;
    private readonly Dictionary<ExchangeKey, List<Binding>> _asked = [];
    private readonly List<CollectedRoutes> _collected = [];

    public RoutesCollector(
        IActorRef exchanges, IReadOnlyList<ExchangeKey> wanted, TimeSpan limit, TaskCompletionSource<IReadOnlyList<CollectedRoutes>> done)
    {
        _exchanges = exchanges;
        _waiting = new Queue<ExchangeKey>(wanted);
        _limit = limit;
        _done = done;
    }

    /// <summary>What these exchanges answer; those that do not exist or answer are left out.</summary>
    public static Props Props(
        IActorRef exchanges, IReadOnlyList<ExchangeKey> wanted, TimeSpan limit, TaskCompletionSource<IReadOnlyList<CollectedRoutes>> done) =>
        Akka.Actor.Props.Create(() => new RoutesCollector(exchanges, wanted, limit, done));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.SetReceiveTimeout(_limit);
        AskMore();
    }

    /// <inheritdoc/>
    protected override void PostStop() => _done.TrySetResult(_collected);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RoutesSnapshot snapshot when _asked.TryGetValue(snapshot.Exchange, out var bindings):
                OnSnapshot(snapshot, bindings);
                break;
            case RoutesNotFound missing:
                _asked.Remove(missing.Exchange);
                break;
            case ReloadRoutes refused:
                _asked.Remove(refused.Exchange);
                break;
            case ReceiveTimeout:
                _waiting.Clear();
                _asked.Clear();
                break;
        }

        AskMore();
    }

    private void OnSnapshot(RoutesSnapshot snapshot, List<Binding> bindings)
    {
        if (snapshot.IsFirst)
        {
            bindings.Clear();
        }

        bindings.AddRange(snapshot.Bindings);
        if (snapshot.IsLast)
        {
            _collected.Add(new CollectedRoutes(snapshot.Exchange, snapshot.Definition, bindings));
            _asked.Remove(snapshot.Exchange);
        }
    }

    private void AskMore()
    {
        while (_asked.Count < AtOnce && _waiting.TryDequeue(out var exchange))
        {
            _asked[exchange] = [];
            _exchanges.Tell(new ListRoutes(exchange), Self);
        }

        if (_asked.Count == 0)
        {
            Context.Stop(Self);
        }
    }
}
