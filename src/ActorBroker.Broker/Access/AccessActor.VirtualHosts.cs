using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Access;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Broker.Access;

/// <content>
/// What changes of virtual hosts set in motion elsewhere: their catalogues keep the default queue type, and what is in one
/// that is deleted is deleted by a child, which a later incarnation starts anew.
/// </content>
public sealed partial class AccessActor
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(3);

    // Virtual hosts whose catalogues have not said that they know their default queue type.
    private readonly Dictionary<string, QueueType?> _typesToSet = new(StringComparer.Ordinal);

    private bool IsWorkUnderWay(AccessChange change) => change switch
    {
        CreateVirtualHost create => _typesToSet.ContainsKey(create.VirtualHost),
        DeleteVirtualHost delete => _current.VirtualHosts.ContainsKey(delete.VirtualHost),
        _ => false,
    };

    private void BeginWork(AccessEvent written)
    {
        switch (written)
        {
            case VirtualHostCreated { Metadata.DefaultQueueType: { } type } created:
                SetDefaultQueueType(created.Name, type);
                break;
            case VirtualHostDescribed described:
                SetDefaultQueueType(described.Name, described.Metadata.DefaultQueueType);
                break;
            case VirtualHostClosed closed:
                BeginDeletion(closed.Name, closed.Origin);
                break;
        }
    }

    // What an earlier incarnation may not have got done.
    private void ResumeWork()
    {
        var origin = new Origin(string.Empty, "restart", _settings.Clock.GetUtcNow());
        foreach (var host in _current.VirtualHosts.Values)
        {
            if (host.IsBeingDeleted)
            {
                BeginDeletion(host.Name, origin);
            }
            else if (host.Metadata.DefaultQueueType is { } type)
            {
                SetDefaultQueueType(host.Name, type);
            }
        }
    }

    private void SetDefaultQueueType(string virtualHost, QueueType? type)
    {
        _typesToSet[virtualHost] = type;
        AskForTypes();
    }

    private void AskForTypes()
    {
        foreach (var (virtualHost, type) in _typesToSet)
        {
            var origin = new Origin(string.Empty, "virtual host", _settings.Clock.GetUtcNow());
            _settings.Catalogues(Context.System).Tell(new SetDefaultQueueType(virtualHost, virtualHost, type, origin), Self);
        }

        if (_typesToSet.Count > 0)
        {
            Timers.StartSingleTimer(TypesDue.Instance, TypesDue.Instance, AskAgainAfter);
        }
    }

    private void OnTypeSet(PolicyAnswered answered)
    {
        if (answered.Refusal is { } refusal)
        {
            _log.Warning("{0}: the default queue type of vhost '{1}' is not set: {2}", PersistenceId, answered.RequestId, refusal.Text);
        }

        _typesToSet.Remove(answered.RequestId);
        AnswerFollowed();
    }

    private void BeginDeletion(string virtualHost, Origin origin) =>
        Context.ActorOf(VirtualHostDeletionActor.Props(virtualHost, origin, _settings));

    private void OnEmptied(VirtualHostEmptied emptied)
    {
        if (_current.VirtualHosts.ContainsKey(emptied.VirtualHost))
        {
            Persist(new VirtualHostDeleted(emptied.VirtualHost, emptied.Origin), written =>
            {
                ApplyWritten(written);

                // Whoever hears that it is gone finds it on no node.
                Follow([.. _unanswered.Where(unanswered => unanswered.Change is DeleteVirtualHost delete && delete.VirtualHost == written.Name)]);
            });
        }
    }

    private sealed record TypesDue : INoSerializationVerificationNeeded
    {
        public static TypesDue Instance { get; } = new();
    }
}
