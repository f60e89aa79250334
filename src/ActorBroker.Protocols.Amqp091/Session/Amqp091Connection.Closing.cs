using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <content>The ends of the connection: by an error, by the client, without a word.</content>
public sealed partial class Amqp091Connection
{
    private bool _clientCloses;

    // The whole frame of connection.close-ok. A client has nothing to send after it.
    private static ReadOnlySpan<byte> CloseOkFrame => [1, 0, 0, 0, 0, 0, 4, 0, 10, 0, 51, Frame.EndOctet];

    private void Fail(Amqp091Channel? channel, Amqp091ErrorException error, uint methodId)
    {
        if (error.IsFrameError)
            methodId = 0;
        if (channel is null || error.ReplyCode.IsConnectionError())
            FailConnection(error.ReplyCode, error.Message, methodId);
        else
            channel.Fail(error.ReplyCode, error.Message, methodId);
    }

    private void FailConnection(ReplyCode replyCode, string text, uint methodId)
    {
        if (CloseState == ConnectionCloseState.Closed)
            return;
        if (CloseState == ConnectionCloseState.Closing)
        {
            // The client is closing anyway, or has been told of the first error.
            if (_clientCloses)
                EndClientClose();
            return;
        }

        CloseReason = replyCode.ComposeText(text);
        EndChannels();
        _earlyFrames.Clear();
        _output.WriteMethod(0, new ConnectionClose(replyCode, CloseReason, MethodId.ClassOf(methodId), MethodId.MethodOf(methodId)));
        // Before it is open a connection has no channels to wind up, and what a client without a working handshake would
        // answer is not waited for (RabbitMQ does not either): it reads the reason and then the end of the stream.
        if (IsRunning)
            BeginClosing();
        else
            CloseState = ConnectionCloseState.Closed;
    }

    private void CloseSilently(string reason)
    {
        if (CloseState == ConnectionCloseState.Closed)
            return;
        CloseReason = reason;
        EndChannels();
        _earlyFrames.Clear();
        CloseState = ConnectionCloseState.Closed;
    }

    private void BeginClosing()
    {
        CloseState = ConnectionCloseState.Closing;
        _closeDeadlineMs = _nowMs + (long)_settings.HandshakeTimeout.TotalMilliseconds;
    }

    // What the client has sent before must be done before the answer: the frames of channels that wait for the broker too.
    private void BeginClientClose(ConnectionClose close)
    {
        if (close.ReplyCode != ReplyCode.Success)
            CloseReason = $"closed by the client: {close.ReplyText}";
        _clientCloses = true;
        BeginClosing();
        FinishClientClose();
    }

    private void FinishClientClose()
    {
        if (!_clientCloses || CloseState != ConnectionCloseState.Closing)
            return;
        foreach (var channel in _channels.Values)
        {
            if (channel.IsSuspended || channel.BacklogBytes > 0)
                return;
        }

        EndClientClose();
    }

    private void EndClientClose()
    {
        WriteConfirms();
        EndChannels();
        _output.WriteMethod(0, new ConnectionCloseOk());
        CloseState = ConnectionCloseState.Closed;
    }

    private void EndChannels()
    {
        _settlements.Flush();
        foreach (var channel in _channels.Values.ToArray())
            channel.Abandon();
        _confirming.Clear();
        _delivering.Clear();
        _stalled.Clear();
    }

    /// <summary>
    /// Input after connection.close has been sent is ignored but for the answer, which is looked for at the end of what
    /// arrives: after a framing error there are no frames to go by.
    /// </summary>
    private int AwaitCloseOk(ReadOnlySpan<byte> input)
    {
        if (CloseState == ConnectionCloseState.Closed || _clientCloses)
            return input.Length;
        if (input.EndsWith(CloseOkFrame))
        {
            CloseState = ConnectionCloseState.Closed;
            return input.Length;
        }

        var kept = Math.Min(CloseOkFrame.Length - 1, input.Length);
        while (!input.EndsWith(CloseOkFrame[..kept]))
            kept--;
        InputBytesNeeded = CloseOkFrame.Length;
        return input.Length - kept;
    }
}
