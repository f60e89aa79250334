namespace ActorBroker.Cluster.Tests.Faults;

/// <summary>What a client should not have noticed.</summary>
/// <param name="Text">What it was.</param>
/// <param name="MayBeLoad">
/// A machine that is busy enough brings it about, too, where nodes are given up after as little silence as in the short form.
/// </param>
internal sealed record Surprise(string Text, bool MayBeLoad);
