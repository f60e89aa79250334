using ActorBroker.Client.Streams;
using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace ActorBroker.Client.Tests.Example;

/// <summary>
/// A worker that takes orders from a queue, makes an invoice of each, and acknowledges the order when the broker has
/// confirmed the invoice. Should it end in between, the order comes again: each order has at least one invoice, with the
/// order's message id for who wants to see a second one.
/// </summary>
internal sealed class OrderWorker(BrokerClient client, Func<string, string> invoice)
{
    public const string Orders = "orders";
    public const string Invoices = "invoices";

    private static readonly SourceSettings Source = new(Orders)
    {
        PrefetchCount = 100,
        Declarations = [Declare.Queue(Orders), Declare.Queue(Invoices)],
    };

    /// <summary>Works until the switch is shut, or the stream fails.</summary>
    public (UniqueKillSwitch Switch, Task<Done> Ended) Run(IMaterializer materializer) =>
        BrokerSource.CommittableSource(client, Source)
            .ViaMaterialized(KillSwitches.Single<CommittableMessage>(), Keep.Right)
            .Select(order => (InvoiceOf(order.Message), order))
            .Via(BrokerFlow.WithConfirms<CommittableMessage>(client))
            .ToMaterialized(
                Sink.ForEach<PublishedElement<CommittableMessage>>(static invoiced =>
                {
                    if (invoiced.Result.IsConfirmed)
                        invoiced.Context.Ack();
                    else
                        invoiced.Context.Requeue();
                }),
                Keep.Both)
            .Run(materializer);

    private OutgoingMessage InvoiceOf(ReceivedMessage order) => OutgoingMessage.ToQueue(
        Invoices,
        System.Text.Encoding.UTF8.GetBytes(invoice(order.Text)),
        new MessageProperties { Persistent = true, MessageId = order.Properties.MessageId });
}
