using System.Text.Json.Nodes;

namespace ActorBroker.CommandLine.Messages;

/// <summary>Messages that are followed without taking them from anybody.</summary>
internal interface IMessageSource
{
    /// <summary>Gets ready, so that nothing is missed from then on.</summary>
    Task OpenAsync();

    /// <summary>The messages that have come since it was asked before, or some of them; none when there are none.</summary>
    Task<IReadOnlyList<JsonObject>> NextAsync();

    /// <summary>Leaves everything as it was found, also when the command was interrupted.</summary>
    Task CloseAsync();
}
