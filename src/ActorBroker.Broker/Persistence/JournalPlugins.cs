using Akka.Actor;
using Akka.Actor.Setup;

namespace ActorBroker.Broker.Persistence;

/// <summary>Which store a plug-in of an actor system writes to; part of that system's setup.</summary>
public sealed class JournalPlugins : Setup
{
    internal JournalPlugins(IJournalStore main) => Main = main;

    internal IJournalStore Main { get; }

    /// <summary>Those of an actor system, or null.</summary>
    internal static JournalPlugins? Of(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        var setup = system.Settings.Setup.Get<JournalPlugins>();
        return setup.HasValue ? setup.Value : null;
    }

    /// <summary>That of a plug-in, which asks for itself.</summary>
    internal static IJournalStore StoreOf(IActorContext plugin) =>
        Of(plugin.System)?.Main ?? throw new InvalidOperationException($"{plugin.Self.Path.Name} belongs to no journal.");
}
