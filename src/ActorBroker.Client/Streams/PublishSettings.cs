namespace ActorBroker.Client.Streams;

/// <summary>How much a stream publishes ahead of confirms.</summary>
public sealed record PublishSettings
{
    /// <summary>As the record's members say.</summary>
    public static PublishSettings Default { get; } = new();

    /// <summary>Most messages that are not confirmed: upstream is not asked for more.</summary>
    public int UnconfirmedMax { get; init; } = 1_024;

    /// <summary>Most bytes of bodies that are not confirmed; one message more at most.</summary>
    public int UnconfirmedBytesMax { get; init; } = 4 * 1024 * 1024;
}
