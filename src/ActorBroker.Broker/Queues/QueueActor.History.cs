using System.Text;
using ActorBroker.Broker.Contents;
using ActorBroker.Broker.History;
using ActorBroker.Broker.Readers;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Queues;

/// <content>
/// Browsing and replaying what the queue keeps: each is a child that reads the history like a client's consumer with an
/// offset. To the queue it is a connection, so it is in memory as long as somebody reads it.
/// </content>
public sealed partial class QueueActor
{
    // Replays that have ended, and are kept for those who ask for their outcome, count too.
    private const int ReadersMax = 32;
    private const int NameBytesMax = byte.MaxValue;

    private readonly HashSet<IActorRef> _readers = [];
    private readonly Dictionary<string, IActorRef> _replays = new(StringComparer.Ordinal);
    private bool _leavesAfterReaders;

    private void OnHistoryCommand(HistoryCommand command)
    {
        _isAddressed = true;
        if (command is ReplayMessages or DescribeReplay or CancelReplay && _replays.TryGetValue(ReplayIdOf(command), out var replay))
        {
            replay.Forward(command);
        }
        else if (Check(command) is { } refusal)
        {
            Sender.Tell(command.Refused(refusal));
        }
        else if (command is ReplayMessages start)
        {
            _replays.Add(start.ReplayId, Read(ReplayActor.Props(start, Sender, _settings.Forwarding)));
        }
        else if (command is BrowseQueue browse)
        {
            Read(ReadsContents(browse)
                ? ContentsBrowseActor.Props(browse, Sender, Contents, _settings.Formats)
                : BrowseActor.Props(browse, Sender, _settings.Formats));
        }
        else if (command is TransferMessages transfer)
        {
            Read(MessageTransferActor.Props(transfer, Sender, Contents, _settings.Forwarding));
        }
        else if (command is RemoveMessages remove)
        {
            OnRemove(remove);
        }
    }

    private static string ReplayIdOf(HistoryCommand command) => command switch
    {
        ReplayMessages replay => replay.ReplayId,
        DescribeReplay describe => describe.ReplayId,
        CancelReplay cancel => cancel.ReplayId,
        _ => string.Empty,
    };

    // A stream is its history.
    private bool ReadsContents(HistoryCommand command) => command is RemoveMessages or TransferMessages
        || (command is BrowseQueue { Scope: BrowseScope.Queue } && _queue!.Settings.Type != QueueType.Stream);

    private Refusal? Check(HistoryCommand command)
    {
        if (command is DescribeReplay or CancelReplay)
        {
            return new Refusal(RefusalReason.NotFound, $"no replay '{ReplayIdOf(command)}' of {_key}");
        }

        if (_owner is not null)
        {
            return QueueDeclaration.Locked(_key);
        }

        if (!ReadsContents(command) && _queue!.History is null)
        {
            return HistoryReader.NoHistory(_key);
        }

        if (ReadsContents(command) && CheckContents(command) is { } refusal)
        {
            return refusal;
        }

        if (_readers.Count >= ReadersMax)
        {
            return new Refusal(RefusalReason.Unavailable, $"{_key} is being browsed or replayed {ReadersMax} times already");
        }

        return command switch
        {
            BrowseQueue browse => browse.Range.Check() ?? browse.Criteria.Check(),
            ReplayMessages replay => replay.Range.Check() ?? replay.Criteria.Check() ?? CheckNames(replay.ReplayId, replay.Destination, replay.RoutingKey),
            _ => null,
        };
    }

    private static Refusal? CheckNames(string id, Destination destination, string? routingKey)
    {
        string[] names = [id, destination.Name, routingKey ?? string.Empty];
        return names.Any(static name => Encoding.UTF8.GetByteCount(name) > NameBytesMax) || id.Length == 0
            ? new Refusal(RefusalReason.PreconditionFailed, $"a replay has a name, and names and keys have at most {NameBytesMax} bytes")
            : null;
    }

    private IActorRef Read(Props props)
    {
        var reader = Context.ActorOf(props);
        _readers.Add(reader);
        _connections.NumberOf(reader, Context);
        return reader;
    }

    private void OnReaderEnded(IActorRef actor)
    {
        if (!_readers.Remove(actor))
        {
            return;
        }

        Forget(actor);
        if (_readers.Count == 0 && _leavesAfterReaders)
        {
            _leavesAfterReaders = false;
            Leave();
        }
    }

    private void OnForgetReplay()
    {
        Forget(Sender);
        Sender.Tell(PoisonPill.Instance);
    }

    private void Forget(IActorRef replay)
    {
        if (_replays.FirstOrDefault(known => known.Value.Equals(replay)) is { Key: { } id })
        {
            _replays.Remove(id);
        }
    }

    // They would be stopped with this actor before they have told why they end.
    private bool AwaitReaders() => _leavesAfterReaders = _readers.Count > 0;

    private void EndReaders(Refusal reason)
    {
        _replays.Clear();
        foreach (var reader in _readers)
        {
            reader.Tell(new EndReading(reason));
        }
    }
}
