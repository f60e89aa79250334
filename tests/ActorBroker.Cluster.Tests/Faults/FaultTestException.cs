namespace ActorBroker.Cluster.Tests.Faults;

/// <summary>A run that could not be brought to its end.</summary>
public sealed class FaultTestException(string message, Exception inner) : Exception(message, inner);
