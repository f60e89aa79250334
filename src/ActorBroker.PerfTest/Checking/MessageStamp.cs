namespace ActorBroker.PerfTest.Checking;

/// <summary>
/// What a producer writes at the start of each body, big-endian:
/// <code>
/// 0                          8              16
/// | run:12 producer:12 seq:40 | sent-at:int64 | filler ...
/// </code>
/// The first eight bytes are the message's identity: the run of the program that published it, so that leftovers of another
/// one are told apart, the producer's index, and a sequence number from 1 on. The time is that of the monotonic clock.
/// A body of fewer than 8 bytes has no stamp, one of fewer than 16 no time.
/// </summary>
internal static class MessageStamp
{
    public const int IdentitySize = sizeof(ulong);
    public const int Size = IdentitySize + sizeof(long);
    public const int ProducerBits = 12;
    public const int RunMax = (1 << 12) - 1;
    public const int ProducerMax = (1 << ProducerBits) - 1;

    public const long SequenceMax = (1L << SequenceBits) - 1;

    private const int SequenceBits = 40;

    public static ulong Identity(int run, int producer, long sequence) =>
        ((ulong)StreamOf(run, producer) << SequenceBits) | ((ulong)sequence);

    /// <summary>The same but for the sequence number.</summary>
    public static ulong Renumbered(ulong identity, long sequence) => (identity & ~(ulong)SequenceMax) | ((ulong)sequence);

    public static long SequenceOf(ulong identity) => (long)(identity & SequenceMax);

    public static int RunOf(ulong identity) => StreamOf(identity) >> ProducerBits;

    /// <summary>Run and producer: what the messages of one sequence have in common.</summary>
    public static int StreamOf(ulong identity) => (int)(identity >> SequenceBits);

    public static int StreamOf(int run, int producer) => (run << ProducerBits) | producer;
}
