using Akka.Actor;
using Akka.Configuration;

namespace ActorBroker.Client.Tests;

/// <summary>An application's own actor system, with nothing configured but that it is remote.</summary>
internal static class ClientSystem
{
    private const string Settings =
        """
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        akka.loglevel = WARNING
        akka.stdout-loglevel = OFF
        akka.log-dead-letters = off
        akka.log-dead-letters-during-shutdown = off
        """;

    public static ActorSystem Start(string name = "application") => ActorSystem.Create(name, ConfigurationFactory.ParseString(Settings));
}
