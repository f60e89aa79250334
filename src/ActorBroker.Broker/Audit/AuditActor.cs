using System.Globalization;
using ActorBroker.Broker.Forwarding;
using ActorBroker.Contracts.Audit;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Broker.Audit;

/// <summary>
/// Notes what its node is told of changes in <see cref="AuditTrail.Queue"/>, which it declares with the first of them; one a
/// node. What changes has been written by then and waits for nothing here: <see cref="AuditGate"/> has made the record and
/// put it into the <see cref="AuditSpool"/> before the change is answered. What a process has left there that was killed is
/// written by the next one; what the stream had got at the moment of the kill may come twice.
/// <para>
/// One change by itself is noted at once; of many, those of <see cref="Pause"/> are written together, since each write by
/// itself would cost as much as what it tells of. A node that stops has <see cref="Drain"/> answered when all is written.
/// </para>
/// <para>
/// A record that does not arrive is tried again. What comes while more than <see cref="AuditGate.BytesMax"/> are under way is
/// not noted, and that is.
/// </para>
/// </summary>
internal sealed class AuditActor : UntypedActor, IWithTimers
{
    // None that the forwarder uses.
    private const long DeclareRequest = -1;

    /// <summary>From one write to the next, at least.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly ForwardingServices _services;
    private readonly AuditOptions _options;
    private readonly MessageForwarder _forwarder;
    private readonly AuditSpool? _spool;
    private readonly AuditGate _gate;
    private readonly Queue<AuditMessage> _waiting = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<IActorRef> _awaitingIdle = [];

    // What fails waits for the next tick.
    private bool _hasTried;
    private bool _isDeclared;
    private bool _isFlushDue;
    private bool _hasConfirmed;

    /// <summary>Use <see cref="Props"/>.</summary>
    public AuditActor(ForwardingServices services, AuditOptions options, string? folder)
    {
        _services = services;
        _options = options;
        _forwarder = new MessageForwarder(AuditTrail.VirtualHost, services, Context, OnForwarded);
        _spool = folder is null ? null : OpenSpool(folder);
        _gate = new AuditGate(Self, new AuditRecords(options.NotesTransient), services.Formats[MessageFormat.Amqp091], services.Clock, _spool, _log);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsIdle => _forwarder.BytesUnderWay == 0 && _waiting.Count == 0 && !_gate.HasDropped;

    /// <summary>The actor that notes the changes of a node.</summary>
    /// <param name="services">The node.</param>
    /// <param name="options">What is noted, and for how long.</param>
    /// <param name="folder">A data folder that this process holds; null where records may be lost with the process.</param>
    public static Props Props(ForwardingServices services, AuditOptions options, string? folder = null) =>
        Akka.Actor.Props.Create(() => new AuditActor(services, options, folder));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        foreach (var message in _spool?.Left ?? [])
        {
            _gate.Takes(message);
            Wait(message);
        }

        foreach (var type in AuditRecords.Events)
        {
            Context.System.EventStream.Subscribe(_gate, type);
        }
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(_gate);
        _spool?.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AuditMessage record:
                Wait(record);
                break;
            case FlushDue:
                OnFlushDue();
                break;
            case Drain:
                _awaitingIdle.Add(Sender);
                Send();
                break;
            case Tick:
                OnTick();
                break;
            case QueueAnswered { RequestId: DeclareRequest } answered:
                OnDeclared(answered);
                break;
            default:
                if (!_forwarder.OnMessage(Sender, message))
                {
                    Unhandled(message);
                }

                break;
        }

        if (_hasConfirmed)
        {
            _hasConfirmed = false;
            SettleSpool();
        }

