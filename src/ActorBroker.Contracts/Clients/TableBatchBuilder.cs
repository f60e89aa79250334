using System.Buffers;
using ActorBroker.Core.Messages;

namespace ActorBroker.Contracts.Clients;

/// <summary>
/// Gathers messages whose properties are tables into batches for the way between a client and its session. Has one
/// owner; what it is given is copied.
/// </summary>
public sealed class TableBatchBuilder
{
    private readonly ArrayBufferWriter<byte> _records = new();
    private readonly List<int> _offsets = [];
    private readonly List<MessageRoute> _routes = [];
    private readonly Dictionary<MessageRoute, int> _routeIndexes = [];

    /// <summary>Messages gathered.</summary>
    public int Count => _offsets.Count;

    /// <summary>Size of their records.</summary>
    public int SizeBytes => _records.WrittenCount;

    /// <summary>The batch is large enough: another message would make it too large to be sent whole.</summary>
    public bool IsFull(int propertiesLength, int bodyLength) =>
        Count > 0 && SizeBytes + MessageRecord.SizeOf(propertiesLength, bodyLength) > ClientSession.BatchBytes;

    /// <summary>Adds one message.</summary>
    /// <param name="route">Exchange and routing key.</param>
    /// <param name="properties">An encoded <see cref="Core.Arguments.ArgumentTable"/>.</param>
    /// <param name="body">The body.</param>
    public void Add(MessageRoute route, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> body)
    {
        var size = MessageRecord.SizeOf(properties.Length, body.Length);
        var record = _records.GetSpan(size);
        MessageRecord.WriteHeader(record, MessageFormat.Table, properties.Length, body.Length, IndexOf(route), MessageFlags.None, priority: 0);
        properties.CopyTo(record[MessageRecord.HeaderSize..]);
        body.CopyTo(record[(MessageRecord.HeaderSize + properties.Length)..]);
        _offsets.Add(_records.WrittenCount);
        _records.Advance(size);
    }

    /// <summary>What was gathered; begins anew.</summary>
    public MessageBatch Take()
    {
        var size = SizeBytes;
        var batch = new MessageBatch(_records.WrittenSpan.ToArray(), [.. _offsets], [.. _routes], size, MessageFlags.None);
        _records.ResetWrittenCount();
        _offsets.Clear();
        _routes.Clear();
        _routeIndexes.Clear();
        return batch;
    }

    private int IndexOf(MessageRoute route)
    {
        if (_routes.Count > 0 && ReferenceEquals(_routes[^1], route))
        {
            return _routes.Count - 1;
        }

        if (!_routeIndexes.TryGetValue(route, out var index))
        {
            index = _routes.Count;
            _routes.Add(route);
            _routeIndexes.Add(route, index);
        }

        return index;
    }
}
