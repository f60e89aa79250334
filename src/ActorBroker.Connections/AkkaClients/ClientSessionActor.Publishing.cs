using System.Runtime.InteropServices;
using ActorBroker.Contracts.Clients;
using ActorBroker.Core.Alarms;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Mapping;
using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Connections.AkkaClients;

/// <content>
/// Publishing. Batches wait in the client's window until the session may take them: queues have accepted enough of what
/// came before, no alarm holds publishers back, and the target's routing table is there.
/// </content>
internal sealed partial class ClientSessionActor
{
    private const int TargetsMax = 1_024;
    private const int ConfirmChannel = 1;

    // Refusals with their texts, in one word that is sent whole.
    private const int ConfirmsMax = 64;

    private readonly TablePropertiesCodec _codec;
    private readonly Queue<ClientPublish> _waiting = new();
    private readonly Dictionary<MessageRoute, PublishTarget> _targets = [];
    private readonly List<ClientConfirm> _confirms = [];
    private PublishedProperties? _properties;
    private ResourceAlarms _alarms;
    private long _waitingBytes;
    private long _lastTag;
    private long _takenTag;
    private long _takenTold;
    private int _nextOfHead;
    private bool _isLoading;

    private bool MayPublish => !_isLoading && !_session.IsWindowFull && _alarms == ResourceAlarms.None;

    /// <inheritdoc/>
    public void OnResourceAlarms(ResourceAlarms alarms) => _alarms = alarms;

    /// <inheritdoc/>
    public void OnConfirm(int channel, ulong firstTag, ulong lastTag, bool negative, bool allBefore)
    {
        var count = (long)(lastTag - firstTag + 1);
        _counted.Unconfirmed -= count;
        _counted.Counters.Confirmed += negative ? 0 : count;
        _counted.Counters.Pairs?.CountConfirmed(firstTag, lastTag, negative);
        Confirm((long)firstTag, (long)lastTag, negative ? PublishOutcome.Rejected : PublishOutcome.Confirmed, refusal: null);
    }

    private void OnPublish(ClientPublish publish)
    {
        if (publish.FirstTag != _lastTag + 1 || publish.Batch.Count == 0)
        {
            throw new InvalidDataException($"Publishes were lost on their way: tag {publish.FirstTag} came after {_lastTag}.");
        }

        // One batch may be larger than the window, and begins when the window has room.
        if (_waitingBytes >= _settings.PublishWindowBytes)
        {
            throw new InvalidDataException($"The client has published beyond its window of {_settings.PublishWindowBytes} bytes.");
        }

        _lastTag += publish.Batch.Count;
        _waitingBytes += publish.Batch.SizeBytes;
        _waiting.Enqueue(publish);
        GoOnPublishing();
    }

    private void GoOnPublishing()
    {
        while (MayPublish && _waiting.TryPeek(out var head))
        {
            if (!TryTake(head))
            {
                break;
            }

            _waiting.Dequeue();
            _waitingBytes -= head.Batch.SizeBytes;
            _nextOfHead = 0;
            _takenTag += head.Batch.Count;
        }

        _session.EndOfRead();
    }

    // False when a target has to be loaded first; goes on with the same message then.
    private bool TryTake(ClientPublish publish)
    {
        for (; _nextOfHead < publish.Batch.Count; _nextOfHead++)
        {
            var tag = publish.FirstTag + _nextOfHead;
            try
            {
                if (!TryPublish(publish.Batch, _nextOfHead, tag, publish.Mandatory))
                {
                    return false;
                }
            }
            catch (Exception failure) when (failure is InvalidDataException or Amqp091ErrorException or Amqp091WireException or ArgumentException)
            {
                Refuse(tag, RefusalReason.PreconditionFailed, failure.Message);
            }
        }

        return true;
    }

