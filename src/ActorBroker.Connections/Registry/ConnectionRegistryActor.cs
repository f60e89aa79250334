using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Alarms;
using ActorBroker.Contracts.Clustering;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Alarms;
using Akka.Actor;

namespace ActorBroker.Connections.Registry;

/// <summary>From a connection as it starts; the registry watches it from then on.</summary>
public sealed record ConnectionOpened(IActorRef Connection) : INoSerializationVerificationNeeded;

/// <summary>To the registry: close every connection, and those that still come. Answered by <see cref="AllClosed"/> when none is left.</summary>
public sealed record CloseAllConnections(string Text) : INoSerializationVerificationNeeded;

/// <summary>The answer to <see cref="CloseAllConnections"/>.</summary>
public sealed record AllClosed : INoSerializationVerificationNeeded
{
    /// <summary>The only one.</summary>
    public static AllClosed Instance { get; } = new();
}

/// <summary>Knows every connection of the node: to close them all when it stops, and to tell them of resource alarms, lost nodes, deleted users, and that somebody asks for them.</summary>
public sealed class ConnectionRegistryActor : UntypedActor
{
    private readonly HashSet<IActorRef> _connections = [];
    private readonly List<IActorRef> _awaiting = [];
    private CloseConnection? _closing;
    private AlarmsChanged _alarms = new(ResourceAlarms.None);

    /// <summary>A registry without connections.</summary>
    public static Props Props { get; } = Akka.Actor.Props.Create(() => new ConnectionRegistryActor());

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(AlarmsChanged));
        Context.System.EventStream.Subscribe(Self, typeof(NodeRemoved));
        Context.System.EventStream.Subscribe(Self, typeof(NodeLinkBroken));
        Context.System.EventStream.Subscribe(Self, typeof(NodeLinkRestored));
        Context.System.EventStream.Subscribe(Self, typeof(AccessWithdrawn));
        Context.System.EventStream.Subscribe(Self, typeof(FiguresWanted));
        Context.System.EventStream.Publish(AlarmsWanted.Instance);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ConnectionOpened opened:
                _connections.Add(opened.Connection);
                Context.Watch(opened.Connection);
                if (_alarms.Alarms != ResourceAlarms.None)
                {
                    opened.Connection.Tell(_alarms);
                }

                if (_closing is not null)
                {
                    opened.Connection.Tell(_closing);
                }

                break;
            case Terminated terminated:
                _connections.Remove(terminated.ActorRef);
                AnswerWhenEmpty();
                break;
            case AlarmsChanged changed:
                _alarms = changed;
                TellAll(changed);
                break;
            case NodeRemoved or NodeLinkBroken or NodeLinkRestored or AccessWithdrawn:
                TellAll(message);
                break;
            case FiguresWanted wanted:
                foreach (var connection in _connections)
                {
                    wanted.TellTo(connection);
                }

                wanted.Entered();
                break;
            case CloseAllConnections close:
                _closing = new CloseConnection(close.Text);
                _awaiting.Add(Sender);
                TellAll(_closing);
                AnswerWhenEmpty();
                break;
        }
    }

    private void TellAll(object message)
    {
        foreach (var connection in _connections)
        {
            connection.Tell(message);
        }
    }

    private void AnswerWhenEmpty()
    {
        if (_connections.Count > 0)
        {
            return;
        }

        foreach (var asker in _awaiting)
        {
            asker.Tell(AllClosed.Instance);
        }

        _awaiting.Clear();
    }
}
