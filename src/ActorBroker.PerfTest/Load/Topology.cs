using System.Globalization;
using ActorBroker.Core.Arguments;
using ActorBroker.PerfTest.Amqp;
using ActorBroker.PerfTest.Options;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.PerfTest.Load;

/// <summary>The queues and the exchange of a run: what is not there is declared, and deleted at the end.</summary>
internal sealed class Topology(PerfOptions options)
{
    private readonly List<string> _createdQueues = [];
    private bool _createdExchange;

    /// <summary>Messages that were ready in the queues when the run began.</summary>
    public long ReadyAtStart { get; private set; }

    public void Prepare()
    {
        using var connection = AmqpConnection.Open(options.Endpoint);
        if (options.Exchange.Length > 0)
            PrepareExchange(connection);
        foreach (var queue in options.Queues)
            PrepareQueue(connection, queue);
        if (options.Exchange.Length > 0)
            Bind(connection);
        connection.Close();
    }

    /// <summary>Deletes what <see cref="Prepare"/> created, unless it is to be kept.</summary>
    public void Remove()
    {
        if (options.Keep || (_createdQueues.Count == 0 && !_createdExchange))
            return;
        using var connection = AmqpConnection.Open(options.Endpoint);
        foreach (var queue in _createdQueues)
            connection.Call<QueueDelete, QueueDeleteOk>(new QueueDelete(queue, IfUnused: false, IfEmpty: false, NoWait: false));
        if (_createdExchange)
            connection.Call<ExchangeDelete, ExchangeDeleteOk>(new ExchangeDelete(options.Exchange, IfUnused: false, NoWait: false));
        connection.Close();
    }

    // An existing one is used as it is, whatever its properties.
    private void PrepareExchange(AmqpConnection connection)
    {
        var declaration = new ExchangeDeclare(
            options.Exchange, options.ExchangeType, Passive: true, options.Durable, AutoDelete: false, Internal: false, NoWait: false, ArgumentTable.Empty);
        if (connection.TryCall<ExchangeDeclare, ExchangeDeclareOk>(declaration, out _))
            return;
        connection.Call<ExchangeDeclare, ExchangeDeclareOk>(declaration with { Passive = false });
        _createdExchange = true;
    }

    private void PrepareQueue(AmqpConnection connection, string queue)
    {
        var declaration = new QueueDeclare(
            queue, Passive: true, options.Durable, Exclusive: false, AutoDelete: false, NoWait: false, ArgumentTable.Empty);
        if (connection.TryCall<QueueDeclare, QueueDeclareOk>(declaration, out var found))
        {
            ReadyAtStart += found.MessageCount;
        }
        else
        {
            connection.Call<QueueDeclare, QueueDeclareOk>(declaration with { Passive = false });
            _createdQueues.Add(queue);
        }
    }

    private void Bind(AmqpConnection connection)
    {
        for (var queue = 0; queue < options.Queues.Count && options.Keys is null; queue++)
            Bind(connection, queue, options.RoutingKey ?? options.Queues[queue]);
        for (var key = 0; key < options.Keys?.Count; key++)
            Bind(connection, key, options.Keys.KeyOf(key));
        for (var other = 0; other < options.Bindings; other++)
            Bind(connection, other, string.Create(CultureInfo.InvariantCulture, $"unmatched.{other}"));
    }

    private void Bind(AmqpConnection connection, int index, string key) => connection.Call<QueueBind, QueueBindOk>(
        new QueueBind(options.Queues[index % options.Queues.Count], options.Exchange, key, NoWait: false, ArgumentTable.Empty));
}
