using ActorBroker.Core.Sessions;

namespace ActorBroker.Contracts.Access;

/// <summary>From a connection that has to count its channels: may there be one more? Answered by <see cref="ChannelOpened"/>.</summary>
public sealed record OpenChannel(long RequestId) : AccessCommand(RequestId);

/// <summary>The answer to <see cref="OpenChannel"/>: yes, and counted, when <paramref name="Refusal"/> is null.</summary>
public sealed record ChannelOpened(long RequestId, Refusal? Refusal) : IRequestAnswer;

/// <summary>From a connection that has to count its channels: one has ended. Not answered.</summary>
public sealed record CloseChannel() : AccessCommand(0);

/// <summary>
/// From a connection that has been let into a virtual host, to an incarnation of the entity that may not know it: this
/// is what it has open. Answered by <see cref="ConnectionCounted"/>.
/// </summary>
public sealed record CountConnection(string User, string VirtualHost, int Channels) : AccessCommand(0);

/// <summary>
/// To a connection in a virtual host: the sender counts it until either of the two ends. Also sent unasked when
/// <paramref name="CountsChannels"/> changes; then the connection says how many it has by <see cref="CountConnection"/>.
/// </summary>
/// <param name="CountsChannels">The user's channels are limited: ask before each, and tell of its end.</param>
public sealed record ConnectionCounted(bool CountsChannels) : IBrokerMessage;
