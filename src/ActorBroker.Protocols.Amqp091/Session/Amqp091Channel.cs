using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Mapping;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>
/// One channel from channel.open to its end. A method that the broker must answer suspends the channel: what the client sends
/// behind it is put off and handled in order once the answer has come, while other channels go on.
/// </summary>
internal sealed partial class Amqp091Channel
{
    private readonly Amqp091Connection _connection;
    private readonly IBrokerSession _session;
    private readonly PendingFrames _pending = new();
    private ChannelState _state;
    private bool _isReplaying;
    private bool _isCounted;

    public Amqp091Channel(Amqp091Connection connection, ushort number)
    {
        _connection = connection;
        _session = connection.Session;
        Number = number;
        Id = connection.NextChannelId();
        Confirms = new ConfirmWriter(number);
        _assembler = new ContentAssembler(connection.ContentBudget);
    }

    private enum ChannelState
    {
        Open,

        /// <summary>The server has sent channel.close: everything but the answer is ignored (AMQP 0-9-1 §1.5.2.5).</summary>
        Closing,
        Closed,
    }

    /// <summary>The client's number for it, which may be used again.</summary>
    public ushort Number { get; }

    /// <summary>Unlike <see cref="Number"/>, never used again.</summary>
    public int Id { get; }

    public bool IsOpen => _state == ChannelState.Open;

    /// <summary>An answer of the broker is outstanding.</summary>
    public bool IsSuspended { get; private set; }

    /// <summary>Bytes put off while suspended.</summary>
    public int BacklogBytes => _pending.Length;

    private PendingOutput Output => _connection.Output;

    private SessionChannel Key => new(Id, Number) { Figures = this };

    public static Amqp091ErrorException NoMethodExpected() =>
        new(ReplyCode.UnexpectedFrame, "expected method frame, got non method frame instead", isFrameError: true);

    /// <summary>channel.open: answered when the user may have one more.</summary>
    public void Begin()
    {
        if (_session.OpenChannel(Key, Await(methodId: 0, Opened)))
        {
            EndSuspension();
            Opened();
        }

        void Opened()
        {
            _isCounted = true;
            Output.WriteMethod(Number, new ChannelOpenOk());
        }
    }

    /// <summary>Handles a frame, or puts it off.</summary>
    public void Receive(in ReceivedFrame frame, uint methodId)
    {
        if (!IsSuspended && (_isReplaying || _pending.Length == 0))
        {
            Handle(frame, methodId);
            return;
        }

        var before = _pending.Length;
        _pending.Add(frame);
        _connection.AddToBacklog(_pending.Length - before);
    }

    /// <summary>
    /// Handles what was put off, until the channel is suspended again or the client has replies enough to take: a few bytes
    /// of basic.get ask for megabytes. After a close it is the same number's next channel that the rest goes to.
    /// </summary>
    /// <returns>False when it goes on once replies have left.</returns>
    public bool Replay()
    {
        _isReplaying = true;
        while (!IsSuspended && _pending.Length > 0)
        {
            if (_connection.HasRepliesEnough && _state != ChannelState.Closed)
                break;
            var before = _pending.Length;
            _pending.TryTake(out var frame);
            _connection.AddToBacklog(_pending.Length - before);
            _connection.Dispatch(frame);
        }

        _isReplaying = false;
        return IsSuspended || _pending.Length == 0;
    }

    public void EndSuspension() => IsSuspended = false;

    /// <summary>A channel error: channel.close, and the wait for its answer.</summary>
    public void Fail(ReplyCode replyCode, string text, uint methodId)
    {
        if (_state != ChannelState.Open)
            return;
        Release();
        _state = ChannelState.Closing;
        Output.WriteMethod(
            Number, new ChannelClose(replyCode, replyCode.ComposeText(text), MethodId.ClassOf(methodId), MethodId.MethodOf(methodId)));
    }

    /// <summary>The end, without a word to the client. What was put off behind it stays.</summary>
    public void End()
    {
        Release();
        _state = ChannelState.Closed;
        IsSuspended = false;
        if (_isCounted)
            _session.CloseChannel(Key);
        _isCounted = false;
        _connection.RemoveChannel(this);
    }

