using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>A <c>basic.publish</c> that was seen before, by its bytes, with what it leads to.</summary>
internal sealed class PublishMethod(byte[] payload, PublishTarget target, bool mandatory, bool immediate)
{
    /// <summary>The whole payload of the method frame.</summary>
    public byte[] Payload { get; } = payload;

    public PublishTarget Target { get; } = target;

    public bool Mandatory { get; } = mandatory;

    public bool Immediate { get; } = immediate;

    /// <summary>The socket read in which <see cref="Status"/> was asked for.</summary>
    public long PreparedInRead { get; set; } = -1;

    public TargetStatus Status { get; set; }
}

/// <summary>
/// The publish methods of a connection by their payloads, so that a method that comes again is compared and not parsed.
/// Bounded: a client with ever new routing keys starts it afresh again and again.
/// </summary>
internal sealed class PublishMethods
{
    private const int EntriesMax = 4096;

    private readonly IBrokerSession _session;
    private readonly Dictionary<byte[], PublishMethod> _entries;
    private readonly Dictionary<byte[], PublishMethod>.AlternateLookup<ReadOnlySpan<byte>> _byPayload;

    public PublishMethods(IBrokerSession session)
    {
        _session = session;
        _entries = new Dictionary<byte[], PublishMethod>(PayloadComparer.Instance);
        _byPayload = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Nothing was published yet.</summary>
    public bool IsEmpty => _entries.Count == 0;

    /// <exception cref="Amqp091WireException">The payload is no basic.publish.</exception>
    public PublishMethod Get(ReadOnlySpan<byte> payload)
    {
        if (_byPayload.TryGetValue(payload, out var known))
            return known;
        var method = BasicPublish.Read(payload);
        var target = _session.GetTarget(MessageRoute.Create(method.Exchange, method.RoutingKey));
        var added = new PublishMethod(payload.ToArray(), target, method.Mandatory, method.Immediate);
        if (_entries.Count >= EntriesMax)
            _entries.Clear();
        _entries.Add(added.Payload, added);
        return added;
    }

    private sealed class PayloadComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static PayloadComparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            // Keyed by a random seed: a client cannot make its routing keys collide.
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
