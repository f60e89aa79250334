namespace ActorBroker.Contracts.Options;

/// <summary>Clients that come by Akka.Remote.</summary>
/// <param name="Enabled">Whether they are let in.</param>
/// <param name="SessionTimeout">A client that nothing was heard of for so long is lost.</param>
public sealed record AkkaClientOptions(bool Enabled, TimeSpan SessionTimeout)
{
    /// <exception cref="StartupException">A value is missing or cannot be used.</exception>
    public static AkkaClientOptions Read(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new AkkaClientOptions(
            settings.Switch("actorbroker.akka-clients.enabled"),
            settings.Duration("actorbroker.akka-clients.session-timeout", TimeSpan.FromSeconds(4), TimeSpan.FromHours(1)));
    }
}
