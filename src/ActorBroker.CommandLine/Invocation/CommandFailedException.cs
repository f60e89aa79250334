namespace ActorBroker.CommandLine.Invocation;

/// <summary>A command did not do what it was to do. The message says why, in one line.</summary>
internal sealed class CommandFailedException(string reason) : Exception(reason);
