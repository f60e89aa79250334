using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ActorBroker.Core.Names;
using Akka.Actor;

namespace ActorBroker.Contracts.Replies;

/// <summary>
/// A name of direct reply-to: <c>amq.rabbitmq.reply-to.NODE.CONNECTION.CONSUMER</c>. The first part is a hash, by which a
/// member of the cluster is found and nothing of the network is said; the others are random, so that nobody can send to
/// a client who has not had a request of it.
/// </summary>
/// <param name="NodeKey">See <see cref="NodeKeyOf"/>.</param>
/// <param name="ConnectionKey">One connection of the node.</param>
/// <param name="ConsumerKey">One consumer of the connection.</param>
public sealed record ReplyName(string NodeKey, string ConnectionKey, string ConsumerKey)
{
    private const int NodeKeyBytes = 8;
    private const int RandomKeyBytes = 16;

    /// <summary>The key of a node.</summary>
    public static string NodeKeyOf(Address node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(node.ToString())).AsSpan(0, NodeKeyBytes));
    }

    /// <summary>A key that nobody can guess.</summary>
    public static string NewKey() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomKeyBytes));

    /// <summary>Reads a queue's name; null when it is none of these.</summary>
    public static ReplyName? TryParse(string queue) =>
        DirectReply.IsName(queue) && queue[DirectReply.Prefix.Length..].Split('.') is [var node, var connection, var consumer]
            ? new ReplyName(node, connection, consumer)
            : null;

    /// <summary>The queue's name.</summary>
    public override string ToString() => $"{DirectReply.Prefix}{NodeKey}.{ConnectionKey}.{ConsumerKey}";
}
