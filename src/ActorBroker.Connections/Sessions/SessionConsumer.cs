using ActorBroker.Core.Arguments;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Sessions;

/// <summary>A consumer (with settings) or a getter (without) and its queue.</summary>
internal sealed class SessionConsumer(int id, QueueLink link, ConsumerSettings? settings, SessionChannel channel = default)
{
    private const string StreamOffset = "x-stream-offset";

    public int Id { get; } = id;

    public QueueLink Link { get; set; } = link;

    public ConsumerSettings? Settings { get; } = settings;

    public SessionChannel Channel { get; } = channel;

    /// <summary>The client waits for it to start, at whichever incarnation of the queue; null when it has heard.</summary>
    public Action<Refusal?>? Starting { get; set; }

    /// <summary>Since when, a timestamp.</summary>
    public long StartingSince { get; init; }

    /// <summary>Those who watch know of it.</summary>
    public bool IsTold { get; set; }

    public bool IsActive { get; set; } = true;

    public bool IsStopped { get; set; }

    public PositionEpoch Positions { get; } = new();

    /// <summary>For the queue's present incarnation: a stream's consumer goes on where the last one left off.</summary>
    public ConsumerSettings SettingsToStart => Positions.NextOffset is { } offset
        ? Settings! with { Arguments = From(Settings.Arguments, offset) }
        : Settings!;

    private static ArgumentTable From(ArgumentTable arguments, long offset)
    {
        var changed = new ArgumentTable.Builder();
        foreach (var (name, value) in arguments)
        {
            if (name != StreamOffset)
            {
                changed.Add(name, value);
            }
        }

        return changed.Add(StreamOffset, ArgumentValue.FromInt64(offset)).Build();
    }
}
