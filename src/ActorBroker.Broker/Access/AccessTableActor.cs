using ActorBroker.Contracts.Access;
using ActorBroker.Core.Access;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Broker.Access;

/// <summary>
/// Keeps this node's <see cref="AccessTables"/>, as their only writer: follows the access entity, and acknowledges what it
/// tells when the node goes by it. One a node, at <c>/user/access-tables</c>. Nothing is persistent. While there is no
/// entity, or it cannot be reached, the node goes on with what it has; it asks again until it is answered.
/// </summary>
public sealed class AccessTableActor : UntypedActor, IWithTimers
{
    /// <summary>Its name below <c>/user</c>.</summary>
    public const string Name = "access-tables";

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    private readonly AccessTables _tables;
    private readonly IActorRef _access;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef? _source;
    private long _version;
    private bool _isCurrent;

    /// <summary>Use <see cref="Props"/>.</summary>
    public AccessTableActor(AccessTables tables, IActorRef access)
    {
        _tables = tables;
        _access = access;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The node's actor, which is the only one to write <paramref name="tables"/>.</summary>
    /// <param name="tables">The node's.</param>
    /// <param name="access">Region of the access entity.</param>
    public static Props Props(AccessTables tables, IActorRef access) => Akka.Actor.Props.Create(() => new AccessTableActor(tables, access));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(RetryTick.Instance, RetryTick.Instance, RetryInterval);
        Subscribe();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AccessTableChanged changed:
                OnChanged(changed);
                break;
            case AccessTableRefused refused:
                _tables.Refuse(refused.Refusal);
                break;
            case ReloadAccess when Sender.Equals(_source):
                Subscribe();
                break;
            case FollowAccess:
                Subscribe(Sender);
                break;
            case Terminated terminated when terminated.ActorRef.Equals(_source):
                _source = null;
                Subscribe();
                break;
            case RetryTick when !_isCurrent:
                Subscribe();
                break;
        }
    }

    private void OnChanged(AccessTableChanged changed)
    {
        if (changed.IsWhole)
        {
            Follow(Sender);
            Apply(AccessSnapshot.Empty, changed);
            _isCurrent = true;
        }
        else if (!Sender.Equals(_source) || !_isCurrent)
        {
            return;
        }
        else if (changed.Version == _version + 1)
        {
            Apply(_tables.Current, changed);
        }
        else
        {
            _log.Warning("change {0} of users and permissions came after {1}: loading again", changed.Version, _version);
            Subscribe();
            return;
        }

        Sender.Tell(new AccessTableApplied(changed.Version), Self);
    }

    private void Apply(AccessSnapshot start, AccessTableChanged changed)
    {
        var before = _tables.Current;
        var after = changed.Changes.Aggregate(start, static (current, change) => current.After(change));
        _version = changed.Version;
        _tables.Set(after);

        // Found by comparison, since what has gone may have gone while this node heard nothing.
        if ((changed.IsWhole || changed.Changes.Any(static change => change is UserDeleted or VirtualHostClosed or VirtualHostDeleted))
            && AccessWithdrawn.Between(before, after) is { } withdrawn)
        {
            Context.System.EventStream.Publish(withdrawn);
        }
    }

    private void Follow(IActorRef source)
    {
        if (source.Equals(_source))
        {
            return;
        }

        if (_source is { } before)
        {
            Context.Unwatch(before);
        }

        _source = source;
        Context.Watch(source);
    }

    private void Subscribe() => Subscribe(_access);

    private void Subscribe(IActorRef access)
    {
        _isCurrent = false;
        access.Tell(new SubscribeAccess(), Self);
    }

    private sealed record RetryTick : INoSerializationVerificationNeeded
    {
        public static RetryTick Instance { get; } = new();
    }
}
