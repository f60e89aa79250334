using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Replies;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using AkkaCluster = Akka.Cluster.Cluster;

namespace ActorBroker.Broker.Replies;

/// <summary>
/// Finds the connection behind a name of direct reply-to: one of this node's by its key, another node's by asking that
/// node. What is found out is told to the asker, who sends there directly from then on.
/// </summary>
public sealed class ReplyDirectoryActor : UntypedActor
{
    /// <summary>The same on every node: directories ask each other by path.</summary>
    public const string Name = "reply-directory";

    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private readonly Dictionary<string, IActorRef> _connections = new(StringComparer.Ordinal);
    private readonly Dictionary<IActorRef, string> _keys = [];
    private readonly string _nodeKey;

    /// <summary>Use <see cref="ReplyDirectoryStart"/>.</summary>
    public ReplyDirectoryActor() => _nodeKey = ReplyName.NodeKeyOf(_cluster.SelfAddress);

    /// <summary>The directory of a node.</summary>
    public static Props Props { get; } = Akka.Actor.Props.Create(static () => new ReplyDirectoryActor());

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RegisterReplies register:
                _connections[register.ConnectionKey] = Sender;
                _keys[Sender] = register.ConnectionKey;
                Context.Watch(Sender);
                break;
            case ResolveQueue resolve:
                Resolve(resolve);
                break;
            case Terminated terminated:
                if (_keys.Remove(terminated.ActorRef, out var key))
                {
                    _connections.Remove(key);
                }

                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Resolve(ResolveQueue resolve)
    {
        if (ReplyName.TryParse(resolve.Queue.Name) is not { } name)
        {
            Refuse(resolve);
        }
        else if (name.NodeKey != _nodeKey)
        {
            AskNode(name.NodeKey, resolve);
        }
        else if (_connections.TryGetValue(name.ConnectionKey, out var connection))
        {
            connection.Forward(resolve);
        }
        else
        {
            Refuse(resolve);
        }
    }

    private void AskNode(string nodeKey, ResolveQueue resolve)
    {
        foreach (var member in _cluster.State.Members)
        {
            if (ReplyName.NodeKeyOf(member.Address) == nodeKey)
            {
                Context.ActorSelection(new RootActorPath(member.Address) / "user" / Name).Tell(resolve, Sender);
                return;
            }
        }

        Refuse(resolve);
    }

    private void Refuse(ResolveQueue resolve) =>
        Sender.Tell(new QueueAnswered(resolve.RequestId, new Refusal(RefusalReason.NotFound, $"no {resolve.Queue}"), 0, 0));
}
