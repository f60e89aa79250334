using ActorBroker.Management.Access;
using ActorBroker.Management.Audit;
using ActorBroker.Management.Definitions;
using ActorBroker.Management.History;
using ActorBroker.Management.Lists;
using ActorBroker.Management.Messages;
using ActorBroker.Management.Nodes;
using ActorBroker.Management.Policies;
using ActorBroker.Management.Topology;

namespace ActorBroker.Management.Http;

/// <summary>All operations of the API.</summary>
internal static class ApiTable
{
    public static RouteTable Create() => new(
    [
        .. ClusterRoutes.All,
        .. NodeRoutes.All,
        .. NodeStateRoutes.All,
        .. ResourceLimitRoutes.All,
        .. ClientLists.All,
        .. TopologyLists.All,
        .. QueueRoutes.All,
        .. QuorumRoutes.All,
        .. ExchangeRoutes.All,
        .. BindingRoutes.All,
        .. MessageRoutes.All,
        .. MoveRoutes.All,
        .. HistoryRoutes.All,
        .. ContentsRoutes.All,
        .. AuditRoutes.All,
        .. PolicyRoutes.All,
        .. ParameterRoutes.All,
        .. GlobalParameterRoutes.All,
        .. VirtualHostRoutes.All,
        .. UserRoutes.All,
        .. PermissionRoutes.All,
        .. LimitRoutes.All,
        .. DefinitionsRoutes.All,
        .. HealthCheckRoutes.All,
    ]);
}
