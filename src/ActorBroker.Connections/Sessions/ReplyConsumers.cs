using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Replies;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Connections.Sessions;

/// <summary>
/// The requester's end of direct reply-to: to those who reply, this connection is a queue. Batches are taken as they
/// come and accepted as the client takes them: what is above the window leaves the publishers' windows filled.
/// </summary>
internal sealed class ReplyConsumers(ReplyDirectory directory, IActorRef self)
{
    private readonly Dictionary<string, int> _consumers = new(StringComparer.Ordinal);
    private readonly Dictionary<int, ReplyConsumer> _byId = [];
    private readonly Queue<(IActorRef Publisher, long Sequence)> _unaccepted = new();
    private string? _connectionKey;
    private long _outstandingBytes;

    private sealed class ReplyConsumer(string name)
    {
        public string Name { get; } = name;

        public long OutstandingBytes { get; set; }
    }

    /// <summary>Makes a name for a consumer.</summary>
    public string Open(int consumerId)
    {
        if (_connectionKey is null)
        {
            _connectionKey = ReplyName.NewKey();
            directory.Actor.Tell(new RegisterReplies(_connectionKey), self);
        }

        var name = new ReplyName(directory.NodeKey, _connectionKey, ReplyName.NewKey()).ToString();
        _consumers.Add(name, consumerId);
        _byId.Add(consumerId, new ReplyConsumer(name));
        return name;
    }

    /// <summary>Ends a consumer; false when it is none of these.</summary>
    public bool Close(int consumerId, long windowBytes)
    {
        if (!_byId.Remove(consumerId, out var consumer))
        {
            return false;
        }

        _consumers.Remove(consumer.Name);
        _outstandingBytes -= consumer.OutstandingBytes;
        Accept(windowBytes);
        return true;
    }

    /// <summary>Replies have left for the client; false when the consumer is none of these.</summary>
    public bool Grant(int consumerId, int bytes, long windowBytes)
    {
        if (!_byId.TryGetValue(consumerId, out var consumer))
        {
            return false;
        }

        consumer.OutstandingBytes -= bytes;
        _outstandingBytes -= bytes;
        Accept(windowBytes);
        return true;
    }

    /// <summary>Someone asks whether a consumer is there, and whom to tell its replies.</summary>
    public void Resolve(ResolveQueue resolve, string virtualHost, IActorRef asker)
    {
        object answer = resolve.Queue.VirtualHost == virtualHost && _consumers.ContainsKey(resolve.Queue.Name)
            ? new QueueResolved(resolve.RequestId, resolve.Queue, self)
            : new QueueAnswered(resolve.RequestId, new Refusal(RefusalReason.NotFound, $"no {resolve.Queue}"), 0, 0);
        asker.Tell(answer, self);
    }

    /// <summary>Replies have come; those of consumers that are gone are dropped.</summary>
    public void Deliver(PublishBatch publish, IActorRef publisher, long windowBytes, IBrokerSessionListener listener)
    {
        var batch = publish.Batch;
        for (var start = 0; start < batch.Count;)
        {
            var route = batch.RouteOf(start);
            var end = start + 1;
            while (end < batch.Count && ReferenceEquals(batch.RouteOf(end), route))
            {
                end++;
            }

            Deliver(batch, route, start, end, listener);
            start = end;
        }

        _unaccepted.Enqueue((publisher, publish.LinkSequence));
        Accept(windowBytes);
    }

    private void Deliver(MessageBatch batch, MessageRoute route, int start, int end, IBrokerSessionListener listener)
    {
        if (!_consumers.TryGetValue(route.RoutingKey, out var consumerId))
        {
            return;
        }

        var bytes = 0;
        for (var i = start; i < end; i++)
        {
            bytes += batch[i].RecordLength;
        }

        _byId[consumerId].OutstandingBytes += bytes;
        _outstandingBytes += bytes;
        listener.OnDeliveries(consumerId, [new DeliverySegment(batch, start, end - start, 0, Redelivered: false)]);
    }

    private void Accept(long windowBytes)
    {
        while (_outstandingBytes < windowBytes && _unaccepted.TryDequeue(out var next))
        {
            next.Publisher.Tell(new PublishProgress(next.Sequence, next.Sequence), self);
        }
    }
}
