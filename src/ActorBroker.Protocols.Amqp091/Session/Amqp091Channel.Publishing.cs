using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Mapping;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <content>basic.publish with its content, returns and publisher confirms.</content>
internal sealed partial class Amqp091Channel
{
    private readonly ContentAssembler _assembler;
    private PublishedProperties? _properties;
    private PublishMethod? _lastPublish;
    private Action? _onTargetLoaded;
    private ContentState _content;
    private ulong _lastPublishTag;
    private bool _confirmsSelected;

    private enum ContentState
    {
        None,
        Header,
        Body,

        /// <summary>All of it is there, and the target is being loaded, or alarms hold publishers back.</summary>
        Held,
    }

    /// <summary>Confirms that are not written yet.</summary>
    public ConfirmWriter Confirms { get; }

    /// <summary>A method frame has announced content that is not complete.</summary>
    public bool IsInContent => _content is ContentState.Header or ContentState.Body;

    /// <summary>A publish would be handled at once.</summary>
    public bool CanPublish => _state == ChannelState.Open && !IsSuspended && _pending.Length == 0 && _content == ContentState.None;

    private PublishedProperties Properties => _properties ??= new PublishedProperties(_connection.User, _session.IsImpersonator);

    /// <summary>Takes a publish whose frames all lie in one read. Allocates nothing for a method that was seen before.</summary>
    public void PublishWhole(ReadOnlySpan<byte> method, byte[] buffer, in WholeContent content)
    {
        RememberMethod(method);
        var publish = _lastPublish!;
        var properties = buffer.AsSpan(content.PropertiesOffset, content.PropertiesLength);
        if (IsReady(publish, properties))
        {
            var message = PublishedMessage.InPlaces(
                buffer, content.PropertiesOffset, content.PropertiesLength, buffer, content.BodyOffset, content.BodyLength,
                MessageFormat.Amqp091, Properties.Flags, Properties.Priority);
            Send(publish, message);
            return;
        }

        _assembler.Begin(properties, content.BodyLength);
        _assembler.Append(buffer.AsSpan(content.BodyOffset, content.BodyLength));
        _content = ContentState.Held;
    }

    private void BeginPublish(ReadOnlySpan<byte> method)
    {
        RememberMethod(method);
        _content = ContentState.Header;
    }

    private void HandleContent(in ReceivedFrame frame)
    {
        if (_content == ContentState.Header)
        {
            if (frame.Type != FrameType.Header)
            {
                throw new Amqp091ErrorException(
                    ReplyCode.UnexpectedFrame, "expected content header for class 60, got non content header frame instead");
            }

            BeginContent(ContentHeader.Read(frame.Payload));
        }
        else if (frame.Type != FrameType.Body)
        {
            throw new Amqp091ErrorException(ReplyCode.UnexpectedFrame, "expected content body, got non content body frame instead");
        }
        else if (frame.Length > _assembler.Missing)
        {
            throw new Amqp091ErrorException(ReplyCode.FrameError, "the body is longer than its content header says");
        }
        else
        {
            _assembler.Append(frame.Payload);
        }

        // Not before the last frame's end octet is there, so that a split never decides what is published.
        if (_content == ContentState.Body && _assembler.Missing == 0 && frame.IsEnd)
            EndContentGathered();
    }

    private void BeginContent(ContentHeader header)
    {
        if (header.ClassId != MethodId.ClassOf(MethodId.BasicPublish))
        {
            throw new Amqp091ErrorException(
                ReplyCode.UnexpectedFrame, $"expected content header for class 60, got one for class {header.ClassId} instead");
        }

        var sizeMax = _connection.Settings.MessageSizeMax;
        if (header.BodySize > (ulong)sizeMax)
        {
            throw new Amqp091ErrorException(
                ReplyCode.PreconditionFailed, $"message size {header.BodySize} is larger than configured max size {sizeMax}");
        }

        _assembler.Begin(header.Properties, (int)header.BodySize);
        _content = ContentState.Body;
    }

    private void EndContentGathered()
    {
        if (IsReady(_lastPublish!, _assembler.Properties))
            SendGathered();
        else
            _content = ContentState.Held;
    }

    private void SendGathered()
    {
        _content = ContentState.None;
        Send(_lastPublish!, _assembler.ToMessage(Properties.Flags, Properties.Priority));
        _assembler.Clear();
    }

    private void RememberMethod(ReadOnlySpan<byte> method)
    {
        if (_lastPublish is null || !method.SequenceEqual(_lastPublish.Payload))
            _lastPublish = _connection.PublishMethods.Get(method);
    }

