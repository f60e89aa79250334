namespace ActorBroker.Testing.History;

/// <summary>All that is known about one message.</summary>
public sealed class MessageStory(HistoryEvent.Sent sent)
{
    private readonly List<(int Run, HistoryEvent Event)> _steps = [];

    public HistoryEvent.Sent Sent { get; } = sent;

    public DateTimeOffset? ConfirmedAt { get; private set; }

    /// <summary>Acknowledged by somebody: whatever happens then, it is not lost.</summary>
    public bool IsAcknowledged { get; private set; }

    /// <summary>Rejected by somebody: where rejected messages are dropped, it is gone.</summary>
    public bool IsRejected { get; private set; }

    /// <summary>Deliveries and settlements, each with the number of the broker's run.</summary>
    public IReadOnlyList<(int Run, HistoryEvent Event)> Steps => _steps;

    internal void Confirm(DateTimeOffset at) => ConfirmedAt ??= at;

    internal void Add(int run, HistoryEvent step)
    {
        _steps.Add((run, step));
        if (step is HistoryEvent.Settled settled)
        {
            IsAcknowledged |= settled.As == Settlement.Acknowledged;
            IsRejected |= settled.As == Settlement.Rejected;
        }
    }
}
