using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using Xunit;

namespace ActorBroker.Contracts.Tests;

public sealed class ShardedMessageTests
{
    private static readonly Origin Someone = new("somebody", "somewhere", DateTimeOffset.UnixEpoch);

    /// <summary>An exception would end the region, and with it all of its entities on the node.</summary>
    [Fact]
    public void A_message_that_names_nothing_is_for_no_entity()
    {
        IShardedMessage[] messages =
        [
            new PurgeQueue(default, 1, Someone),
            new DeleteExchange(default, 1, IfUnused: false, Someone),
            new UnregisterName(default(QueueKey).VirtualHost, DestinationKind.Queue, default(QueueKey).Name, "request"),
        ];

        Assert.All(messages, static message => Assert.Null(message.EntityId));
    }
}
