using ActorBroker.Contracts.Clients;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Client;

/// <content>
/// Publishes of all of the client's users, in the order in which they came, with tags of the session. They are sent in
/// batches within the broker's window and kept until their outcome is known.
/// </content>
internal sealed partial class BrokerClientActor
{
    private readonly LinkedList<PendingPublish> _unsent = new();
    private readonly Dictionary<long, PendingPublish> _unconfirmed = [];
    private readonly Queue<(long LastTag, int Bytes)> _untaken = new();
    private readonly TableBatchBuilder _batch = new();
    private readonly Dictionary<(string Exchange, string RoutingKey), MessageRoute> _routes = [];
    private readonly Dictionary<IActorRef, List<(long Id, PublishResult Result)>> _results = [];
    private long _publishWindowBytes;
    private long _untakenBytes;
    private long _bufferedBytes;
    private long _lastTag;

    private sealed record PendingPublish(IActorRef Publisher, long Id, MessageRoute Route, byte[] Properties, ReadOnlyMemory<byte> Body, bool Mandatory);

    private void OnPublish(Publish publish)
    {
        var id = publish.FirstId;
        foreach (var message in publish.Messages)
        {
            Take(message, id++);
        }

        TellResults();
    }

    private void Take(OutgoingMessage message, long id)
    {
        if (Obstacle(message) is { } refusal)
        {
            Result(Sender, id, new PublishResult(PublishOutcome.Refused, refusal));
            return;
        }

        try
        {
            var pending = new PendingPublish(Sender, id, RouteOf(message), _codec.Write(message.Properties), message.Body, message.Mandatory);
            _bufferedBytes += message.Body.Length;
            _unsent.AddLast(pending);
        }
        catch (ArgumentException failure)
        {
            Result(Sender, id, new PublishResult(PublishOutcome.Refused, new Refusal(RefusalReason.PreconditionFailed, failure.Message)));
        }
    }

    private Refusal? Obstacle(OutgoingMessage message)
    {
        if (_failure is not null)
        {
            return _failure;
        }

        if (message.Body.Length > _messageSizeMax)
        {
            return new Refusal(
                RefusalReason.PreconditionFailed, $"message size {message.Body.Length} is larger than configured max size {_messageSizeMax}");
        }

        return _bufferedBytes > 0 && _bufferedBytes + message.Body.Length > _settings.BufferBytesMax
            ? new Refusal(RefusalReason.Unavailable, $"the client holds {_bufferedBytes} bytes that the broker has not confirmed")
            : null;
    }

    private MessageRoute RouteOf(OutgoingMessage message)
    {
        var names = (message.Exchange, message.RoutingKey);
        if (!_routes.TryGetValue(names, out var route))
        {
            route = MessageRoute.Create(message.Exchange, message.RoutingKey);
            if (_routes.Count >= 1_024)
            {
                _routes.Clear();
            }

            _routes.Add(names, route);
        }

        return route;
    }

    private void SendPublishes()
    {
        while (IsOpen && _unsent.First is { } first && _untakenBytes < _publishWindowBytes)
        {
            SendBatch(first.Value.Mandatory);
        }
    }

    private void SendBatch(bool isMandatory)
    {
        var firstTag = _lastTag + 1;
        while (_unsent.First is { } next
            && next.Value.Mandatory == isMandatory
            && !_batch.IsFull(next.Value.Properties.Length, next.Value.Body.Length))
        {
            var publish = next.Value;
            _unsent.RemoveFirst();
            if (publish.Body.Length > _messageSizeMax)
            {
                // It came while there was no session to know the limit from, or another broker's has a lower one.
                Forget(publish, new PublishResult(PublishOutcome.Refused, Obstacle(publish)));
                continue;
            }

            _batch.Add(publish.Route, publish.Properties, publish.Body.Span);
            _unconfirmed.Add(++_lastTag, publish);
        }

        if (_batch.Count > 0)
        {
            var bytes = _batch.SizeBytes;
            _untaken.Enqueue((_lastTag, bytes));
            _untakenBytes += bytes;
            _link!.Send(new ClientPublish(firstTag, isMandatory, _batch.Take()));
        }

        TellResults();
    }

    private Refusal Obstacle(PendingPublish publish) => new(
        RefusalReason.PreconditionFailed, $"message size {publish.Body.Length} is larger than configured max size {_messageSizeMax}");

    private void OnProgress(ClientProgress progress)
    {
        while (_untaken.TryPeek(out var batch) && batch.LastTag <= progress.TakenTag)
        {
            _untaken.Dequeue();
            _untakenBytes -= batch.Bytes;
        }

        foreach (var confirm in progress.Confirms)
        {
            for (var tag = confirm.FirstTag; tag <= Math.Min(confirm.LastTag, _lastTag); tag++)
            {
                if (_unconfirmed.Remove(tag, out var publish))
                {
                    Forget(publish, new PublishResult(confirm.Outcome, confirm.Refusal));
                }
            }
        }

        TellResults();
    }

    private void LosePublishes()
    {
        var unconfirmed = _unconfirmed.OrderByDescending(static publish => publish.Key).Select(static publish => publish.Value).ToArray();
        _unconfirmed.Clear();
        _untaken.Clear();
        _untakenBytes = 0;
        _lastTag = 0;
        foreach (var publish in unconfirmed)
        {
            if (_settings.Unconfirmed == UnconfirmedPublishes.PublishAgain)
            {
                _unsent.AddFirst(publish);
            }
            else
            {
                Forget(publish, new PublishResult(PublishOutcome.Rejected, Lost) { IsUnknown = true });
            }
        }

        TellResults();
    }

    private void FailPublishes(Refusal refusal)
    {
        foreach (var publish in _unsent)
        {
            Forget(publish, new PublishResult(PublishOutcome.Refused, refusal));
        }

        foreach (var publish in _unconfirmed.Values)
        {
            Forget(publish, new PublishResult(PublishOutcome.Rejected, refusal) { IsUnknown = true });
        }

        _unsent.Clear();
        _unconfirmed.Clear();
        TellResults();
    }

    private void Forget(PendingPublish publish, PublishResult result)
    {
        _bufferedBytes -= publish.Body.Length;
        Result(publish.Publisher, publish.Id, result);
    }

    private void Result(IActorRef publisher, long id, PublishResult result)
    {
        if (!_results.TryGetValue(publisher, out var results))
        {
            results = [];
            _results.Add(publisher, results);
        }

        results.Add((id, result));
    }

    private void TellResults()
    {
        foreach (var (publisher, results) in _results)
        {
            publisher.Tell(new Published(results), Self);
        }

        _results.Clear();
    }
}
