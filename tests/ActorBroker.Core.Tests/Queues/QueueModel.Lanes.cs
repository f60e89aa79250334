using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Tests.Queues;

/// <content>Which message of the model may go to whom.</content>
internal sealed partial class QueueModel
{
    private readonly Dictionary<int, ConsumerKey> _groupHolders = [];
    private ModelConsumer? _active;

    /// <summary>Messages are not all in one line.</summary>
    public bool HasLanes => Settings.GroupHeader is not null || Settings.FairHeader is not null;

    /// <summary>Whether the consumer may be given a message now.</summary>
    public bool CanServe(ModelConsumer consumer) =>
        consumer.CanTake && (!Settings.SingleActiveConsumer || (consumer == _active && !IsGivingWay));

    private bool IsGivingWay => Settings.Type == QueueType.Quorum && Consumers.Values.Any(other => !other.IsStopped && other.Priority > _active?.Priority);

    /// <summary>Whether a message is not in a group that is another's.</summary>
    public bool MayHave(ConsumerKey consumer, ModelMessage message) =>
        message.Group is not { } group || !_groupHolders.TryGetValue(group, out var holder) || holder == consumer;

    /// <summary>With its first message a group becomes the consumer's, unless that is a get that keeps nothing.</summary>
    public void TakesGroup(ConsumerKey? consumer, ModelMessage message)
    {
        if (consumer is { } key && Settings.GroupHeader is not null && message.Group is { } group)
        {
            _groupHolders[group] = key;
        }
    }

    /// <summary>Consumers came or went, or settled what they had: groups and the place of the active one may be free.</summary>
    public void UpdateHolders()
    {
        foreach (var (group, key) in _groupHolders.ToArray())
        {
            var stays = Consumers.ContainsKey(key)
                || Messages.Exists(message => message.Place == ModelPlace.Held && message.Holder == key);
            if (!stays || !Live.Any(message => message.Group == group))
            {
                _groupHolders.Remove(group);
            }
        }

        if (_active is null || _active.IsStopped || !Consumers.ContainsKey(_active.Key) || (IsGivingWay && _active.Held == 0))
        {
            _active = Consumers.Values
                .Where(static consumer => !consumer.IsStopped)
                .OrderByDescending(static consumer => consumer.Priority)
                .ThenBy(static consumer => consumer.Key.ConsumerId)
                .FirstOrDefault();
        }
    }
}
