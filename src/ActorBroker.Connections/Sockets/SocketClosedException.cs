using System.Net.Sockets;

namespace ActorBroker.Connections.Sockets;

/// <summary>
/// The connection ended by an error of the socket (reset by the peer, broken pipe, time-out of the network) rather than
/// by an orderly close. It is what a network does, not a defect: it is counted or logged as one line, without a trace.
/// </summary>
public sealed class SocketClosedException(SocketError error) : Exception($"The connection was lost: {error}.")
{
    /// <summary>What the operating system reported.</summary>
    public SocketError Error { get; } = error;
}
