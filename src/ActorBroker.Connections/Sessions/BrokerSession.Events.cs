using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Sessions;

/// <content>What those who watch the node are told of this connection. Nobody is waited for.</content>
public sealed partial class BrokerSession
{
    private readonly DateTimeOffset _connectedAt;
    private readonly HashSet<SessionChannel> _channelsTold = [];
    private ConnectionDescription? _description;

    /// <summary>How the connection is encrypted; null where it is not.</summary>
    public TlsDescription? Tls { get; init; }

    private ConnectionDescription Description => _description ??= Describe(User, _virtualHost);

    private ConnectionDescription Describe(string user, string virtualHost) =>
        new(_self, _peer, _local, _connectedAt, Listener.Client, user, virtualHost) { Tls = Tls };

    private void TellLogin(string user, Refusal? refusal)
    {
        // Who has authenticated is known only now.
        _description = Describe(User, string.Empty);
        if (Listener.Client.Protocol != NodeStatistics.LocalProtocol)
        {
            // Whoever is behind a part of the node has been counted by that.
            _services.Statistics.Logins.Count(NodeStatistics.LabelOf(Listener.Client.Protocol), _peer.Address, user, refusal is null);
        }

        Tell(new LoginAnswered(_description, user, refusal));
    }

    private void TellOpened()
    {
        _description = Describe(User, _virtualHost);
        ShowOpened();
        Tell(new ConnectionCreated(_description));
    }

    private void TellOpened(SessionChannel channel)
    {
        _channelsTold.Add(channel);
        ShowOpened(channel);
        Tell(new ChannelCreated(Description, channel));
    }

    private void TellClosed(SessionChannel channel)
    {
        if (_channelsTold.Remove(channel))
        {
            ShowClosed(channel);
            Tell(new ChannelClosed(Description, channel));
        }
    }

    private void TellStarted(SessionConsumer consumer)
    {
        consumer.IsTold = true;
        var created = DescriptionOf(consumer);
        _figures?.Add(created);
        Tell(created);
    }

    private ConsumerCreated DescriptionOf(SessionConsumer consumer) =>
        new(Description, consumer.Channel, QueueKeyOf(consumer.Link.Queue), consumer.Settings!);

    private void TellStopped(SessionConsumer consumer)
    {
        if (consumer.IsTold)
        {
            consumer.IsTold = false;
            _figures?.RemoveConsumer(consumer.Channel.Id, consumer.Settings!.Tag);
            Tell(new ConsumerDeleted(Description, consumer.Channel, QueueKeyOf(consumer.Link.Queue), consumer.Settings!.Tag));
        }
    }

    private void TellEnd()
    {
        foreach (var consumer in _consumers.Values)
        {
            TellStopped(consumer);
        }

        foreach (var channel in _channelsTold)
        {
            ShowClosed(channel);
            Tell(new ChannelClosed(Description, channel));
        }

        _channelsTold.Clear();
        ShowEnd();
        Tell(new ConnectionClosed(Description));
    }

    private void Tell(BrokerEvent happened) => _services.Events.Publish(happened);
}
