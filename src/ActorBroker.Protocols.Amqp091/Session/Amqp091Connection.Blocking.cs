using ActorBroker.Core.Alarms;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <content>
/// Resource alarms. A channel that publishes during one keeps that message and waits, with what the client sends behind
/// it; everything else on the connection goes on, and reading only stops when too much waits.
/// </content>
public sealed partial class Amqp091Connection
{
    private readonly List<Amqp091Channel> _blockedChannels = [];
    private ResourceAlarms _alarms;
    private bool _isToldBlocked;

    /// <summary>Some channel waits for the alarms to end, for those who watch.</summary>
    public bool IsHeldUp => _blockedChannels.Count > 0;

    /// <summary>Publishes have to wait.</summary>
    internal bool IsBlocked => _alarms != ResourceAlarms.None;

    /// <inheritdoc/>
    public void OnResourceAlarms(ResourceAlarms alarms)
    {
        _alarms = alarms;
        if (CloseState == ConnectionCloseState.Closed)
            return;
        if (IsBlocked)
        {
            if (!PublishMethods.IsEmpty)
                TellBlocked();
            return;
        }

        if (_isToldBlocked)
        {
            _isToldBlocked = false;
            _output.WriteMethod(0, new ConnectionUnblocked());
        }

        var blocked = _blockedChannels.ToArray();
        _blockedChannels.Clear();
        foreach (var channel in blocked)
            channel.GoOnPublishing();
    }

    /// <summary>The channel waits for the alarms to end; <see cref="Amqp091Channel.GoOnPublishing"/> is called then.</summary>
    internal void Block(Amqp091Channel channel)
    {
        _blockedChannels.Add(channel);
        TellBlocked();
    }

    private void TellBlocked()
    {
        if (_isToldBlocked || !_handshake.ConnectionBlockedNotify)
            return;
        _isToldBlocked = true;
        _output.WriteMethod(0, new ConnectionBlocked(_alarms.ToReason()));
    }
}
