using ActorBroker.Core.Arguments;
using ActorBroker.Core.Queues;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <content>Consumers come, go, and wait.</content>
internal sealed partial class QueueModelRun
{
    private void StartConsumer(int prefetch, int window, int kind)
    {
        if (_model.Settings.Stage is not null)
        {
            return;
        }

        var key = new ConsumerKey(ConnectionOf(kind), _consumerIds++);
        var settings = TestQueue.Settings(prefetch % 7, 1 + (window % 200), noAck: kind % 5 == 0, exclusive: kind % 11 == 0) with
        {
            Arguments = ArgumentTable.Of(
                ("x-priority", ArgumentValue.FromInt32(window % 3)),
                ("x-consumer-timeout", ArgumentValue.FromInt32(kind % 2 == 1 ? 20 + (kind % 150) : 1_000_000_000))),
        };
        var counted = _model.Consumers.Values.Where(static consumer => !consumer.IsStopped).ToArray();
        var refusal = _queue.Decider.StartConsumer(key, settings, "queue 'q'");
        Assert.Equal(Array.Exists(counted, static other => other.Settings.Exclusive) || (settings.Exclusive && (counted.Length > 0 || _model.Settings.SingleActiveConsumer)), refusal is not null);
        if (refusal is null)
        {
            _model.Consumers.Add(key, new ModelConsumer(key, settings));
            _model.UpdateHolders();
            _queue.Decider.Dispatch();
        }
    }

    private void Grant(int pick, int bytes)
    {
        if (Pick(pick) is { } consumer)
        {
            var granted = Math.Min(consumer.Ungranted, 1 + bytes);
            consumer.Ungranted -= granted;
            consumer.Window += granted;
            _queue.Decider.GrantCredit(consumer.Key, granted);
        }
    }

    private void SetActive(int pick, bool active)
    {
        if (Pick(pick) is { } consumer)
        {
            consumer.IsActive = active;
            _queue.Decider.SetConsumerActive(consumer.Key, active);
        }
    }

    private void Stop(int pick)
    {
        // One that was cancelled and then holds a message for too long leaves a quorum queue without a word.
        if (Pick(pick) is { } consumer && !(consumer.Timeout < 1_000_000_000 && _model.Settings.Type == QueueType.Quorum))
        {
            consumer.IsStopped = true;
            _queue.Decider.StopConsumer(consumer.Key);
            if (consumer.Held == 0)
            {
                _model.Consumers.Remove(consumer.Key);
            }
        }
    }

    private void Close(int pick)
    {
        var key = Pick(pick)?.Key ?? GetterOf(ConnectionOf(pick));
        _model.Close(gone => gone == key);
        _queue.Decider.CloseConsumer(key);
    }

    private void CloseConnection(int pick)
    {
        var connection = ConnectionOf(pick);
        _model.Close(gone => gone.Connection == connection);
        _model.Links.Remove(connection);
        foreach (var reader in _history?.Readers.Keys.Where(reader => reader.Connection == connection).ToArray() ?? [])
        {
            _history!.Readers.Remove(reader);
        }

        _queue.Decider.ConnectionClosed(connection);
        _connections[pick % _connections.Length] = ++_lastConnection;
    }

    private int ConnectionOf(int pick) => _connections[pick % _connections.Length];

    private static ConsumerKey GetterOf(int connection) => new(connection, -1);

    private ModelConsumer? Pick(int index) =>
        _model.Consumers.Count == 0 ? null : _model.Consumers.Values.ElementAt(index % _model.Consumers.Count);

    // Nobody waits for a message that is there, unless one that it may have is being read.
    private void CompareWaiting()
    {
        foreach (var waiting in _model.Consumers.Values.Where(_model.CanServe).Select(static consumer => consumer.Key))
        {
            var offered = _model.Ready.Where(message => _model.MayHave(waiting, message)).ToArray();
            Assert.True(offered.Length == 0 || IsBeingRead(offered), $"{waiting} waits for a message that is there.");
        }

        if (_model.WaitingGets.TryPeek(out var get))
        {
            Assert.True(
                IsBeingRead([.. _model.Ready.Where(message => _model.MayHave(get.Getter, message))]), "A get is not answered.");
        }
    }

    private bool IsBeingRead(ModelMessage[] offered) => offered
        .Take(_model.HasLanes ? int.MaxValue : 1)
        .Any(message => _queue.Loads.Exists(address => !address.WithoutCopies && message.Position >= address.FirstPosition && message.Position < address.EndPosition));
}
