using System.Globalization;
using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Options;
using Akka.Cluster;
using Akka.Configuration;

namespace ActorBroker.Broker.Clustering;

/// <summary>
/// What all nodes of a cluster must have alike: the databases of their journals, and the number of shards. Each says so by
/// roles of its membership, which every other node sees, so that one that joins knows whether it fits before anything
/// starts on it. A member without such roles is of an earlier version, and says nothing.
/// </summary>
/// <param name="shards">This node's number of shards.</param>
/// <param name="databases">Where its journals are; none when it has no share in them.</param>
public sealed class ClusterTerms(int shards, IReadOnlyList<JournalDatabase> databases)
{
    private const string ShardsRole = "shards=";
    private const string JournalRole = "journal";

    /// <summary>This node's, as they are told.</summary>
    public IEnumerable<string> Roles =>
        [string.Create(CultureInfo.InvariantCulture, $"{ShardsRole}{shards}"), .. databases.Select(static database => RoleOf(database.Journal) + database.Identity)];

    /// <summary>Has an actor system tell of them, beside the roles that it has.</summary>
    public Config Apply(Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var roles = config.GetStringList("akka.cluster.roles").Concat(Roles).Select(static role => $"\"{role}\"");
        return BrokerConfiguration.With(config, $"akka.cluster.roles=[{string.Join(", ", roles)}]");
    }

    /// <summary>What this node has otherwise than another one, and which setting it is, in words; null when they fit.</summary>
    public string? DifferenceFrom(Member other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return DifferenceFrom(new ToldTerms(other.Address, other.Roles, IsMember: true));
    }

    /// <summary>
    /// Why this node may not begin a cluster beside others that may; null when it may, as far as it depends on these. Nodes
    /// that differ cannot become one cluster. One that has a cluster goes before all, then those that are more; where nobody
    /// is, all give way: which database is the right one is for people to say.
    /// </summary>
    public string? RefusalBeside(IReadOnlyList<ToldTerms> others)
    {
        ArgumentNullException.ThrowIfNull(others);
        var compared = others.Select(other => (Difference: DifferenceFrom(other), other.IsMember)).ToList();
        if (compared.Exists(static other => other is { Difference: null, IsMember: true }))
        {
            // It will be let in there.
            return null;
        }

        var different = compared.FindAll(static other => other.Difference is not null);
        var asMany = different.Count >= 1 + compared.Count - different.Count;
        return different.Find(static other => other.IsMember).Difference ?? (asMany ? different[0].Difference : null);
    }

    private string? DifferenceFrom(ToldTerms other)
    {
        var node = other.Node.HostPort();
        if (ValueOf(other, ShardsRole) is not { } theirs)
        {
            return null;
        }

        if (theirs != shards.ToString(CultureInfo.InvariantCulture))
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{ClusterOptions.ShardsKey} = {shards}: {node} has {theirs}, and all nodes of a cluster have the same; it may be changed while none runs");
        }

        return databases.Count == 0 || !other.Terms.Any(static role => role.StartsWith(JournalRole, StringComparison.Ordinal))
            ? null
            : databases.Select(database => DifferenceFrom(other, database)).FirstOrDefault(static difference => difference is not null)
              ?? JournalOnlyOf(other);
    }

    private static string? DifferenceFrom(ToldTerms other, JournalDatabase database)
    {
        var setting = database.Journal is { } name ? $"actorbroker.journals.{name}" : "actorbroker.journal";
        return ValueOf(other, RoleOf(database.Journal)) switch
        {
            null => $"{setting}: {other.Node.HostPort()} has no such journal, and all nodes of a cluster have the same",
            var theirs when theirs != database.Identity =>
                $"{setting}.connection-string: {database.Place} is not the database of {other.Node.HostPort()}, and all nodes of a cluster name the same",
            _ => null,
        };
    }

    private string? JournalOnlyOf(ToldTerms other)
    {
        var known = databases.Select(static database => RoleOf(database.Journal)).ToList();
        var further = other.Terms.FirstOrDefault(role =>
            role.StartsWith(JournalRole, StringComparison.Ordinal) && !known.Any(own => role.StartsWith(own, StringComparison.Ordinal)));
        return further is null
            ? null
            : $"actorbroker.journals: {other.Node.HostPort()} has one more, {further[(JournalRole.Length + 1)..].Split('=')[0]}, and all nodes of a cluster have the same";
    }

    private static string RoleOf(string? journal) => journal is null ? $"{JournalRole}=" : $"{JournalRole}.{journal}=";

    private static string? ValueOf(ToldTerms other, string role) =>
        other.Terms.FirstOrDefault(one => one.StartsWith(role, StringComparison.Ordinal)) is { } found ? found[role.Length..] : null;
}
