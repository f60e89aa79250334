using System.Runtime.CompilerServices;

namespace ActorBroker.Core.Statistics;

/// <summary>
/// How large the bodies of published messages were, by the bounds of RabbitMQ's <c>message_size_bytes</c>. One writer;
/// others read as they are, each number by itself.
/// </summary>
public sealed class MessageSizes
{
    /// <summary>How many <see cref="Counts"/> there are: one up to each of <see cref="Bounds"/>, and one beyond the last.</summary>
    public const int CountsLength = 9;

    private Ranges _counts;

    /// <summary>The largest body of each range but the last, in bytes, ascending.</summary>
    public static ReadOnlySpan<int> Bounds => [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 50_000_000, 100_000_000];

    /// <summary>Messages in each range by itself.</summary>
    public long[] Counts => ((ReadOnlySpan<long>)_counts).ToArray();

    /// <summary>All messages.</summary>
    public long Messages
    {
        get
        {
            var messages = 0L;
            foreach (var count in (ReadOnlySpan<long>)_counts)
            {
                messages += count;
            }

            return messages;
        }
    }

    /// <summary>Bytes of all bodies.</summary>
    public long SumBytes { get; private set; }

    /// <summary>One message more.</summary>
    public void Count(int bodyLength)
    {
        var bounds = Bounds;
        var range = 0;
        while (range < bounds.Length && bodyLength > bounds[range])
        {
            range++;
        }

        _counts[range]++;
        SumBytes += bodyLength;
    }

    /// <summary>Adds what another has counted.</summary>
    public void Add(MessageSizes other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var range = 0; range < CountsLength; range++)
        {
            _counts[range] += other._counts[range];
        }

        SumBytes += other.SumBytes;
    }

    [InlineArray(CountsLength)]
    private struct Ranges
    {
        private long _first;
    }
}
