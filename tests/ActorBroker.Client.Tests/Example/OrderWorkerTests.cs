using System.Globalization;
using System.Text;
using ActorBroker.Client.Streams;
using ActorBroker.TestKit;
using Akka.Streams;
using Akka.Streams.Dsl;
using Xunit;

namespace ActorBroker.Client.Tests.Example;

/// <summary>The example, with a broker in the same process and over real remoting.</summary>
public sealed class OrderWorkerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Each_order_is_invoiced_and_acknowledged()
    {
        const int Count = 2_000;
        await using var broker = await TestBroker.StartAsync();
        var materializer = broker.ClientSystem.Materializer();
        var client = await broker.ConnectClientAsync();
        var (stop, ended) = new OrderWorker(await broker.ConnectClientAsync(), order => $"invoice of {order}").Run(materializer);
        await client.DeclareQueueAsync(OrderWorker.Orders);
        await client.DeclareQueueAsync(OrderWorker.Invoices);

        await Source.From(Enumerable.Range(0, Count))
            .Select(number => OutgoingMessage.ToQueue(
                OrderWorker.Orders,
                Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)),
                MessageProperties.Durable with { MessageId = $"order-{number}" }))
            .RunWith(BrokerSink.Sink(client), materializer).WaitAsync(Limit);
        var invoices = await BrokerSource.AtMostOnceSource(client, new SourceSettings(OrderWorker.Invoices))
            .Take(Count)
            .RunWith(Sink.Seq<ReceivedMessage>(), materializer).WaitAsync(Limit);
        stop.Shutdown();
        await ended.WaitAsync(Limit);

        Assert.Equal(Enumerable.Range(0, Count).Select(number => $"invoice of {number}"), invoices.Select(invoice => invoice.Text));
        Assert.Equal("order-7", invoices[7].Properties.MessageId);
        Assert.Null(await client.GetAsync(OrderWorker.Orders, noAck: true));
    }
}
