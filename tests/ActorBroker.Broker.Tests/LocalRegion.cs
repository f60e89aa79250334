using ActorBroker.Contracts;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace ActorBroker.Broker.Tests;

/// <summary>
/// A shard region without a cluster: an entity for each id, started by its first message, which stops when it asks for
/// it and is started anew by what came meanwhile.
/// </summary>
internal sealed class LocalRegion : UntypedActor
{
    private readonly Func<string, Props> _props;
    private readonly Dictionary<string, List<(object Message, IActorRef Sender)>> _held = [];
    private int _started;

    public LocalRegion(Func<string, Props> props) => _props = props;

    public static Props Props(Func<string, Props> props) => Akka.Actor.Props.Create(() => new LocalRegion(props));

    private Dictionary<string, IActorRef> Entities { get; } = [];

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case IShardedMessage { EntityId: { } id } sharded when _held.TryGetValue(id, out var held):
                held.Add((sharded, Sender));
                break;
            case IShardedMessage { EntityId: { } id } sharded:
                EntityOf(id).Forward(sharded);
                break;
            case Passivate passivate:
                _held.TryAdd(IdOf(Sender), []);
                Sender.Tell(passivate.StopMessage);
                break;
            case Terminated terminated when Entities.ContainsValue(terminated.ActorRef):
                OnTerminated(IdOf(terminated.ActorRef));
                break;
        }
    }

    private void OnTerminated(string id)
    {
        Entities.Remove(id);
        if (!_held.Remove(id, out var held))
            return;
        foreach (var (message, sender) in held)
            EntityOf(id).Tell(message, sender);
    }

    private IActorRef EntityOf(string id)
    {
        // A message may come between an entity's end and the word of it, which stands behind in the mailbox; and between the
        // end and this actor's own notice of it, if another who watched was quicker.
        if (!Entities.TryGetValue(id, out var entity) || ((ActorRefWithCell)entity).Underlying.IsTerminated)
        {
            entity = Context.Watch(Context.ActorOf(_props(id), $"entity-{++_started}"));
            Entities[id] = entity;
        }

        return entity;
    }

    private string IdOf(IActorRef entity) => Entities.First(entry => entry.Value.Equals(entity)).Key;
}
