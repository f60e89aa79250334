using System.Net;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Contracts.Events;

/// <summary>A connection as its events tell of it.</summary>
/// <param name="Actor">Stands for it: the owner of its exclusive queues. Not meant to be told anything.</param>
/// <param name="Peer">The client's address.</param>
/// <param name="Local">The address that the client has connected to.</param>
/// <param name="ConnectedAt">When it has.</param>
/// <param name="Client">What it said of itself.</param>
/// <param name="User">Empty before it has authenticated.</param>
/// <param name="VirtualHost">Empty before it has entered one.</param>
public sealed record ConnectionDescription(
    IActorRef Actor, IPEndPoint Peer, IPEndPoint Local, DateTimeOffset ConnectedAt, ClientDescription Client, string User, string VirtualHost)
{
    /// <summary>How it is encrypted; null where it is not.</summary>
    public TlsDescription? Tls { get; init; }

    /// <summary>The name by which operators know it, on its node unique as long as it lives.</summary>
    public string Name => $"{Peer} -> {Local}";
}

/// <summary>Something has happened on a connection of the node.</summary>
public abstract record ConnectionEvent(ConnectionDescription Connection) : BrokerEvent;

/// <summary>A client has authenticated, or was refused: then the text is for operators.</summary>
public sealed record LoginAnswered(ConnectionDescription Connection, string User, Refusal? Refusal) : ConnectionEvent(Connection);

/// <summary>A connection has entered a virtual host, and is open.</summary>
public sealed record ConnectionCreated(ConnectionDescription Connection) : ConnectionEvent(Connection);

/// <summary>A connection has ended, be it one that was never open.</summary>
public sealed record ConnectionClosed(ConnectionDescription Connection) : ConnectionEvent(Connection);

/// <summary>A channel is open.</summary>
public sealed record ChannelCreated(ConnectionDescription Connection, SessionChannel Channel) : ConnectionEvent(Connection);

/// <summary>A channel has ended.</summary>
public sealed record ChannelClosed(ConnectionDescription Connection, SessionChannel Channel) : ConnectionEvent(Connection);

/// <summary>A consumer is on its queue.</summary>
public sealed record ConsumerCreated(ConnectionDescription Connection, SessionChannel Channel, QueueKey Queue, ConsumerSettings Settings)
    : ConnectionEvent(Connection);

/// <summary>A consumer gets no more deliveries: it was cancelled, its channel has ended, or its queue is gone.</summary>
public sealed record ConsumerDeleted(ConnectionDescription Connection, SessionChannel Channel, QueueKey Queue, string Tag)
    : ConnectionEvent(Connection);
