using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace ActorBroker.Connections.Listeners;

/// <summary>A client's connection, ready to speak its protocol. Whoever is handed it owns the socket and the session.</summary>
/// <param name="Socket">Connected.</param>
/// <param name="Tls">The TLS session over it, its handshake done; null where there is none.</param>
/// <param name="Peer">The client's address.</param>
/// <param name="Local">The address that it has connected to.</param>
public sealed record AcceptedClient(Socket Socket, SslStream? Tls, IPEndPoint Peer, IPEndPoint Local);
