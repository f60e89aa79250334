using System.Net.Sockets;
using System.Security.Authentication;

namespace ActorBroker.Connections.Sockets;

/// <summary>How a TLS session fails: by what its socket meets, or by bytes that are not TLS.</summary>
internal static class TlsFailure
{
    /// <summary>Whether it is what a peer or a network can cause.</summary>
    public static bool IsKnown(Exception failure) =>
        failure is IOException or SocketException or ObjectDisposedException or AuthenticationException or InvalidOperationException;

    /// <summary>The socket's error, or <see cref="SocketError.ConnectionAborted"/> where the session itself failed.</summary>
    public static SocketError ErrorOf(Exception failure) => failure switch
    {
        SocketException socket => socket.SocketErrorCode,
        { InnerException: SocketException socket } => socket.SocketErrorCode,
        _ => SocketError.ConnectionAborted,
    };
}
