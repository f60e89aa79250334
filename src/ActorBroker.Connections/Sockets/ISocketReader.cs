using System.Net.Sockets;

namespace ActorBroker.Connections.Sockets;

/// <summary>The receiving half of a connection, plain or within TLS. Tells by a callback of its maker's when to try again.</summary>
internal interface ISocketReader : IDisposable
{
    /// <summary>Why the last <see cref="Receive"/> or wait failed.</summary>
    SocketError Error { get; }

    /// <summary>A wait is under way that writes into the buffer given last: its array must not go back to a pool.</summary>
    bool IsFilling { get; }

    /// <summary>
    /// Receives once into <paramref name="buffer"/>, whose array is given back if there is nothing to receive.
    /// </summary>
    ReceiveOutcome Receive(IncomingBuffer buffer);

    /// <summary>Notes the end of a wait, after the callback. False if it ended by an error.</summary>
    bool EndWait();
}

/// <summary>How a receive came out.</summary>
internal enum ReceiveOutcome
{
    /// <summary>Bytes were appended to the buffer.</summary>
    Received,

    /// <summary>There is nothing to receive; the reader's callback will tell when to try again.</summary>
    Waiting,

    /// <summary>The peer has closed its sending side and everything it sent was received.</summary>
    Ended,

    /// <summary>The connection is lost.</summary>
    Failed,
}
