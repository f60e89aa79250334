namespace ActorBroker.Contracts.Options;

/// <summary>
/// The broker cannot start, for a reason that its operator can remove. <see cref="Exception.Message"/> is one line
/// that says what is wrong and where; it is shown without a stack trace.
/// </summary>
public class StartupException : Exception
{
    public StartupException()
    {
    }

    public StartupException(string message)
        : base(message)
    {
    }

    public StartupException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