    private bool TryPublish(MessageBatch batch, int index, long tag, bool isMandatory)
    {
        var message = batch[index];
        if (message.Format != MessageFormat.Table)
        {
            throw new InvalidDataException("a client's messages have their properties in a table");
        }

        if (message.BodyLength > _settings.MessageSizeMax)
        {
            throw new InvalidDataException($"message size {message.BodyLength} is larger than configured max size {_settings.MessageSizeMax}");
        }

        var target = TargetOf(batch.RouteOf(index));
        var list = _codec.FromTable(message.Properties);
        _properties!.Check(list);
        if (_properties.AskForReplies)
        {
            throw new InvalidDataException("fast reply consumer does not exist");
        }

        switch (_session.Prepare(target, _properties.MoreKeys, OnTargetLoaded))
        {
            case TargetStatus.Loading:
                _isLoading = true;
                return false;
            case TargetStatus.NotFound:
                Refuse(tag, RefusalReason.NotFound, $"no {ExchangeOf(target)}");
                return true;
            case TargetStatus.Internal:
                Refuse(tag, RefusalReason.AccessRefused, $"cannot publish to internal {ExchangeOf(target)}");
                return true;
            case TargetStatus.Refused:
                Refuse(tag, RefusalReason.AccessRefused, target.Refusal!.Text);
                return true;
            default:
                Publish(target, _properties.Replacement ?? list, batch.BodyOf(index), tag, isMandatory);
                return true;
        }
    }

    private void Publish(PublishTarget target, byte[] list, ReadOnlyMemory<byte> body, long tag, bool isMandatory)
    {
        MemoryMarshal.TryGetArray(body, out var bytes);
        var message = PublishedMessage.InPlaces(
            list, 0, list.Length, bytes.Array!, bytes.Offset, bytes.Count, MessageFormat.Amqp091, _properties!.Flags, _properties.Priority);
        _counted.Counters.CountPublished(bytes.Count);
        _counted.Unconfirmed++;
        var isRouted = _session.Publish(target, message, _properties.MoreKeys, new PublishConfirm(ConfirmChannel, (ulong)tag));
        TracePublish(target, message);
        if (isRouted)
        {
            return;
        }

        _counted.Counters.ReturnedUnroutable += isMandatory ? 1 : 0;
        _counted.Counters.DroppedUnroutable += isMandatory ? 0 : 1;
        _counted.Counters.CountedPairs?.CountUnroutable(target.Route.Exchange, returned: isMandatory);
        if (isMandatory)
        {
            Confirm(tag, tag, PublishOutcome.Returned, refusal: null);
        }
    }

    private PublishTarget TargetOf(MessageRoute route)
    {
        if (!_targets.TryGetValue(route, out var target))
        {
            if (_targets.Count >= TargetsMax)
            {
                _targets.Clear();
            }

            target = _session.GetTarget(route);
            _targets.Add(route, target);
        }

        return target;
    }

    private void OnTargetLoaded()
    {
        _isLoading = false;
        ScheduleFlush();
    }

    private ExchangeKey ExchangeOf(PublishTarget target) => new(_open.VirtualHost, target.Route.Exchange);

    private void Refuse(long tag, RefusalReason reason, string text) => Confirm(tag, tag, PublishOutcome.Refused, new Refusal(reason, text));

    private void Confirm(long firstTag, long lastTag, PublishOutcome outcome, Refusal? refusal)
    {
        if (refusal is null && _confirms.Count > 0 && _confirms[^1] is { Refusal: null } last && last.Outcome == outcome && last.LastTag + 1 == firstTag)
        {
            _confirms[^1] = last with { LastTag = lastTag };
        }
        else
        {
            _confirms.Add(new ClientConfirm(firstTag, lastTag, outcome, refusal));
        }

        ScheduleFlush();
    }

    private void TellProgress()
    {
        if (_isOpen && (_confirms.Count > 0 || _takenTold != _takenTag))
        {
            _takenTold = _takenTag;
            for (var start = 0; start == 0 || start < _confirms.Count; start += ConfirmsMax)
            {
                _link.Send(new ClientProgress(_takenTag, _confirms.Slice(start, Math.Min(ConfirmsMax, _confirms.Count - start))));
            }

            _confirms.Clear();
        }
    }
}
