namespace ActorBroker.Contracts.Management;

/// <summary>A number that is watched over time, under RabbitMQ's name for it.</summary>
/// <param name="Name">Such as <c>publish</c>, <c>messages_ready</c>, <c>recv_oct</c>.</param>
/// <param name="Value">As of now: of what is counted, since the node knows the object.</param>
/// <param name="Rate">How much it grows in a second, of late; null where nothing is sampled, or nobody asks for it.</param>
public sealed record Figure(string Name, long Value, double? Rate = null)
{
    /// <summary>What it was, newest first, where the question asked for that; else empty.</summary>
    public IReadOnlyList<FigureSample> Samples { get; init; } = [];
}

/// <summary>What a figure was at a moment.</summary>
/// <param name="At">Unix time in milliseconds.</param>
/// <param name="Value">What it was.</param>
public readonly record struct FigureSample(long At, long Value);

/// <summary>Which samples an answer is to hold: those of the last <paramref name="Age"/>, one every <paramref name="Increment"/>.</summary>
/// <param name="Age">How far back.</param>
/// <param name="Increment">From one to the next; nothing is sampled more often than every five seconds.</param>
public sealed record SampleRange(TimeSpan Age, TimeSpan Increment);
