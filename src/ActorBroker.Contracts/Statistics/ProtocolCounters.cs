using ActorBroker.Core.Statistics;

namespace ActorBroker.Contracts.Statistics;

/// <summary>What clients of one protocol have done, and how many they are.</summary>
public sealed class ProtocolCounters
{
    /// <summary>Of all their channels, those included that are no more.</summary>
    public ChannelCounters Channels { get; } = new();

    /// <summary>Messages published on channels that confirm.</summary>
    public long PublishedConfirm { get; private set; }

    /// <summary>Open channels that something was published on.</summary>
    public int Publishers { get; private set; }

    /// <summary>Consumers.</summary>
    public int Consumers { get; private set; }

    internal void Add(IChannelFigures channel)
    {
        Channels.Add(channel.Counters);
        PublishedConfirm += channel.IsConfirming ? channel.Counters.Published : 0;
    }

    internal void Add(ConnectionFigures connection)
    {
        Consumers += connection.ConsumerCount;
        foreach (var channel in connection.Channels())
        {
            if (channel.Figures is { } figures)
            {
                Add(figures);
                Publishers += figures.Counters.Published > 0 ? 1 : 0;
            }
        }
    }

    internal ProtocolCounters Copy()
    {
        var copy = new ProtocolCounters { PublishedConfirm = PublishedConfirm };
        copy.Channels.Add(Channels);
        return copy;
    }
}
