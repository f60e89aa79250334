using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <content>What the broker tells, and how it becomes bytes.</content>
public sealed partial class Amqp091Connection
{
    // Consumers take turns, so that a fast queue does not keep a slow one from the client.
    private const int TurnBytes = 32 * 1024;

    private readonly Queue<AmqpConsumer> _delivering = new();
    private readonly HashSet<Amqp091Channel> _confirming = [];
    private readonly List<Amqp091Channel> _stalled = [];
    private readonly Dictionary<int, Amqp091Channel> _channelsById = [];

    /// <summary>Whether <see cref="WriteOutput"/> would write anything.</summary>
    public bool HasOutput => !_output.IsEmpty || _confirming.Count > 0 || _delivering.Count > 0;

    /// <summary>
    /// Writes all replies, then confirms, then deliveries up to the budget (by no more than one message above it). Delivery tags
    /// are given here, and the broker is told of the room that deliveries leave behind.
    /// </summary>
    public void WriteOutput(IOutput output, int budgetBytes)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (!HasOutput)
            return;
        _liveness.Sent(_nowMs);
        budgetBytes -= _output.Length;
        WriteConfirms();
        _output.DrainTo(output);
        ResumeStalled();
        while (budgetBytes > 0 && _delivering.TryDequeue(out var consumer))
        {
            budgetBytes -= Deliver(consumer, output, Math.Min(budgetBytes, TurnBytes));
            consumer.IsQueued = consumer.Arrived.Count > 0;
            if (consumer.IsQueued)
                _delivering.Enqueue(consumer);
        }
    }

    /// <inheritdoc/>
    public void OnDeliveries(int consumerId, ReadOnlySpan<DeliverySegment> segments)
    {
        // An unknown consumer was closed with its channel, which gave its deliveries back.
        if (!_consumers.TryGetValue(consumerId, out var consumer))
            return;
        consumer.Channel.Accept(consumer, segments);
        if (!consumer.IsQueued && consumer.Arrived.Count > 0)
        {
            consumer.IsQueued = true;
            _delivering.Enqueue(consumer);
        }

        if (_settlements.Flush())
            _session.EndOfRead();
    }

    /// <inheritdoc/>
    public void OnConsumerCancelled(int consumerId)
    {
        if (_consumers.TryGetValue(consumerId, out var consumer))
            consumer.Channel.OnCancelled(consumer);
    }

    /// <inheritdoc/>
    public void OnConsumerTimedOut(int consumerId, long timeoutMs)
    {
        if (!_consumers.TryGetValue(consumerId, out var consumer))
            return;
        var channel = consumer.Channel;
        channel.Fail(
            ReplyCode.PreconditionFailed,
            $"delivery acknowledgement on channel {channel.Number} timed out. Timeout value used: {timeoutMs} ms. "
            + "This timeout value can be configured, see consumers doc guide to learn more",
            methodId: 0);
    }

    /// <inheritdoc/>
    public void OnConfirm(int channel, ulong firstTag, ulong lastTag, bool negative, bool allBefore)
    {
        if (!_channelsById.TryGetValue(channel, out var confirmed))
            return;
        confirmed.Confirms.Add(firstTag, lastTag, negative, allBefore);
        confirmed.CountConfirmed(firstTag, lastTag, negative);
        _confirming.Add(confirmed);
    }

    internal void BeginConfirms(Amqp091Channel channel) => _channelsById.Add(channel.Id, channel);

    internal void EndConfirms(Amqp091Channel channel)
    {
        if (!_channelsById.Remove(channel.Id))
            return;
        _confirming.Remove(channel);
        _session.ForgetConfirms(channel.Id);
    }

    /// <summary>Writes all that has arrived for a consumer, ahead of a reply that says there is no more.</summary>
    internal void DeliverRest(AmqpConsumer consumer) => Deliver(consumer, _output, int.MaxValue);

    /// <summary>Gives back room in the broker's window, in steps of a quarter of it.</summary>
    internal void GrantCredit(AmqpConsumer consumer, int bytes)
    {
        consumer.BytesToGrant += bytes;
        if (consumer.IsGone || consumer.BytesToGrant < consumer.WindowBytes / 4)
            return;
        _session.GrantCredit(consumer.Id, consumer.BytesToGrant);
        consumer.BytesToGrant = 0;
    }

    private void WriteConfirms()
    {
        foreach (var channel in _confirming)
            channel.Confirms.WriteTo(_output);
        _confirming.Clear();
    }

    private int Deliver(AmqpConsumer consumer, IOutput output, int budgetBytes)
    {
        var channel = consumer.Channel;
        var written = 0;
        var recordBytes = 0;
        while (written < budgetBytes && consumer.Arrived.TryPeek(out var segment))
        {
            var skipped = consumer.EncodedOfFirst;
            var firstTag = channel.LastDeliveryTag + 1;
            var count = 0;
            for (; skipped + count < segment.Count && written < budgetBytes; count++)
            {
                var index = segment.StartIndex + skipped + count;
                recordBytes += segment.Batch[index].RecordLength;
                written += Encoder.WriteDelivery(
                    output, consumer.TemplateFor(segment.Batch.RouteOf(index)), channel.Number,
                    firstTag + (ulong)count, segment, skipped + count);
            }

            channel.Trace(consumer, segment, skipped, count);
            channel.OnDelivered(consumer, firstTag, count, segment.FirstPosition + skipped, segment.Redelivered);
            consumer.EncodedOfFirst = skipped + count;
            if (consumer.EncodedOfFirst == segment.Count)
            {
                consumer.Arrived.Dequeue();
                consumer.EncodedOfFirst = 0;
            }
        }

        if (_session.Tracer is not null)
            _session.EndOfRead();
        GrantCredit(consumer, recordBytes);
        return written;
    }
}