        if (IsIdle)
        {
            Timers.Cancel(Tick.Instance);
            _awaitingIdle.ForEach(asker => asker.Tell(Akka.Done.Instance));
            _awaitingIdle.Clear();
        }
        else if (!Timers.IsTimerActive(Tick.Instance))
        {
            Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TickInterval);
        }
    }

    private AuditSpool? OpenSpool(string folder)
    {
        try
        {
            return new AuditSpool(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _log.Warning("changes cannot be noted in the data folder, and would be lost with the process: {0}", failure.Message);
            return null;
        }
    }

    private void SettleSpool()
    {
        try
        {
            _spool?.Settle();
        }
        catch (IOException failure)
        {
            _log.Warning("what has been noted stays in the data folder for now, and may be noted twice: {0}", failure.Message);
        }
    }

    private void Wait(AuditMessage message)
    {
        _waiting.Enqueue(message);

        // Behind what is in the mailbox already, so that what comes together goes together.
        if (!_isFlushDue)
        {
            _isFlushDue = true;
            Self.Tell(FlushDue.Instance);
        }
    }

    private void OnFlushDue()
    {
        _isFlushDue = _waiting.Count > 0;
        if (_isFlushDue)
        {
            Timers.StartSingleTimer(FlushDue.Instance, FlushDue.Instance, Pause);
            Send();
        }
    }

    private void Send()
    {
        if (!_isDeclared)
        {
            if (!_hasTried && _waiting.Count > 0)
            {
                Declare();
            }

            return;
        }

        while (_waiting.TryDequeue(out var message))
        {
            _forwarder.Forward(message);
        }

        _forwarder.Flush();
    }

    // Where it is there already it has this retention from here on.
    private void Declare()
    {
        _hasTried = true;
        var age = string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (long)_options.KeptFor.TotalSeconds)}s");
        var arguments = ArgumentTable.Of(
            (QueueArguments.QueueType, ArgumentValue.FromString(QueueType.Stream.Word())),
            ("x-max-age", ArgumentValue.FromString(age)),
            ("x-max-length-bytes", ArgumentValue.FromInt64(_options.KeptBytes)),
            (QueueArguments.AllowRedefine, ArgumentValue.FromBoolean(true)));
        var definition = new QueueDefinition(Durable: true, Exclusive: false, AutoDelete: false, arguments);
        var origin = new Origin(string.Empty, "audit", _services.Clock.GetUtcNow());
        _services.QueueRegion(Context.System).Tell(new DeclareQueue(AuditTrail.Queue, DeclareRequest, definition, Passive: false, origin));
    }

    private void OnDeclared(QueueAnswered answered)
    {
        if (answered.Refusal is { } refusal)
        {
            _log.Warning("changes cannot be noted now, to be tried again: {0}", refusal.Text);
            return;
        }

        _isDeclared = true;
        Send();
    }

    private void OnTick()
    {
        _forwarder.OnTimer();
        _hasTried = false;
        if (_isDeclared && _gate.MayTellDropped)
        {
            NoteDropped();
        }

        Send();
    }

    private void NoteDropped()
    {
        var dropped = _gate.TakeDropped();
        _log.Warning("{0} changes were not noted: there were more than can be written", dropped);
        var origin = new Origin(string.Empty, "audit", _services.Clock.GetUtcNow());
        _gate.Let(new AuditRecord("audit", "omitted", null, string.Empty, origin, ArgumentTable.Of(("changes", ArgumentValue.FromInt64(dropped)))));
    }

    // The next tick tries it again; perhaps the stream has to be declared anew.
    private void OnForwarded(ForwardedMessage message, ForwardOutcome outcome)
    {
        if (outcome == ForwardOutcome.Confirmed)
        {
            _gate.Confirm((AuditMessage)message);
            _hasConfirmed = true;
            return;
        }

        (_isDeclared, _hasTried) = (false, true);
        _waiting.Enqueue((AuditMessage)message);
    }

    /// <summary>Answered when nothing waits to be written any more.</summary>
    internal sealed record Drain : INoSerializationVerificationNeeded
    {
        public static Drain Instance { get; } = new();
    }

    private sealed record FlushDue : INoSerializationVerificationNeeded
    {
        public static FlushDue Instance { get; } = new();
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}
