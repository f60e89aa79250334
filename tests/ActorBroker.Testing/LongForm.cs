namespace ActorBroker.Testing;

/// <summary>
/// Fault tests take seconds, unless the environment variable <c>ACTORBROKER_TEST_LONG</c> is <c>1</c>: then they take as
/// long as the fault would in earnest.
/// </summary>
public static class LongForm
{
    public static bool IsAsked { get; } = Environment.GetEnvironmentVariable("ACTORBROKER_TEST_LONG") == "1";

    public static T Or<T>(T longForm, T shortForm) => IsAsked ? longForm : shortForm;
}
