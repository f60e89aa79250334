namespace ActorBroker.Broker.Persistence;

/// <summary>
/// The journal cannot write now, because its disk is full or fails, and may be able to later. Events are rejected with it
/// instead of failed: whoever persists them stays, and may persist them again.
/// </summary>
public sealed class JournalUnavailableException : Exception
{
    public JournalUnavailableException()
        : this("the journal cannot write now")
    {
    }

    public JournalUnavailableException(string message)
        : base(message)
    {
    }

    public JournalUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
