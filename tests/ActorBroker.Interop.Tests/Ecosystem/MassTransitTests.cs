using System.Collections.Concurrent;
using System.Threading.Channels;
using ActorBroker.Interop.Tests.Hosting;
using MassTransit;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Ecosystem;

/// <summary>MassTransit 8.5 with the topology it declares by itself: exchanges of types, endpoints, _error and _delay.</summary>
[Collection(OtherClients.Name)]
public sealed class MassTransitTests(BrokerFixture broker)
{
    private readonly BrokerEndpoint _broker = broker.Endpoint;
    private readonly string _run = Guid.NewGuid().ToString("N");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_published_event_reaches_the_endpoints_of_its_type_and_of_its_interface(bool quorum)
    {
        var orders = Channel.CreateUnbounded<string>();
        var audit = Channel.CreateUnbounded<string>();
        await using var bus = await StartAsync(configurator =>
        {
            configurator.ReceiveEndpoint($"orders-{_run}", endpoint =>
            {
                UseType(endpoint, quorum);
                endpoint.Handler<OrderPlaced>(async context => await orders.Writer.WriteAsync(context.Message.Number));
            });
            configurator.ReceiveEndpoint($"audit-{_run}", endpoint =>
            {
                UseType(endpoint, quorum);
                endpoint.Handler<IAuditable>(async context => await audit.Writer.WriteAsync(context.Message.Number));
            });
        });
        for (var i = 0; i < 100; i++)
        {
            await bus.Control.Publish(new OrderPlaced($"{i}"));
        }

        var expected = Enumerable.Range(0, 100).Select(i => $"{i}").Order().ToArray();
        Assert.Equal(expected, (await TakeAsync(orders, 100)).Order());
        Assert.Equal(expected, (await TakeAsync(audit, 100)).Order());
        await DeleteAsync($"orders-{_run}", $"audit-{_run}");
    }

    [Fact]
    public async Task A_message_is_retried_and_then_moved_to_the_error_queue_with_its_reason()
    {
        var attempts = 0;
        var errors = Channel.CreateUnbounded<string>();
        await using var bus = await StartAsync(configurator =>
        {
            configurator.ReceiveEndpoint($"failing-{_run}", endpoint =>
            {
                endpoint.UseMessageRetry(retry => retry.Interval(2, TimeSpan.FromMilliseconds(50)));
                endpoint.Handler<DoWork>(_ =>
                {
                    Interlocked.Increment(ref attempts);
                    throw new InvalidOperationException("no luck");
                });
            });
            configurator.ReceiveEndpoint($"failing-{_run}_error", endpoint =>
            {
                endpoint.ConfigureConsumeTopology = false;
                endpoint.Handler<DoWork>(async context =>
                    await errors.Writer.WriteAsync(context.ReceiveContext.TransportHeaders.Get<string>("MT-Fault-Message") ?? ""));
            });
        });
        await (await bus.Control.GetSendEndpoint(new Uri($"queue:failing-{_run}"))).Send(new DoWork("x"));
        Assert.Equal("no luck", (await TakeAsync(errors, 1))[0]);
        Assert.Equal(3, attempts);
        await DeleteAsync($"failing-{_run}", $"failing-{_run}_error");
    }

