using ActorBroker.Core.Arguments;
using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Mapping;

/// <summary>
/// The arguments of basic.consume that promise something in RabbitMQ. Those that this version does not keep are refused
/// rather than ignored; all others are kept and shown.
/// </summary>
internal static class ConsumerArguments
{
    private static readonly string[] Unsupported =
        ["x-priority", "x-stream-offset", "x-stream-filter", "x-stream-match-unfiltered", "x-consumer-timeout"];

    /// <exception cref="Amqp091ErrorException">540, naming the argument.</exception>
    public static void Check(ArgumentTable arguments)
    {
        foreach (var name in Unsupported)
        {
            if (arguments.ContainsKey(name))
                throw new Amqp091ErrorException(ReplyCode.NotImplemented, $"consumer argument '{name}'");
        }
    }
}
