using System.Diagnostics;
using ActorBroker.Core.Messages;

namespace ActorBroker.Contracts.Telemetry;

/// <summary>
/// What the broker does with messages whose publishers trace them: those with a W3C context in their headers
/// (<c>traceparent</c>, <c>tracestate</c>), which stays as it is. As long as nobody listens it is one comparison.
/// </summary>
public static class BrokerTraces
{
    /// <summary>The name of the source of activities, and of the meter.</summary>
    public const string Name = "ActorBroker";

    private const string ParentHeader = "traceparent";
    private const string StateHeader = "tracestate";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>Somebody listens.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>The context that a message carries, if it does.</summary>
    public static bool TryGetContext(MessageFormats formats, MessageFormat format, MessageFlags flags, ReadOnlySpan<byte> properties, out ActivityContext context)
    {
        ArgumentNullException.ThrowIfNull(formats);
        context = default;
        if ((flags & MessageFlags.HasHeaders) == 0
            || !formats[format].TryReadHeader(properties, ParentHeader, out var parent) || !parent.TryGetString(out var parentText))
        {
            return false;
        }

        var state = formats[format].TryReadHeader(properties, StateHeader, out var value) && value.TryGetString(out var stateText) ? stateText : null;
        return ActivityContext.TryParse(parentText, state, isRemote: true, out context);
    }

    /// <summary>Something that was done with a message, from its beginning until now.</summary>
    /// <param name="operation">publish, route, enqueue, deliver or settle.</param>
    /// <param name="kind">On whose behalf.</param>
    /// <param name="parent">What it is a part of.</param>
    /// <param name="began">When it began.</param>
    /// <param name="destination">The exchange or queue.</param>
    /// <param name="tag">What else is to be told; null for nothing.</param>
    /// <param name="tagValue">Its value.</param>
    /// <returns>For what is a part of it; the parent itself where nobody records it.</returns>
    public static ActivityContext Tell(
        string operation, ActivityKind kind, ActivityContext parent, DateTimeOffset began, string destination, string? tag = null, object? tagValue = null)
    {
        using var activity = Source.CreateActivity($"{operation} {destination}", kind, parent);
        if (activity is null)
        {
            return parent;
        }

        activity.SetStartTime(began.UtcDateTime);
        activity.SetTag("messaging.system", "rabbitmq");
        activity.SetTag("messaging.operation.name", operation);
        activity.SetTag("messaging.destination.name", destination);
        if (tag is not null)
        {
            activity.SetTag(tag, tagValue);
        }

        activity.Start();
        return activity.Context;
    }
}