    [Fact]
    public async Task A_request_gets_its_response_by_the_temporary_queue_of_the_bus()
    {
        await using var bus = await StartAsync(configurator =>
            configurator.ReceiveEndpoint($"service-{_run}", endpoint =>
                endpoint.Handler<Ask>(context => context.RespondAsync(new Answer(context.Message.Number * 2)))));
        var client = bus.Control.CreateRequestClient<Ask>(new Uri($"queue:service-{_run}"), BrokerFixture.Limit);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => client.GetResponse<Answer>(new Ask(i))));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i * 2), answers.Select(answer => answer.Message.Number));
        await DeleteAsync($"service-{_run}");
    }

    /// <summary>Needs the exchange type x-delayed-message, which a RabbitMQ has only with the plug-in of its users.</summary>
    [OwnBrokerFact]
    public async Task A_delayed_message_comes_when_it_is_due_and_a_failed_one_is_redelivered_later()
    {
        var received = Channel.CreateUnbounded<string>();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var failures = 0;
        await using var bus = await StartAsync(configurator =>
        {
            configurator.UseDelayedMessageScheduler();
            configurator.ReceiveEndpoint($"later-{_run}", endpoint =>
            {
                endpoint.UseDelayedRedelivery(redelivery => redelivery.Intervals(TimeSpan.FromMilliseconds(300)));
                endpoint.Handler<DoWork>(async context =>
                {
                    if (context.Message.What == "fails once" && Interlocked.Increment(ref failures) == 1)
                    {
                        throw new InvalidOperationException("once");
                    }

                    await received.Writer.WriteAsync($"{context.Message.What} after {clock.Elapsed.TotalMilliseconds >= 290}");
                });
            });
        });
        var endpoint = new Uri($"queue:later-{_run}");
        clock.Restart();
        await bus.Control.CreateDelayedMessageScheduler().ScheduleSend(endpoint, DateTime.UtcNow.AddMilliseconds(350), new DoWork("delayed"));
        await (await bus.Control.GetSendEndpoint(endpoint)).Send(new DoWork("fails once"));
        Assert.Equal(["delayed after True", "fails once after True"], (await TakeAsync(received, 2)).Order());
        await DeleteAsync($"later-{_run}");
    }

    [Fact]
    public async Task A_saga_goes_from_state_to_state()
    {
        var machine = new OrderStateMachine();
        var repository = new InMemorySagaRepository<OrderState>();
        await using var bus = await StartAsync(configurator =>
            configurator.ReceiveEndpoint($"saga-{_run}", endpoint => endpoint.StateMachineSaga(machine, repository)));
        var orders = Enumerable.Range(0, 10).Select(_ => NewId.NextGuid()).ToArray();
        foreach (var order in orders)
        {
            await bus.Control.Publish(new OrderSubmitted(order));
        }

        foreach (var order in orders)
        {
            await bus.Control.Publish(new OrderPaid(order));
        }

        Assert.Equal(orders.Order(), (await TakeAsync(machine.Shipped, orders.Length)).Order());
        await DeleteAsync($"saga-{_run}");
    }

    private static void UseType(IRabbitMqReceiveEndpointConfigurator endpoint, bool quorum)
    {
        if (quorum)
        {
            endpoint.SetQuorumQueue();
        }
    }

    private static async Task<T[]> TakeAsync<T>(Channel<T> channel, int count)
    {
        using var limit = new CancellationTokenSource(BrokerFixture.Limit);
        var taken = new T[count];
        for (var i = 0; i < count; i++)
        {
            taken[i] = await channel.Reader.ReadAsync(limit.Token);
        }

        return taken;
    }

    private async Task<RunningBus> StartAsync(Action<IRabbitMqBusFactoryConfigurator> configure)
    {
        var control = Bus.Factory.CreateUsingRabbitMq(configurator =>
        {
            configurator.Host(_broker.Host, (ushort)_broker.Port, "/", host =>
            {
                host.Username("guest");
                host.Password("guest");
            });
            configure(configurator);
        });
        using var limit = new CancellationTokenSource(BrokerFixture.Limit);
        await control.StartAsync(limit.Token);
        return new RunningBus(control);
    }

    /// <summary>Deletes the endpoints of a test: MassTransit leaves them for the next start of its service.</summary>
    private async Task DeleteAsync(params string[] endpoints)
    {
        var factory = new ConnectionFactory { HostName = _broker.Host, Port = _broker.Port };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var endpoint in endpoints)
        {
            await channel.QueueDeleteAsync(endpoint);
            await channel.ExchangeDeleteAsync(endpoint);
        }
    }

    private sealed record RunningBus(IBusControl Control) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            using var limit = new CancellationTokenSource(BrokerFixture.Limit);
            await Control.StopAsync(limit.Token);
        }
    }
}

public interface IAuditable
{
    string Number { get; }
}

public sealed record OrderPlaced(string Number) : IAuditable;

public sealed record DoWork(string What);

public sealed record Ask(int Number);

public sealed record Answer(int Number);

public sealed record OrderSubmitted(Guid OrderId);

public sealed record OrderPaid(Guid OrderId);

/// <summary>Where one order stands.</summary>
public sealed class OrderState : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }

    public string CurrentState { get; set; } = "";
}

/// <summary>An order is submitted, paid, and then shipped; either of the first two may come first.</summary>
public sealed class OrderStateMachine : MassTransitStateMachine<OrderState>
{
    public OrderStateMachine()
    {
        InstanceState(order => order.CurrentState);
        Event(() => Submitted, e => e.CorrelateById(context => context.Message.OrderId));
        Event(() => Paid, e => e.CorrelateById(context => context.Message.OrderId));
        Initially(
            When(Submitted).TransitionTo(AwaitingPayment),
            When(Paid).TransitionTo(AwaitingSubmission));
        During(AwaitingPayment, When(Paid).Then(context => Ship(context.Saga)).Finalize());
        During(AwaitingSubmission, When(Submitted).Then(context => Ship(context.Saga)).Finalize());
    }

    public State AwaitingPayment { get; private set; } = null!;

    public State AwaitingSubmission { get; private set; } = null!;

    public Event<OrderSubmitted> Submitted { get; private set; } = null!;

    public Event<OrderPaid> Paid { get; private set; } = null!;

    /// <summary>The orders that were shipped.</summary>
    public Channel<Guid> Shipped { get; } = Channel.CreateUnbounded<Guid>();

    private void Ship(OrderState order) => Shipped.Writer.TryWrite(order.CorrelationId);
}
