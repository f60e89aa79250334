using Xunit;

namespace ActorBroker.Interop.Tests.Durability;

/// <summary>
/// What is known about every message of a run with crashes: what was published, confirmed, and settled when. It judges
/// what a restarted broker hands out. Safe for concurrent use.
/// </summary>
public sealed class Ledger
{
    /// <summary>A settlement this old at the time of the crash has to have survived it, or the message to be marked.</summary>
    private static readonly TimeSpan SettlementGrace = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HashSet<MessageId> _published = [];
    private readonly HashSet<MessageId> _owed = [];
    private readonly Dictionary<MessageId, DateTimeOffset> _settled = [];

    /// <summary>Messages confirmed so far.</summary>
    public int Confirmed { get; private set; }

    public void Published(MessageId id)
    {
        lock (_lock)
        {
            _published.Add(id);
        }
    }

    /// <summary>The broker has promised to keep the message: it is owed until it is settled.</summary>
    public void ConfirmedByBroker(MessageId id)
    {
        lock (_lock)
        {
            Confirmed++;
            if (!_settled.ContainsKey(id))
            {
                _owed.Add(id);
            }
        }
    }

    /// <summary>The message was acknowledged, and the acknowledgement written to the socket at this time.</summary>
    public void Settled(MessageId id, DateTimeOffset at)
    {
        lock (_lock)
        {
            _owed.Remove(id);
            _settled[id] = at;
        }
    }

    /// <summary>Judges what a queue held after a restart, in the order of its delivery, and settles it.</summary>
    public void AssertRecovered(IReadOnlyList<(MessageId Id, bool Redelivered)> drained, DateTimeOffset crashedAt, DateTimeOffset drainedAt)
    {
        lock (_lock)
        {
            var last = new Dictionary<int, long>();
            foreach (var (id, redelivered) in drained)
            {
                Assert.True(_published.Contains(id), $"{id} was never published");
                Assert.True(
                    id.Order > last.GetValueOrDefault(id.Publisher, -1),
                    $"{id} came twice or out of order: after {last.GetValueOrDefault(id.Publisher, -1) & 0xFFFFFFFF}");
                last[id.Publisher] = id.Order;
                if (!redelivered && _settled.TryGetValue(id, out var at))
                {
                    Assert.True(
                        crashedAt - at < SettlementGrace,
                        $"{id} came back unmarked, though acknowledged {(crashedAt - at).TotalSeconds:F2} s before the crash");
                }
            }

            foreach (var (id, _) in drained)
            {
                _owed.Remove(id);
                _settled[id] = drainedAt;
            }
        }
    }

    /// <summary>Asserts that no confirmed message is still owed: called once everything was drained.</summary>
    public void AssertNothingMissing()
    {
        lock (_lock)
        {
            Assert.True(
                _owed.Count == 0,
                $"{_owed.Count} confirmed messages are missing, such as {string.Join(", ", _owed.Order(ById).Take(5))}");
        }
    }

    private static Comparer<MessageId> ById { get; } = Comparer<MessageId>.Create(
        (a, b) => (a.Publisher, a.Order).CompareTo((b.Publisher, b.Order)));
}
