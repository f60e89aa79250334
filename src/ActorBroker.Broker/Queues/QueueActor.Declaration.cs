using System.Security.Cryptography;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Time;
using Akka.Actor;

namespace ActorBroker.Broker.Queues;

/// <content>The queue's beginning: its name is registered, then its definition written.</content>
public sealed partial class QueueActor
{
    private DeclareQueue? _declaring;
    private WaitLimit _declareLimit;

    // Tells this queue from others of its name, before and after it: a publisher's batches are for one of them only.
    private long _declaration;
    private string _declaredBy = string.Empty;

    private void BeginDeclare(DeclareQueue declare)
    {
        if (PoliciesOf(declare.Queue.VirtualHost) is not { } policies)
        {
            Stash.Stash();
            return;
        }

        var declared = QueueDeclaration.WithType(declare.Definition, policies.DefaultQueueType ?? Options.DefaultType);
        if (QueueDeclaration.Check(declare.Queue, declared) is { } refusal)
        {
            Answer(declare.RequestId, refusal, 0);
            return;
        }

        if (BeginPlacing(declare, policies))
        {
            return;
        }

        declare = declare with { Definition = QueueDeclaration.Kept(declared) };
        Context.SetReceiveTimeout(null);
        _key = declare.Queue;
        _declaring = declare;
        _requester = Sender;
        _requestId = declare.RequestId;
        _life = QueueLife.Declaring;
        _declareLimit = WaitLimit.Begin(_settings.Clock, _settings.AnswerTimeout);
        RegisterName(_settings.AnswerTimeout);
    }

    private void RegisterName(TimeSpan left)
    {
        _settings.CatalogueRegion(Context.System).Tell(new RegisterName(
            _key.VirtualHost, DestinationKind.Queue, _key.Name, _declaring!.Definition is { Durable: true, Exclusive: false }, NameRequest));
        Timers.StartSingleTimer(CleanUpTick.Instance, CleanUpTick.Instance, left < AskAgainAfter ? left : AskAgainAfter);
    }

    private void OnRegistrationDue()
    {
        if (_declareLimit.Left(_settings.Clock) is { Ticks: > 0 } left)
        {
            RegisterName(left);
            return;
        }

        UnregisterName(_key);
        AbandonDeclare(new Refusal(RefusalReason.Unavailable, $"{_key} could not be registered in time"));
    }

    private void OnNameRegistered(NameRegistered registered)
    {
        Timers.Cancel(CleanUpTick.Instance);
        if (registered.Refusal is not null)
        {
            AbandonDeclare(registered.Refusal);
            return;
        }

        FollowPolicies(_declaring!.Definition);
        _declaredBy = _declaring.Origin.User;
        _declaration = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
        if (_declaring.Definition is { Durable: true, Exclusive: false })
        {
            var declared = new QueueDeclared(_key, _declaring.Definition, _declaring.Origin) { Declaration = _declaration };
            QueueEvent[] events = _policy == EffectivePolicy.None ? [declared] : [declared, new QueuePolicyApplied(_policy)];
            PersistAll(events, written =>
            {
                if (written == events[^1])
                {
                    FinishDeclare();
                }
            });
        }
        else
        {
            FinishDeclare();
        }
    }

    private void FinishDeclare()
    {
        BeginExisting(_declaring!.Definition);
        _bindingSources.Clear();
        if (_definition!.Exclusive)
        {
            _owner = _requester;
            _connections.NumberOf(_owner!, Context);
        }

        _life = QueueLife.Live;
        BeginFigures();
        ApplyPolicies();
        TellCreated(_declaring);
        AnswerRequest(refusal: null, 0);
        ScheduleTicks();
        Stash.UnstashAll();
    }

    private void AbandonDeclare(Refusal refusal)
    {
        AnswerRequest(refusal, 0);
        _life = QueueLife.Absent;
        Context.SetReceiveTimeout(AbsentTimeout);
        Stash.UnstashAll();
    }
}
