using System.Net.Sockets;

namespace ActorBroker.Connections.Sockets;

/// <summary>
/// The sending half of a connection, plain or within TLS: sends one <see cref="OutgoingBuffer"/> at a time, whole, and
/// disposes it. Tells by a callback of its maker's when a send that was pending has ended.
/// </summary>
internal interface ISocketWriter : IDisposable
{
    /// <summary>Whether a send is pending: the buffer may still be read from.</summary>
    bool IsPending { get; }

    /// <summary>How the last send ended.</summary>
    SocketError Error { get; }

    /// <summary>Takes over <paramref name="buffer"/>. True if the send has ended, false if it is pending.</summary>
    bool Send(OutgoingBuffer buffer);

    /// <summary>Goes on after the callback of a pending send. True if the send has ended, false if it is pending.</summary>
    bool Continue();

    /// <summary>Nothing more is sent: the peer hears the end of the stream. Not while a send is pending.</summary>
    /// <exception cref="SocketException">The connection is lost.</exception>
    void EndStream();
}
