using ActorBroker.Core.Arguments;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Core.Sessions;

/// <summary>What a client has said of itself, and what it and the broker have agreed on, so far.</summary>
/// <param name="Protocol">Name and version of the protocol, such as <c>AMQP 0-9-1</c>.</param>
/// <param name="Mechanism">By which the client authenticates; empty before it does.</param>
/// <param name="Properties">In the client's own words: its product, its name for the connection, and so on.</param>
/// <param name="ChannelMax">Most channels at a time.</param>
/// <param name="FrameMax">Most bytes of a frame.</param>
/// <param name="Heartbeat">Zero for none.</param>
public sealed record ClientDescription(
    string Protocol, string Mechanism, ArgumentTable Properties, int ChannelMax, int FrameMax, TimeSpan Heartbeat);

/// <summary>A channel (session, stream of requests) of a connection.</summary>
/// <param name="Id">Never used again within the connection.</param>
/// <param name="Number">As the client names it; used again once the channel has ended.</param>
public readonly record struct SessionChannel(int Id, int Number)
{
    /// <summary>How it stands, for those who watch; null where nobody is told.</summary>
    public IChannelFigures? Figures { get; init; }

    /// <summary>The same channel.</summary>
    public bool Equals(SessionChannel other) => Id == other.Id && Number == other.Number;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Number);
}
