using System.Buffers.Binary;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Lanes;

/// <summary>Which lane a message belongs to, by what the queue's settings ask for.</summary>
internal sealed class LaneClassifier
{
    private readonly MessageFormats _formats;
    private readonly MessageFlags _telling;
    private readonly string? _fairHeader;
    private readonly string? _groupHeader;
    private readonly int _maxPriority;

    public LaneClassifier(QueueSettings settings, MessageFormats formats)
    {
        _formats = formats;
        _fairHeader = settings.FairHeader;
        _groupHeader = settings.GroupHeader;
        _maxPriority = Math.Clamp(settings.MaxPriority, 0, byte.MaxValue);
        DefaultPriority = (byte)Math.Clamp(settings.DefaultPriority, 0, _maxPriority);
        _telling = (_maxPriority > 0 ? MessageFlags.HasPriority : 0) | (IsFair || IsGrouped ? MessageFlags.HasHeaders : 0);
    }

    /// <summary>Priority of messages that have none.</summary>
    public byte DefaultPriority { get; }

    /// <summary>Lanes of one priority share by a header's values.</summary>
    public bool IsFair => _fairHeader is not null;

    /// <summary>Messages may belong to groups.</summary>
    public bool IsGrouped => _groupHeader is not null;

    /// <summary>False when none of the batch's messages can belong elsewhere than where those without any mark do.</summary>
    public bool MayDiffer(MessageBatch batch) => _telling != MessageFlags.None && (batch.AnyFlags & _telling) != 0;

    /// <summary>The message's lane; values of headers are hashed to numbers above zero.</summary>
    public LaneKey KeyOf(in MessageView message)
    {
        var flags = message.Flags;
        var priority = _maxPriority > 0 && (flags & MessageFlags.HasPriority) != 0
            ? (byte)Math.Min(message.Priority, _maxPriority)
            : DefaultPriority;
        return (flags & MessageFlags.HasHeaders) == 0 || !(IsFair || IsGrouped)
            ? new LaneKey(priority, 0, 0)
            : new LaneKey(priority, NumberOf(message, _fairHeader), NumberOf(message, _groupHeader));
    }

    private long NumberOf(in MessageView message, string? header) =>
        header is not null && _formats[message.Format].TryReadHeader(message.Properties, header, out var value) ? NumberOf(value) : 0;

    // The same for all widths of an integer. Kept in snapshots: must not change.
    private static long NumberOf(in ArgumentValue value)
    {
        if (value.Kind is ArgumentKind.LongString or ArgumentKind.Binary)
        {
            return Hash(value.AsBytes().Span);
        }

        long bits;
        switch (value.Kind)
        {
            case ArgumentKind.Boolean:
                bits = value.AsBoolean() ? 1 : 0;
                break;
            case ArgumentKind.Timestamp:
                bits = (long)value.AsTimestamp();
                break;
            case ArgumentKind.Double:
                bits = BitConverter.DoubleToInt64Bits(value.AsDouble());
                break;
            case ArgumentKind.Single:
                bits = BitConverter.DoubleToInt64Bits(value.AsSingle());
                break;
            default:
                if (!value.TryGetInt64(out bits))
                {
                    return 0;
                }

                break;
        }

        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bits);
        return Hash(bytes);
    }

    // FNV-1a, its 64 bits mixed once more so that few of them will do.
    private static long Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = 14695981039346656037UL;
        foreach (var value in bytes)
        {
            hash = (hash ^ value) * 1099511628211UL;
        }

        hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93UL;
        hash ^= hash >> 32;
        return Math.Max(1, (long)(hash & long.MaxValue));
    }
}
