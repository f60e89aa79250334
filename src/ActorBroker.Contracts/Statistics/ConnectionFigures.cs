using ActorBroker.Contracts.Events;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Contracts.Statistics;

/// <summary>
/// One connection as those see it who watch its node. Written by the connection alone; read by any thread, each value by
/// itself, as of some moment just past.
/// </summary>
public sealed class ConnectionFigures
{
    private readonly Lock _lock = new();
    private List<SessionChannel>? _channels;
    private List<ConsumerCreated>? _consumers;
    private List<(ExchangeKey Exchange, ExchangeCounters Counters)>? _exchanges;
    private volatile ConnectionDescription _description;

    /// <summary>A connection that has said nothing yet.</summary>
    public ConnectionFigures(ConnectionDescription description) => _description = description;

    /// <summary>Who it is, as far as that is known by now.</summary>
    public ConnectionDescription Description
    {
        get => _description;
        set => _description = value;
    }

    /// <summary>Bytes read of the client.</summary>
    public long BytesRead { get; set; }

    /// <summary>Bytes given to the network for the client.</summary>
    public long BytesWritten { get; set; }

    /// <summary>Times that something was read.</summary>
    public long Reads { get; set; }

    /// <summary>Times that something was written.</summary>
    public long Writes { get; set; }

    /// <summary>It publishes while resources are short, and is not read.</summary>
    public bool IsBlocked { get; set; }

    /// <summary>Where <see cref="ConnectionRegister"/> has it; -1 for nowhere.</summary>
    internal int Place { get; set; } = -1;

    /// <summary>How many channels are open.</summary>
    public int ChannelCount => _channels?.Count ?? 0;

    /// <summary>How many consumers it has.</summary>
    public int ConsumerCount => _consumers?.Count ?? 0;

    /// <summary>The open channels, now.</summary>
    public SessionChannel[] Channels() => Copy(ref _channels);

    /// <summary>The consumers, now.</summary>
    public ConsumerCreated[] Consumers() => Copy(ref _consumers);

    /// <summary>What it has published to which exchange.</summary>
    public (ExchangeKey Exchange, ExchangeCounters Counters)[] Exchanges() => Copy(ref _exchanges);

    /// <summary>A channel is open. By the connection.</summary>
    public void Add(SessionChannel channel)
    {
        lock (_lock)
        {
            (_channels ??= new List<SessionChannel>(1)).Add(channel);
        }
    }

    /// <summary>What an open channel has done; null when there is none. By the connection.</summary>
    /// <param name="channelId">As of <see cref="SessionChannel.Id"/>.</param>
    public ChannelCounters? FindChannel(int channelId) => _channels?.Find(channel => channel.Id == channelId).Figures?.Counters;

    /// <summary>A channel has ended; false when it was not open. By the connection.</summary>
    public bool Remove(SessionChannel channel)
    {
        lock (_lock)
        {
            return _channels?.Remove(channel) ?? false;
        }
    }

    /// <summary>A consumer is on its queue. By the connection.</summary>
    public void Add(ConsumerCreated consumer)
    {
        lock (_lock)
        {
            (_consumers ??= new List<ConsumerCreated>(1)).Add(consumer);
        }
    }

    /// <summary>A consumer has ended. By the connection.</summary>
    public void RemoveConsumer(int channelId, string tag)
    {
        lock (_lock)
        {
            var index = _consumers?.FindIndex(consumer => consumer.Channel.Id == channelId && consumer.Settings.Tag == tag) ?? -1;
            if (index >= 0)
            {
                _consumers!.RemoveAt(index);
            }
        }
    }

    /// <summary>What it publishes to an exchange is counted here. By the connection.</summary>
    public ExchangeCounters CountersOf(ExchangeKey exchange)
    {
        if (_exchanges is not null)
        {
            foreach (var (known, counters) in _exchanges)
            {
                if (known == exchange)
                {
                    return counters;
                }
            }
        }

        lock (_lock)
        {
            var counters = new ExchangeCounters();
            (_exchanges ??= new List<(ExchangeKey, ExchangeCounters)>(1)).Add((exchange, counters));
            return counters;
        }
    }

    private T[] Copy<T>(ref List<T>? list)
    {
        lock (_lock)
        {
            return list is null ? [] : [.. list];
        }
    }
}
