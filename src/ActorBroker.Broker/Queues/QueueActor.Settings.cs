using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;
using Akka.Actor;

namespace ActorBroker.Broker.Queues;

/// <content>What the queue was declared as and what policies say of it: both come to its settings, and both may change.</content>
public sealed partial class QueueActor
{
    // Kept in the queue's own journal, so that recovery waits for nobody; compared with the node's policies afterwards.
    private EffectivePolicy _policy = EffectivePolicy.None;

    private QueueType DefaultType => PoliciesOf(_key.VirtualHost)?.DefaultQueueType ?? Options.DefaultType;

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _settings.Policies.Unfollow(Self);
        EndFigures();
        EndCounted();
        base.PostStop();
    }

    // Null when this node has yet to load them: this actor hears of it.
    private VirtualHostPolicies? PoliciesOf(string virtualHost) => _settings.Policies.Of(virtualHost, Context.System, Self);

    private QueueSettings Resolved(QueueDefinition definition)
    {
        if (Stage.IsName(_key.Name) && StageDefinition.SettingsOf(definition.Arguments) is { } stage)
        {
            return stage;
        }

        var settings = QueueSettingsResolver.Resolve(definition.Arguments, _policy.Definition);
        var byDefault = Options.ConsumerTimeout > TimeSpan.Zero ? (long)Options.ConsumerTimeout.TotalMilliseconds : (long?)null;
        return settings with { ConsumerTimeout = settings.ConsumerTimeout ?? byDefault };
    }

    // A stage belongs to its exchange: what is said of queues is not meant for it.
    private EffectivePolicy Matching(VirtualHostPolicies policies, QueueDefinition definition) =>
        Stage.IsName(_key.Name) ? EffectivePolicy.None : policies.OfQueue(_key.Name, QueueArguments.TypeOf(definition.Arguments) ?? QueueType.Classic);

    // First to be told of changes, then looked at: no change falls in between.
    private void FollowPolicies(QueueDefinition definition)
    {
        _settings.Policies.Follow(_key.VirtualHost, Self);
        _policy = PoliciesOf(_key.VirtualHost) is { } policies ? Matching(policies, definition) : EffectivePolicy.None;
    }

    private void OnPoliciesKnown()
    {
        if (_life == QueueLife.Live)
        {
            ApplyPolicies();
            ScheduleTicks();
        }
        else if (_life == QueueLife.Absent)
        {
            // Declarations wait for the default type.
            Stash.UnstashAll();
        }
    }

    private void ApplyPolicies()
    {
        if (PoliciesOf(_key.VirtualHost) is not { } policies || Matching(policies, _definition!) is not { } policy || policy == _policy)
        {
            return;
        }

        _policy = policy;
        Apply(_definition!);
        if (IsJournaled)
        {
            PersistAsync(new QueuePolicyApplied(policy), _ => KeepJournalShort());
        }
    }

    private void Apply(QueueDefinition definition)
    {
        var expires = _queue!.Settings.Expires;
        var firstLive = _queue.FirstLiveSequenceNr;
        _queue.Apply(Resolved(definition));
        if (_queue.FirstLiveSequenceNr > firstLive)
        {
            // What is not to be kept any more is to be deleted, however little it is.
            _trimDueFrom = LastSequenceNr;
        }

        if (_queue.Settings.Expires != expires)
        {
            // As RabbitMQ: however long the queue was unused before, it has its whole time from here on.
            Use();
        }

        _deadLetters?.Apply(_queue.Settings);
    }

    private void OnDeclareExisting(DeclareQueue declare)
    {
        CountDeclared();
        Use();
        if (IsLockedFor(Sender))
        {
            Answer(declare.RequestId, QueueDeclaration.Locked(_key), _queue!.ReadyCount);
        }
        else if (declare.Passive)
        {
            Answer(declare.RequestId, refusal: null, _queue!.ReadyCount);
        }
        else if (QueueDeclaration.AllowsRedefinition(declare.Definition))
        {
            OnRedefine(declare);
        }
        else
        {
            var declared = QueueDeclaration.WithType(declare.Definition, DefaultType);
            Answer(declare.RequestId, QueueDeclaration.CheckEquivalence(_key, _definition!, declared), _queue!.ReadyCount);
        }
    }

    private void OnRedefine(DeclareQueue declare)
    {
        var (refusal, definition) = QueueDeclaration.Redefine(
            _key, _definition!, QueueDeclaration.WithType(declare.Definition, DefaultType));
        if (definition is null)
        {
            Answer(declare.RequestId, refusal, _queue!.ReadyCount);
            return;
        }

        _definition = definition;
        Apply(definition);
        AnswerWhenWritten(declare.RequestId, new QueueRedefined(definition, declare.Origin), new QueueChanged(_key, definition, declare.Origin));
    }

    private void AnswerWhenWritten(long requestId, QueueEvent change, QueueChanged happened)
    {
        if (!IsJournaled)
        {
            Tell(happened);
            Answer(requestId, refusal: null, _queue!.ReadyCount);
            return;
        }

        var requester = Sender;
        _awaitingWrite.Enqueue(failure =>
        {
            if (failure is null)
            {
                Tell(happened);
            }

            requester.Tell(new QueueAnswered(requestId, failure, _queue?.ReadyCount ?? 0, _queue?.ConsumerCount ?? 0));
        });
        PersistAsync(change, _ =>
        {
            _awaitingWrite.Dequeue()(null);
            KeepJournalShort();
        });
    }
}
