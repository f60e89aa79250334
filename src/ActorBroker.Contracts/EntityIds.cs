using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Contracts;

/// <summary>
/// Ids of the sharded entities, and the persistence ids that follow from them. Readable, unique, and never longer than
/// the 255 characters that the journal's tables keep: a long name is cut and made unique by its SHA-256.
/// </summary>
public static class EntityIds
{
    /// <summary>The shard type of queues; also the prefix of their persistence ids.</summary>
    public const string QueueType = "queue";

    /// <summary>The shard type of exchanges.</summary>
    public const string ExchangeType = "exchange";

    /// <summary>The shard type of the catalogues, one a virtual host.</summary>
    public const string CatalogueType = "catalogue";

    /// <summary>The shard type of the one entity that keeps users and virtual hosts.</summary>
    public const string AccessType = "access";

    /// <summary>The shard type of the entities that decide transactions of several queues.</summary>
    public const string TransactionType = "transaction";

    private const int NameLengthMax = 160;

    /// <summary>The entity id of a queue.</summary>
    public static string Of(QueueKey key) => Of(key.VirtualHost, key.Name);

    /// <summary>The entity id of an exchange.</summary>
    public static string Of(ExchangeKey key) => Of(key.VirtualHost, key.Name);

    /// <summary>The id of the entity that decides a transaction.</summary>
    public static string Of(TransactionId id) => id.Decider.ToString(CultureInfo.InvariantCulture);

    /// <summary>The entity id of a virtual host's catalogue.</summary>
    public static string OfVirtualHost(string virtualHost) => Shorten(Uri.EscapeDataString(virtualHost));

    /// <summary>The persistence id of an entity.</summary>
    public static string PersistenceId(string shardType, string entityId) => $"{shardType}/{entityId}";

    private static string Of(string virtualHost, string name) =>
        Shorten($"{Uri.EscapeDataString(virtualHost)}:{Uri.EscapeDataString(name)}");

    private static string Shorten(string id) =>
        id.Length <= NameLengthMax
            ? id
            : $"{id.AsSpan(0, NameLengthMax - 65)}~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))}";
}
