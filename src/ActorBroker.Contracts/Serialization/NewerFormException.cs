namespace ActorBroker.Contracts.Serialization;

/// <summary>Bytes are whole, and of a form that only a newer version reads.</summary>
internal sealed class NewerFormException(string message) : Exception(message);
