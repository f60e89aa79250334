using System.Net;

namespace ActorBroker.Contracts.Options;

/// <summary>Clients that come by Akka.Remote.</summary>
/// <param name="Enabled">Whether they are let in.</param>
/// <param name="SessionTimeout">A client that nothing was heard of for so long is lost.</param>
/// <param name="Gate">The port that they have for themselves; null where they come by that of the nodes.</param>
public sealed record AkkaClientOptions(bool Enabled, TimeSpan SessionTimeout, ClientGateOptions? Gate)
{
    /// <exception cref="StartupException">A value is missing or cannot be used.</exception>
    public static AkkaClientOptions Read(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var gate = new ClientGateOptions(
            settings.TextIfAny("actorbroker.akka-clients.gate.host") ?? settings.Text("actorbroker.cluster.host"),
            settings.WholeNumber("actorbroker.akka-clients.gate.port", 0, IPEndPoint.MaxPort));
        return new AkkaClientOptions(
            settings.Switch("actorbroker.akka-clients.enabled"),
            settings.Duration("actorbroker.akka-clients.session-timeout", TimeSpan.FromSeconds(4), TimeSpan.FromHours(1)),
            settings.Switch("actorbroker.akka-clients.gate.enabled") ? gate : null);
    }
}

/// <summary>Where clients that come by Akka.Remote connect, when it is not where nodes do.</summary>
/// <param name="Host">Name or address by which they reach it; it is bound too.</param>
/// <param name="Port">The port; 0 for any that is free.</param>
public sealed record ClientGateOptions(string Host, int Port)
{
    /// <summary>Its name among the listeners.</summary>
    public const string Name = "akka-clients";
}
