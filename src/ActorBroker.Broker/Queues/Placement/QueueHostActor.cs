using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Queues;
using Akka.Actor;
using Akka.Cluster;

namespace ActorBroker.Broker.Queues.Placement;

/// <summary>
/// Chooses the node of a queue that is declared here, and is the parent of those that live on this node although their
/// shard is on another. One a node with the role store, at <c>/user/queue-host</c>.
/// </summary>
public sealed class QueueHostActor : UntypedActor
{
    /// <summary>Its name below <c>/user</c>, by which hosts find each other.</summary>
    public const string Name = "queue-host";

    // Of a large cluster some nodes are asked, which is nearly as good as all.
    private const int AskedMax = 8;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    private readonly QueueActorSettings _settings;
    private readonly QueueHosting _hosting;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly List<IActorRef> _awaitEnd = [];

    /// <summary>Use <see cref="Props"/>.</summary>
    public QueueHostActor(QueueActorSettings settings, QueueHosting hosting)
    {
        _settings = settings;
        _hosting = hosting;
    }

    /// <summary>The host of a node.</summary>
    public static Props Props(QueueActorSettings settings, QueueHosting hosting) =>
        Akka.Actor.Props.Create(() => new QueueHostActor(settings, hosting));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ChoosePlace choose:
                OnChoose(choose);
                break;
            case PlaceChosen chosen:
                OnChosen(chosen);
                break;
            case HostQueue host when _awaitEnd.Count == 0:
                var queue = Context.ActorOf(QueueActor.Props(host.EntityId, _settings, host.Home));
                Context.Watch(queue);
                host.Home.Tell(new QueueHosted(queue));
                break;
            case CountQueues:
                Sender.Tell(new QueuesCounted(_hosting.Count));
                break;
            case LeaveNode:
                _awaitEnd.Add(Sender);
                foreach (var child in Context.GetChildren())
                {
                    child.Tell(message);
                }

                AnswerWhenEmpty();
                break;
            case Terminated:
                AnswerWhenEmpty();
                break;
        }
    }

    // A queue of a client at a node that keeps no queues goes where there are fewest.
    private void OnChoose(ChoosePlace choose)
    {
        var stores = Stores();
        var client = choose.Client.HasGlobalScope ? choose.Client : _cluster.SelfAddress;
        if (choose.Locator == QueueLeaderLocator.ClientLocal && stores.Contains(client))
        {
            OnChosen(new PlaceChosen(choose, client));
        }
        else
        {
            CountAsync(stores, Context.System).PipeTo(Self, success: fewest => new PlaceChosen(choose, fewest ?? _cluster.SelfAddress));
        }
    }

    private void OnChosen(PlaceChosen chosen)
    {
        if (chosen.Node == _cluster.SelfAddress)
        {
            chosen.Request.Home.Tell(PlaceHere.Instance);
        }
        else
        {
            HostOf(Context.System, chosen.Node).Tell(new HostQueue(chosen.Request.EntityId, chosen.Request.Home));
        }
    }

    private List<Address> Stores() =>
        [.. _cluster.State.Members
            .Where(static member => member.Status == MemberStatus.Up && member.HasRole(ClusterOptions.Store))
            .Select(static member => member.Address)
            .Except(_cluster.State.Unreachable.Select(static member => member.Address))];

    private static async Task<Address?> CountAsync(List<Address> stores, ActorSystem system)
    {
        var asked = stores.ToArray();
        Random.Shared.Shuffle(asked);
        var answers = await Task.WhenAll(asked.Take(AskedMax).Select(node => CountAsync(node, system))).ConfigureAwait(false);
        return answers.Where(static answer => answer.Count is not null).MinBy(static answer => answer.Count).Node;
    }

    private static async Task<(Address? Node, int? Count)> CountAsync(Address node, ActorSystem system)
    {
        try
        {
            return (node, (await HostOf(system, node).Ask<QueuesCounted>(new CountQueues(), AnswerLimit).ConfigureAwait(false)).Count);
        }
        catch (AskTimeoutException)
        {
            return (node, null);
        }
    }

    private static ActorSelection HostOf(ActorSystem system, Address node) => system.ActorSelection(new RootActorPath(node) / "user" / Name);

    private void AnswerWhenEmpty()
    {
        if (_awaitEnd.Count > 0 && !Context.GetChildren().Any())
        {
            _awaitEnd.ForEach(static asker => asker.Tell(NodeLeft.Instance));
            _awaitEnd.Clear();
        }
    }
}

/// <summary>To the host of the home's node: where is this queue to live? The home hears <see cref="PlaceHere"/> or <see cref="QueueHosted"/>.</summary>
/// <param name="EntityId">The queue's.</param>
/// <param name="Home">The entity at its shard.</param>
/// <param name="Locator">What was asked for.</param>
/// <param name="Client">Of whose node; without a host, of this one.</param>
internal sealed record ChoosePlace(string EntityId, IActorRef Home, QueueLeaderLocator Locator, Address Client) : INoSerializationVerificationNeeded;

internal sealed record PlaceChosen(ChoosePlace Request, Address Node) : INoSerializationVerificationNeeded;

/// <summary>To the home: it is to be the queue itself.</summary>
internal sealed record PlaceHere : INoSerializationVerificationNeeded
{
    public static PlaceHere Instance { get; } = new();
}

/// <summary>To a host and its queues: the node is about to stop. The host answers <see cref="NodeLeft"/> when they have ended.</summary>
internal sealed record LeaveNode : INoSerializationVerificationNeeded
{
    public static LeaveNode Instance { get; } = new();
}

/// <summary>The answer to <see cref="LeaveNode"/>.</summary>
internal sealed record NodeLeft : INoSerializationVerificationNeeded
{
    public static NodeLeft Instance { get; } = new();
}
