using ActorBroker.Core.Arguments;
using ActorBroker.Protocols.Amqp091.Session;

namespace ActorBroker.Protocols.Amqp091.Mapping;

/// <summary>The server-properties of connection.start, with RabbitMQ's names: clients decide by them what they may use.</summary>
internal static class ServerProperties
{
    public static ArgumentTable For(Amqp091ConnectionSettings settings) => ArgumentTable.Of(
        ("capabilities", ArgumentValue.FromTable(Capabilities)),
        ("cluster_name", ArgumentValue.FromString(settings.ClusterName())),
        ("copyright", ArgumentValue.FromString("ActorBroker, licensed under the Apache License 2.0")),
        ("information", ArgumentValue.FromString("ActorBroker speaks the protocol of the product and version named here")),
        ("platform", ArgumentValue.FromString(settings.Platform)),
        ("product", ArgumentValue.FromString(settings.Product)),
        ("version", ArgumentValue.FromString(settings.Version)),
        ("actorbroker_version", ArgumentValue.FromString(settings.ActorBrokerVersion)));

    // False is said of what RabbitMQ has and this version has not, so that a client which asks is not misled. Of
    // connection.blocked the truth is that a client which listens for it hears of every block; so far there are none.
    private static ArgumentTable Capabilities { get; } = ArgumentTable.Of(
        ("publisher_confirms", ArgumentValue.FromBoolean(true)),
        ("exchange_exchange_bindings", ArgumentValue.FromBoolean(true)),
        ("basic.nack", ArgumentValue.FromBoolean(true)),
        ("consumer_cancel_notify", ArgumentValue.FromBoolean(true)),
        ("connection.blocked", ArgumentValue.FromBoolean(true)),
        ("consumer_priorities", ArgumentValue.FromBoolean(true)),
        ("authentication_failure_close", ArgumentValue.FromBoolean(true)),
        ("per_consumer_qos", ArgumentValue.FromBoolean(true)),
        ("direct_reply_to", ArgumentValue.FromBoolean(true)));
}
