namespace ActorBroker.Testing.History;

/// <summary>
/// Decides whether a history is one that a broker may have. It is to be asked after the queues were drained: what is
/// confirmed and still waits counts as lost.
/// </summary>
public static class HistoryChecker
{
    public static IReadOnlyList<Violation> Check(IReadOnlyList<HistoryEvent> history, HistoryContract contract)
    {
        var chronicle = new Chronicle(history);
        return
        [
            .. chronicle.UnknownMessages,
            .. LossRules.Check(chronicle, contract),
            .. RepetitionRules.Check(chronicle, contract),
            .. OrderRules.Check(chronicle, contract),
            .. TimeRules.Check(chronicle, contract),
            .. StreamRules.Check(chronicle, contract),
            .. TopologyRules.Check(chronicle),
        ];
    }

    /// <summary>The confirmed messages that somebody still has to be handed.</summary>
    public static int CountOwed(IReadOnlyList<HistoryEvent> history, HistoryContract contract)
    {
        var chronicle = new Chronicle(history);
        return LossRules.Owed(chronicle, contract).Count() + StreamRules.Owed(chronicle, contract).Count();
    }
}
