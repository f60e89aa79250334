using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;

namespace ActorBroker.PerfTest.Checking;

/// <summary>
/// What one queue delivered of one producer's messages, by their sequence numbers: which were skipped, came twice, or came
/// after a later one. Memory is bounded by the number of gaps that are open, and that by <see cref="GapsMax"/>.
/// </summary>
/// <param name="first">The sequence number that should come first.</param>
/// <param name="isOrdered">False if several consumers share the queue: when each of them reads says nothing of the order.</param>
internal sealed class SequenceStream(long first, bool isOrdered)
{
    /// <summary>Above this number of open gaps the oldest is given up: its messages are lost, and duplicates if they come.</summary>
    public const int GapsMax = 65_536;

    private readonly PositionSet _missing = new();
    private long _next = first;
    private long _givenUp;

    /// <summary>The highest sequence number seen.</summary>
    public long Highest => _next - 1;

    /// <summary>How many of the numbers up to <see cref="Highest"/> have not come.</summary>
    public long Missing => _missing.Count + _givenUp;

    /// <summary>How many came again, redelivered ones left out.</summary>
    public long Duplicates { get; private set; }

    /// <summary>How many came although a later one was there before, redelivered ones left out.</summary>
    public long OutOfOrder { get; private set; }

    /// <summary>How many different messages came.</summary>
    public long Received { get; private set; }

    /// <param name="redelivered">The broker says that it may have delivered the message before, so it may be late or a repetition.</param>
    public void Observe(long sequence, bool redelivered)
    {
        if (sequence < _next)
        {
            ObserveEarlier(sequence, redelivered);
            return;
        }

        if (sequence > _next)
            OpenGap(sequence);
        _next = sequence + 1;
        Received++;
    }

    private void OpenGap(long sequence)
    {
        if (_missing.IntervalCount == GapsMax)
            _givenUp += _missing.Remove(_missing.First);
        _missing.Add(new PositionRange(_next, sequence - _next));
    }

    private void ObserveEarlier(long sequence, bool redelivered)
    {
        if (_missing.Remove(new PositionRange(sequence, 1)) == 0)
        {
            Duplicates += redelivered ? 0 : 1;
            return;
        }

        Received++;
        OutOfOrder += redelivered || !isOrdered ? 0 : 1;
    }
}
