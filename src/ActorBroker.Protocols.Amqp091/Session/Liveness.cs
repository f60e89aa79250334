namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>
/// The heartbeats of a connection, both ways (AMQP 0-9-1 §4.2.7): one is due when nothing was sent for half the
/// interval, and the peer is taken for dead after two intervals without a byte.
/// </summary>
internal sealed class Liveness(long nowMs)
{
    private long _intervalMs;
    private long _receivedMs = nowMs;
    private long _sentMs = nowMs;

    /// <summary>When to look again; never, without an interval.</summary>
    public long NextMs => _intervalMs == 0 ? long.MaxValue : Math.Min(_sentMs + (_intervalMs / 2), _receivedMs + (2 * _intervalMs));

    /// <summary>Begins with the interval agreed on, 0 for none.</summary>
    public void Start(int intervalSeconds, long nowMs)
    {
        _intervalMs = intervalSeconds * 1000L;
        _receivedMs = _sentMs = nowMs;
    }

    public void Received(long nowMs) => _receivedMs = nowMs;

    public void Sent(long nowMs) => _sentMs = nowMs;

    public bool IsDead(long nowMs) => _intervalMs != 0 && nowMs - _receivedMs >= 2 * _intervalMs;

    public bool IsHeartbeatDue(long nowMs) => _intervalMs != 0 && nowMs - _sentMs >= _intervalMs / 2;
}
