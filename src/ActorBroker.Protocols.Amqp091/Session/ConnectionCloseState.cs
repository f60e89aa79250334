namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>How far the end of a connection has come.</summary>
public enum ConnectionCloseState
{
    /// <summary>The connection is in use, its handshake included.</summary>
    Open,

    /// <summary>Bytes are still expected: a connection.close-ok, or the broker's answers that a client's connection.close waits for.</summary>
    Closing,

    /// <summary>Write what output there is, then close the socket. Input is of no interest any more.</summary>
    Closed,
}
