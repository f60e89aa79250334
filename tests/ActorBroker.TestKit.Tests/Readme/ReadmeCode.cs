using System.Text;
using ActorBroker.Client;
using ActorBroker.Client.Streams;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.History;
using ActorBroker.Core.Names;
using ActorBroker.Embedded;
using ActorBroker.Hosting;
using Akka.Actor;
using Akka.Hosting;
using Akka.Streams;
using Akka.Streams.Dsl;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;

namespace ActorBroker.TestKit.Tests.Readme;

/// <summary>The C# of README.md as it stands there, each block in a method of its own, so that the compiler reads it.</summary>
internal static class ReadmeCode
{
    /// <summary>By RabbitMQ's client.</summary>
    public static async Task ConnectAsync()
    {
        var factory = new ConnectionFactory { HostName = "localhost" };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.QueueDeclareAsync("hello", durable: true, exclusive: false, autoDelete: false);
        await channel.BasicPublishAsync(
            "", "hello", mandatory: true, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes("Hello World!"));
        var message = await channel.BasicGetAsync("hello", autoAck: true);
        Console.WriteLine(Encoding.UTF8.GetString(message!.Body.Span));
    }

    /// <summary>A stream of an application.</summary>
    public static async Task InvoiceAsync(ActorSystem system)
    {
        var client = BrokerClient.Start(system, new BrokerClientSettings { Contacts = ["localhost:25672"] });
        await client.ConnectedAsync();

        // Each order is acknowledged when the broker has confirmed its invoice.
        await BrokerSource.CommittableSource(client, new SourceSettings("orders") { Declarations = [Declare.Queue("orders"), Declare.Queue("invoices")] })
            .Select(order => (OutgoingMessage.ToQueue("invoices", order.Message.Body, MessageProperties.Durable), order))
            .Via(BrokerFlow.WithConfirms<CommittableMessage>(client))
            .RunForeach(
                invoiced =>
                {
                    if (invoiced.Result.IsConfirmed)
                        invoiced.Context.Ack();
                    else
                        invoiced.Context.Requeue();
                },
                system.Materializer());
    }

    /// <summary>A broker inside a host.</summary>
    public static void Host(IHostApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks();
        builder.Services.AddAkka("application", akka => akka
            .WithActorBroker(new EmbeddedBrokerSettings { DataDirectory = "broker-data" })
            .WithActorBrokerClient(system => new BrokerClientSettings { Contacts = [system.ActorBroker().Contact] }));
    }

    /// <summary>A broker inside a test.</summary>
    public static async Task TestAsync()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var connection = await new ConnectionFactory { Uri = broker.AmqpUri }.CreateConnectionAsync();
        var client = await broker.ConnectClientAsync();
    }

    /// <summary>What a queue has kept.</summary>
    public static async Task ReplayAsync()
    {
        using var system = ActorSystem.Create("client", BrokerConfiguration.Shipped(BrokerConfiguration.Client));
        var queues = system.ActorSelection("akka.tcp://actorbroker@127.0.0.1:2552/system/sharding/queue");
        var (orders, me) = (new QueueKey("/", "orders"), new Origin("me", "my shell", DateTimeOffset.UtcNow));
        var wanted = MessageCriteria.None with { Type = "order", RoutingKey = "eu.#" };
        var lastHour = HistoryRange.FromTime(DateTimeOffset.UtcNow.AddHours(-1));

        var page = await queues.Ask<QueueBrowsed>(new BrowseQueue(orders, 1, lastHour, wanted, PageLimits.Default, me), TimeSpan.FromSeconds(20));
        foreach (var message in page.Messages)
            Console.WriteLine($"{message.Position} {message.RoutingKey} {message.Properties} {message.BodyLength}");    // the next page: from page.Next, unless page.IsEnd

        var report = await queues.Ask<ReplayReported>(
            new ReplayMessages(orders, "after the incident", lastHour, wanted, Destination.Queue("again"), null, me), TimeSpan.FromSeconds(20));
        while (report.State == ReplayState.Running)
        {
            await Task.Delay(1000);
            report = await queues.Ask<ReplayReported>(new DescribeReplay(orders, "after the incident"), TimeSpan.FromSeconds(20));
        }

        Console.WriteLine($"{report.State} {report.Progress} {report.Refusal?.Text}");
    }
}
