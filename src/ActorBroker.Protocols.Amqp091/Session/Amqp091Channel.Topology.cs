using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <content>
/// The exchange and queue classes (AMQP 0-9-1 §1.6, §1.7). With no-wait the channel waits for the broker all the same, so that
/// what follows finds what was declared; only the reply is left out.
/// </content>
internal sealed partial class Amqp091Channel
{
    private const string ReservedPrefix = "amq.";

    private string? _lastDeclaredQueue;

    private bool TryHandleTopology(uint id, ReadOnlySpan<byte> payload)
    {
        switch (id)
        {
            case MethodId.ExchangeDeclare:
                DeclareExchange(ExchangeDeclare.Read(payload));
                return true;
            case MethodId.ExchangeDelete:
                DeleteExchange(ExchangeDelete.Read(payload));
                return true;
            case MethodId.ExchangeBind:
                var bind = ExchangeBind.Read(payload);
                AddBinding(
                    id, bind.Source, ExchangeToBind(bind.Destination), bind.RoutingKey, bind.Arguments,
                    bind.NoWait, new ExchangeBindOk());
                return true;
            case MethodId.ExchangeUnbind:
                var unbind = ExchangeUnbind.Read(payload);
                RemoveBinding(
                    id, unbind.Source, ExchangeToBind(unbind.Destination), unbind.RoutingKey, unbind.Arguments,
                    unbind.NoWait, new ExchangeUnbindOk());
                return true;
            case MethodId.QueueDeclare:
                DeclareQueue(QueueDeclare.Read(payload));
                return true;
            case MethodId.QueueBind:
                var queueBind = QueueBind.Read(payload);
                AddBinding(
                    id, queueBind.Exchange, Destination.Queue(WithoutLineEnds(QueueNamed(queueBind.Queue))), BindingKey(queueBind.Queue, queueBind.RoutingKey),
                    queueBind.Arguments, queueBind.NoWait, new QueueBindOk());
                return true;
            case MethodId.QueueUnbind:
                var queueUnbind = QueueUnbind.Read(payload);
                RemoveBinding(
                    id, queueUnbind.Exchange, Destination.Queue(WithoutLineEnds(QueueNamed(queueUnbind.Queue))), BindingKey(queueUnbind.Queue, queueUnbind.RoutingKey),
                    queueUnbind.Arguments, noWait: false, new QueueUnbindOk());
                return true;
            case MethodId.QueuePurge:
                PurgeQueue(QueuePurge.Read(payload));
                return true;
            case MethodId.QueueDelete:
                DeleteQueue(QueueDelete.Read(payload));
                return true;
            default:
                return false;
        }
    }

    private void DeclareExchange(ExchangeDeclare declare)
    {
        var name = NameOfExchange(declare.Exchange);
        var definition = new ExchangeDefinition(declare.Type, declare.Durable, declare.AutoDelete, declare.Internal, declare.Arguments);
        _session.DeclareExchange(
            name, definition, declare.Passive, Await(MethodId.ExchangeDeclare, () => Reply(declare.NoWait, new ExchangeDeclareOk())));
    }

    private void DeleteExchange(ExchangeDelete delete)
    {
        var name = NameOfExchange(delete.Exchange);
        if (name.StartsWith(ReservedPrefix, StringComparison.Ordinal))
        {
            throw new Amqp091ErrorException(
                ReplyCode.AccessRefused, $"deletion of system {new ExchangeKey(_connection.VirtualHost, name)} not allowed");
        }

        _session.DeleteExchange(
            name, delete.IfUnused, Await(MethodId.ExchangeDelete, () => Reply(delete.NoWait, new ExchangeDeleteOk())));
    }

    private void AddBinding<TReply>(
        uint methodId, string source, Destination destination, string routingKey, Core.Arguments.ArgumentTable arguments, bool noWait, TReply reply)
        where TReply : IMethod<TReply>
    {
        _session.Bind(NameOfExchange(source), new Binding(destination, routingKey, arguments), Await(methodId, () => Reply(noWait, reply)));
    }

    private void RemoveBinding<TReply>(
        uint methodId, string source, Destination destination, string routingKey, Core.Arguments.ArgumentTable arguments, bool noWait, TReply reply)
        where TReply : IMethod<TReply>
    {
        _session.Unbind(NameOfExchange(source), new Binding(destination, routingKey, arguments), Await(methodId, () => Reply(noWait, reply)));
    }

    private void DeclareQueue(QueueDeclare declare)
    {
        if (TryDeclareReplies(declare))
            return;
        var name = WithoutLineEnds(declare.Queue);
        if (name.Length == 0 && declare.Passive)
            throw new Amqp091ErrorException(ReplyCode.NotFound, $"no {new QueueKey(_connection.VirtualHost, name)}");
        if (name.Length == 0)
            name = _connection.MakeName("amq.gen-");
        else if (!declare.Passive && name.StartsWith(ReservedPrefix, StringComparison.Ordinal))
            throw new Amqp091ErrorException(ReplyCode.AccessRefused, $"queue name '{name}' contains reserved prefix 'amq.*'");

        var definition = new QueueDefinition(declare.Durable, declare.Exclusive, declare.AutoDelete, declare.Arguments);
        _session.DeclareQueue(name, definition, declare.Passive, AwaitQueue(MethodId.QueueDeclare, reply =>
        {
            _lastDeclaredQueue = name;
            Reply(declare.NoWait, new QueueDeclareOk(name, Count(reply.MessageCount), (uint)reply.ConsumerCount));
        }));
    }

    private void PurgeQueue(QueuePurge purge) => _session.PurgeQueue(
        QueueNamed(purge.Queue),
        AwaitQueue(MethodId.QueuePurge, reply => Reply(purge.NoWait, new QueuePurgeOk(Count(reply.MessageCount)))));

    private void DeleteQueue(QueueDelete delete) => _session.DeleteQueue(
        WithoutLineEnds(QueueNamed(delete.Queue)), delete.IfUnused, delete.IfEmpty,
        AwaitQueue(MethodId.QueueDelete, reply => Reply(delete.NoWait, new QueueDeleteOk(Count(reply.MessageCount)))));

    /// <summary>An empty name stands for the queue that the channel declared last (§1.7.2.1).</summary>
    private string QueueNamed(string name)
    {
        if (name.Length > 0)
            return name;
        return _lastDeclaredQueue ?? throw new Amqp091ErrorException(ReplyCode.NotFound, "no previously declared queue");
    }

    // With neither queue nor key, the queue's name is the key too (§1.7.2.3).
    private string BindingKey(string queue, string routingKey) =>
        queue.Length == 0 && routingKey.Length == 0 ? QueueNamed(queue) : routingKey;

    private void Reply<TReply>(bool noWait, TReply reply)
        where TReply : IMethod<TReply>
    {
        if (!noWait)
            Output.WriteMethod(Number, reply);
    }

    private static uint Count(long messages) => (uint)Math.Min(messages, uint.MaxValue);

    private static Destination ExchangeToBind(string name) => Destination.Exchange(NameOfExchange(name));

    private static string NameOfExchange(string name)
    {
        name = WithoutLineEnds(name);
        return name.Length > 0 ? name : throw new Amqp091ErrorException(ReplyCode.AccessRefused, "operation not permitted on the default exchange");
    }

    // RabbitMQ does so wherever names are declared, bound or deleted, and nowhere else.
    private static string WithoutLineEnds(string name) =>
        name.AsSpan().IndexOfAny('\r', '\n') < 0
            ? name
            : name.Replace("\r", string.Empty, StringComparison.Ordinal).Replace("\n", string.Empty, StringComparison.Ordinal);
}