    /// <summary>The end of the channel with that of its connection.</summary>
    public void Abandon()
    {
        End();
        _connection.AddToBacklog(-_pending.Length);
        _pending.Clear();
    }

    private void Release()
    {
        _connection.Settlements.Flush();
        EndTransactions();
        EndConsumers();
        EndContent();
        _connection.EndConfirms(this);
    }

    private void Handle(in ReceivedFrame frame, uint methodId)
    {
        if (_state == ChannelState.Closing)
        {
            HandleWhileClosing(frame, methodId);
            return;
        }

        if (IsInContent)
        {
            HandleContent(frame);
            return;
        }

        if (frame.Type != FrameType.Method)
            throw NoMethodExpected();
        HandleMethod(methodId == 0 ? MethodId.Read(frame.Payload) : methodId, frame.Payload);
    }

    private void HandleWhileClosing(in ReceivedFrame frame, uint methodId)
    {
        if (frame.Type != FrameType.Method)
            return;
        if (methodId == MethodId.ChannelClose)
            Output.WriteMethod(Number, new ChannelCloseOk());
        else if (methodId == MethodId.ChannelCloseOk)
            End();
    }

    private void HandleMethod(uint id, ReadOnlySpan<byte> payload)
    {
        switch (id)
        {
            case MethodId.BasicPublish:
                BeginPublish(payload);
                break;
            case MethodId.BasicAck:
                Acknowledge(BasicAck.Read(payload));
                break;
            case MethodId.BasicNack:
                Acknowledge(BasicNack.Read(payload));
                break;
            case MethodId.BasicReject:
                Acknowledge(BasicReject.Read(payload));
                break;
            default:
                // Settlements reach the broker before whatever is asked after them.
                _connection.Settlements.Flush();
                if (!TryHandleChannel(id, payload) && !TryHandleTopology(id, payload) && !TryHandleConsuming(id, payload)
                    && !TryHandleTransaction(id, payload))
                    throw Refused(id);
                break;
        }
    }

    private static Amqp091ErrorException Refused(uint id)
    {
        if (!Amqp091Connection.IsKnown(id))
            return Amqp091Connection.NotImplemented(id);
        return new Amqp091ErrorException(ReplyCode.CommandInvalid, "unimplemented method");
    }

    private bool TryHandleChannel(uint id, ReadOnlySpan<byte> payload)
    {
        switch (id)
        {
            case MethodId.ChannelOpen:
                throw new Amqp091ErrorException(ReplyCode.ChannelError, "second 'channel.open' seen");
            case MethodId.ChannelClose:
                ChannelClose.Read(payload);
                if (!Confirms.IsEmpty)
                    Confirms.WriteTo(Output);
                End();
                Output.WriteMethod(Number, new ChannelCloseOk());
                return true;
            case MethodId.ChannelFlow:
                if (!ChannelFlow.Read(payload).Active)
                    throw new Amqp091ErrorException(ReplyCode.NotImplemented, "active=false");
                Output.WriteMethod(Number, new ChannelFlowOk(Active: true));
                return true;
            case MethodId.ConfirmSelect:
                SelectConfirms(ConfirmSelect.Read(payload));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Suspends the channel; the callback carries on when the broker has not refused.</summary>
    private Action<Refusal?> Await(uint methodId, Action onSuccess)
    {
        IsSuspended = true;
        return refusal => _connection.Resume(this, methodId, () =>
        {
            ThrowIf(refusal);
            onSuccess();
        });
    }

    /// <summary>As the other, for an answer that says more.</summary>
    private Action<QueueReply> AwaitQueue(uint methodId, Action<QueueReply> onSuccess)
    {
        IsSuspended = true;
        return reply => _connection.Resume(this, methodId, () =>
        {
            ThrowIf(reply.Refusal);
            onSuccess(reply);
        });
    }

    private static void ThrowIf(Refusal? refusal)
    {
        if (refusal is not null)
            throw new Amqp091ErrorException(ReplyCodes.Of(refusal.Reason), refusal.Text);
    }
}
