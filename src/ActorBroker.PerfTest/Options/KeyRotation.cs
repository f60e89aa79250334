using System.Globalization;

namespace ActorBroker.PerfTest.Options;

/// <summary>
/// Routing keys that each producer uses in turn, message by message: a prefix and a number of fixed width. Key n leads to
/// queue n modulo the number of queues, so that with as many keys as queues a producer publishes to all of them in turn.
/// </summary>
/// <param name="Prefix">What all keys begin with.</param>
/// <param name="Count">Number of keys, a multiple of <paramref name="Queues"/>.</param>
/// <param name="Queues">Number of queues.</param>
internal sealed record KeyRotation(string Prefix, int Count, int Queues)
{
    /// <summary>Digits of a key's number.</summary>
    public const int Digits = 7;

    public const int CountMax = 9_999_999;

    /// <summary>A key by its number, from 0 on.</summary>
    public string KeyOf(int number) => Prefix + number.ToString("D" + Digits, CultureInfo.InvariantCulture);

    /// <summary>The number of the key that a producer's message is published with.</summary>
    /// <param name="sequence">From 1 on.</param>
    public int NumberOf(long sequence) => (int)((sequence - 1) % Count);

    /// <summary>The place of a message among those of its producer that go to the same queue, from 1 on.</summary>
    public long SequenceInQueue(long sequence) => ((sequence - 1) / Queues) + 1;

    /// <summary>How many of a producer's first messages go to a queue.</summary>
    public long CountIn(int queue, long published) => (published + Queues - 1 - queue) / Queues;
}
