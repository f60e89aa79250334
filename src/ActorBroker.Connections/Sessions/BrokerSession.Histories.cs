using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Sessions;

/// <content>
/// Messages of which the histories of exchanges get copies. A new destination gets what the history has once the binding is
/// in force. A message that was routed before that and comes to the history after it would miss that destination, so
/// messages are routed again when the history has been told and bindings have changed since they were routed first.
/// </content>
public sealed partial class BrokerSession
{
    /// <summary>A message of which a history gets a copy, as it was routed.</summary>
    private sealed class Remembered(SessionTarget target, string[] moreKeys, uint random, QueueLink[] links)
    {
        private readonly int _lookUps = target.LookUps;

        public SessionTarget Target => target;

        public string[] MoreKeys => moreKeys;

        public uint Random => random;

        public QueueLink[] Links { get; set; } = links;

        /// <summary>With further keys the target does not know what the message was routed by.</summary>
        public bool IsCurrent => moreKeys.Length == 0 && target.LookUps == _lookUps && target.IsCurrent;

        /// <summary>A history that has not been told yet: it is still being found.</summary>
        public QueueLink? Untold => Array.Find(Links, static link => link.IsResolving && Stage.IsName(link.Queue));
    }

    // The histories of the messages in the slab have been told, or will be as soon as they are found.
    private void FollowBindings(byte[] slab, int[] offsets)
    {
        for (var i = 0; i < offsets.Length; i++)
        {
            if (_pending[i].Remembered is { } remembered)
            {
                FollowBindings(slab, offsets[i], remembered);
            }
        }
    }

    private void FollowBindings(byte[] slab, int offset, Remembered remembered)
    {
        if (remembered.Untold is { } history)
        {
            history.WhenResolved(_ => FollowBindings(slab, offset, remembered));
        }
        else if (!remembered.IsCurrent)
        {
            SendToNew(slab, offset, remembered);
        }
    }

    // As if it had been published to them just after the binding. Nobody waits for a confirm of that.
    private void SendToNew(byte[] slab, int offset, Remembered remembered)
    {
        var record = new MessageView(slab.AsSpan(offset));
        var properties = offset + MessageRecord.HeaderSize;
        var message = PublishedMessage.InPlaces(
            slab, properties, record.PropertiesLength, slab, properties + record.PropertiesLength, record.BodyLength,
            record.Format, record.Flags, record.Priority);
        var links = RouteMessage(remembered.Target, message, remembered.MoreKeys, remembered.Random).All.Except(remembered.Links).ToArray();
        if (links.Length == 0)
        {
            return;
        }

        remembered.Links = [.. remembered.Links, .. links];
        var copy = new byte[message.RecordLength];
        WriteRecord(copy, message, routeIndex: 0);
        SendToAll(links, new MessageBatch(copy, [0], [remembered.Target.Route], copy.Length), group: null);
    }
}
