using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Management.Http;
using Akka.Actor;

namespace ActorBroker.Management.Topology;

/// <summary>Reads names, bindings and policies from the entities that own them.</summary>
internal static class TopologyReader
{
    /// <summary>All queues and exchanges that clients have declared in a virtual host, by name.</summary>
    public static async Task<List<CatalogueName>> NamesAsync(ManagedBroker broker, string virtualHost)
    {
        var parts = await CollectAsync<NamesListed>(
            broker, collector => broker.Catalogues.Tell(new ListNames(virtualHost, string.Empty), collector), static part => part.IsLast).ConfigureAwait(false);
        return [.. parts.SelectMany(static part => part.Names).OrderBy(static name => name.Name, StringComparer.Ordinal)];
    }

    /// <summary>The policies, and what else the catalogue keeps besides names.</summary>
    public static async Task<VirtualHostPolicies> PoliciesAsync(ManagedBroker broker, string virtualHost) =>
        (await broker.Catalogues.Ask<PoliciesListed>(new ListPolicies(virtualHost, string.Empty), ManagedBroker.AnswerTimeout).ConfigureAwait(false))
            .Policies;

    /// <summary>The names of all exchanges in a virtual host except the default one, the predeclared ones among them.</summary>
    public static async Task<IReadOnlyList<string>> ExchangesAsync(ManagedBroker broker, string virtualHost) =>
    [
        .. PredeclaredExchanges.NamesIn(virtualHost),
        .. (await NamesAsync(broker, virtualHost).ConfigureAwait(false))
            .Where(static name => name.Kind == DestinationKind.Exchange).Select(static name => name.Name),
    ];

    /// <summary>What an exchange is, and its bindings; null when there is none.</summary>
    public static async Task<ExchangeBindings?> BindingsAsync(ManagedBroker broker, ExchangeKey key)
    {
        // Being told of the routes ends with whoever was told.
        var parts = await CollectAsync<object>(
            broker, collector => broker.Exchanges.Tell(new SubscribeRoutes(key), collector), static part => part is not RoutesSnapshot { IsLast: false })
            .ConfigureAwait(false);
        return parts[^1] is RoutesSnapshot last
            ? new ExchangeBindings(key, last.Definition, [.. parts.OfType<RoutesSnapshot>().SelectMany(static part => part.Bindings)])
            : null;
    }

    private static async Task<List<T>> CollectAsync<T>(ManagedBroker broker, Action<IActorRef> ask, Func<T, bool> isLast)
    {
        var all = new TaskCompletionSource<List<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var collector = broker.System.ActorOf(Props.Create(() => new CollectorActor<T>(isLast, all)));
        ask(collector);
        try
        {
            return await all.Task.WaitAsync(ManagedBroker.AnswerTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw ApiErrorException.Unavailable("the broker did not answer in time");
        }
        finally
        {
            broker.System.Stop(collector);
        }
    }

    /// <summary>Gathers the parts of an answer.</summary>
    private sealed class CollectorActor<T>(Func<T, bool> isLast, TaskCompletionSource<List<T>> all) : UntypedActor
    {
        private readonly List<T> _parts = [];

        protected override void OnReceive(object message)
        {
            if (message is not T part)
            {
                Unhandled(message);
                return;
            }

            _parts.Add(part);
            if (isLast(part))
            {
                all.TrySetResult(_parts);
            }
        }
    }
}

/// <summary>An exchange with its bindings.</summary>
internal sealed record ExchangeBindings(ExchangeKey Key, ExchangeDefinition Definition, IReadOnlyList<Binding> Bindings);