    /// <summary>Whether a complete message can go now. If not, the channel is suspended until its target is loaded.</summary>
    private bool IsReady(PublishMethod publish, ReadOnlySpan<byte> properties)
    {
        if (publish.Immediate)
            throw new Amqp091ErrorException(ReplyCode.NotImplemented, "immediate=true");
        if (_connection.IsBlocked)
        {
            IsSuspended = true;
            _connection.Block(this);
            return false;
        }

        if (publish.PreparedInRead != _connection.ReadNumber || publish.Status == TargetStatus.Loading)
        {
            publish.Status = _session.Prepare(publish.Target, [], _onTargetLoaded ??= GoOnPublishing);
            publish.PreparedInRead = _connection.ReadNumber;
        }

        if (publish.Status == TargetStatus.Loading)
        {
            IsSuspended = true;
            return false;
        }

        if (publish.Status != TargetStatus.Ready)
            throw Unpublishable(publish, publish.Status);
        Properties.Check(properties);
        return Properties.MoreKeys.Length == 0 || IsReady(publish, Properties.MoreKeys);
    }

    private bool IsReady(PublishMethod publish, string[] moreKeys)
    {
        var status = _session.Prepare(publish.Target, moreKeys, _onTargetLoaded ??= GoOnPublishing);
        IsSuspended = status == TargetStatus.Loading;
        return status == TargetStatus.Refused ? throw Unpublishable(publish, status) : !IsSuspended;
    }

    private Amqp091ErrorException Unpublishable(PublishMethod publish, TargetStatus status)
    {
        if (status == TargetStatus.Refused)
            return new Amqp091ErrorException(ReplyCode.AccessRefused, publish.Target.Refusal!.Text);
        var exchange = new Core.Names.ExchangeKey(_connection.VirtualHost, publish.Target.Route.Exchange);
        return status == TargetStatus.NotFound
            ? new Amqp091ErrorException(ReplyCode.NotFound, $"no {exchange}")
            : new Amqp091ErrorException(ReplyCode.AccessRefused, $"cannot publish to internal {exchange}");
    }

    /// <summary>What held a publish back is over: its target is loaded, or alarms have ended.</summary>
    public void GoOnPublishing()
    {
        // Each channel that waits has a call of its own; after the channel's end there is nothing held.
        if (_content == ContentState.Held)
            _connection.Resume(this, MethodId.BasicPublish, ResumePublish);
    }

    private void ResumePublish()
    {
        try
        {
            EndContentGathered();
        }
        catch (Amqp091WireException error)
        {
            throw new Amqp091ErrorException(error.ReplyCode, error.Message);
        }
    }

    private void Send(PublishMethod publish, in PublishedMessage published)
    {
        var message = Properties.Replacement is { } replacement ? published.WithProperties(replacement) : published;
        if (Properties.AskForReplies)
            message = message.WithProperties(NameReplies(message.PropertiesSource.AsSpan(message.PropertiesOffset, message.PropertiesLength)));
        _counters.CountPublished(message.BodyLength);
        if (_transaction is not null)
        {
            _transaction.Publish(publish, message, Properties.MoreKeys);
            Trace(publish.Target, message);
            return;
        }

        var confirm = new PublishConfirm(Id, _confirmsSelected ? ++_lastPublishTag : 0);
        if (!_session.Publish(publish.Target, message, Properties.MoreKeys, confirm))
        {
            CountUnroutable(publish, publish.Mandatory);
            if (publish.Mandatory)
                Return(publish, message);
        }

        Trace(publish.Target, message);
    }

    private void Return(PublishMethod publish, in PublishedMessage message)
    {
        var route = publish.Target.Route;
        Output.WriteMethod(Number, new BasicReturn(ReplyCode.NoRoute, "NO_ROUTE"u8, route.ExchangeUtf8, route.RoutingKeyUtf8));
        _connection.Encoder.WriteCopiedContent(
            Output, Number,
            message.PropertiesSource.AsSpan(message.PropertiesOffset, message.PropertiesLength),
            message.BodySource.AsSpan(message.BodyOffset, message.BodyLength));
    }

    private void SelectConfirms(ConfirmSelect select)
    {
        if (_transaction is not null)
            throw new Amqp091ErrorException(ReplyCode.PreconditionFailed, "cannot switch from tx to confirm mode");
        if (!_confirmsSelected)
            _connection.BeginConfirms(this);
        _confirmsSelected = true;
        Reply(select.NoWait, new ConfirmSelectOk());
    }

    /// <summary>What was checked of properties has to be checked again.</summary>
    public void ForgetProperties()
    {
        // Not of a message that waits for its target: its check is behind it.
        if (_content == ContentState.None)
            _properties = null;
    }

    private void EndContent()
    {
        _content = ContentState.None;
        _assembler.Clear();
    }
}
