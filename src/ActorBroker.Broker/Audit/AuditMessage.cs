using System.Diagnostics.CodeAnalysis;
using ActorBroker.Broker.Forwarding;
using ActorBroker.Contracts.Audit;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using Akka.Actor;

namespace ActorBroker.Broker.Audit;

/// <summary>A record on its way to the stream: properties and no body.</summary>
internal sealed class AuditMessage : ForwardedMessage, INoSerializationVerificationNeeded
{
    // By which the stream passes segments over that hold nothing of a virtual host.
    private const string FilterHeader = "x-stream-filter-value";

    /// <summary>Made of a record.</summary>
    [SetsRequiredMembers]
    public AuditMessage(AuditRecord record, IMessageFormat format, DateTimeOffset now)
        : this($"{record.Kind}.{record.Action}", format.Write(HeadersOf(record), now))
    {
    }

    /// <summary>One that was made before.</summary>
    /// <param name="key">What its routing key says.</param>
    /// <param name="properties">For AMQP 0-9-1.</param>
    [SetsRequiredMembers]
    public AuditMessage(string key, ReadOnlyMemory<byte> properties)
    {
        Exchange = new ExchangeKey(AuditTrail.VirtualHost, string.Empty);
        RoutingKey = AuditTrail.Queue.Name;
        Route = MessageRoute.Create(AuditTrail.Exchange, key);
        Properties = properties;
        Flags = MessageFlags.Persistent | MessageFlags.HasHeaders;
        Format = MessageFormat.Amqp091;
        Priority = 0;
        Body = default;
    }

    /// <summary>Where it is until the stream has it; null where there is no spool.</summary>
    public SpooledRecord? Spooled { get; set; }

    private static ArgumentTable HeadersOf(AuditRecord record)
    {
        var headers = new ArgumentTable.Builder()
            .Add(AuditTrail.UserHeader, ArgumentValue.FromString(record.Origin.User))
            .Add(AuditTrail.AddressHeader, ArgumentValue.FromString(record.Origin.Address))
            .Add(AuditTrail.TimeHeader, ArgumentValue.FromInt64(record.Origin.At.ToUnixTimeMilliseconds()))
            .Add(AuditTrail.NameHeader, ArgumentValue.FromString(record.Name))
            .Add(AuditTrail.DetailsHeader, ArgumentValue.FromTable(record.Details));
        if (record.VirtualHost is { } virtualHost)
        {
            headers.Add(AuditTrail.VirtualHostHeader, ArgumentValue.FromString(virtualHost));
            headers.Add(FilterHeader, ArgumentValue.FromString(virtualHost));
        }

        return headers.Build();
    }
}
