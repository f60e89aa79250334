namespace ActorBroker.Connections.Listeners;

/// <summary>A listener could not be bound. The message is one line that names the address and the reason.</summary>
public sealed class BindException(string message, Exception? cause = null) : Exception(message, cause);
