using ActorBroker.Contracts.Clients;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using Akka.Actor;

namespace ActorBroker.Client;

/// <summary>
/// A client of the broker in an actor system of the application, over Akka.Remote. It logs in by itself, and again when
/// its session is lost. Sources, sinks and flows are made for it; for anything else it has methods, and an actor for who
/// prefers messages. Safe for any thread.
/// </summary>
/// <remarks>
/// What is lost with a session: exclusive queues, and what has been delivered without being settled comes again, marked as
/// redelivered. What is not: subscriptions go on, and publishes that are not confirmed are published again (or fail, see
/// <see cref="BrokerClientSettings.Unconfirmed"/>). A request whose answer is lost is refused as unavailable.
/// </remarks>
public sealed class BrokerClient : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly ActorSystem _system;
    private readonly BrokerClientSettings _settings;

    private BrokerClient(ActorSystem system, IActorRef actor, BrokerClientSettings settings)
    {
        _system = system;
        Actor = actor;
        _settings = settings;
    }

    /// <summary>
    /// Takes <see cref="Publish"/>, <see cref="Subscribe"/>, <see cref="Get"/>, <see cref="WatchSession"/> and the requests of
    /// <see cref="Declare"/> from actors of its system.
    /// </summary>
    public IActorRef Actor { get; }

    /// <summary>Starts a client. It does not wait until it is logged in: <see cref="ConnectedAsync"/> does.</summary>
    /// <param name="system">With a provider for remote actors or a cluster.</param>
    /// <param name="settings">How to reach the broker.</param>
    /// <param name="name">The actor's name below /user.</param>
    /// <exception cref="ArgumentException">A contact is no address.</exception>
    /// <exception cref="InvalidOperationException">The system cannot reach others.</exception>
    public static BrokerClient Start(ActorSystem system, BrokerClientSettings settings, string name = "actorbroker-client")
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(settings);
        if (system is not ExtendedActorSystem { Provider: Akka.Remote.IRemoteActorRefProvider })
        {
            throw new InvalidOperationException($"Actor system '{system.Name}' has no Akka.Remote: its akka.actor.provider has to be remote or cluster.");
        }

        settings.ReceptionistPaths();
        ClientSerializers.AddTo(system);
        return new BrokerClient(system, system.ActorOf(BrokerClientActor.Props(settings, TimeProvider.System), name), settings);
    }

    /// <summary>Waits until the client is logged in.</summary>
    /// <exception cref="BrokerRefusedException">The broker does not let it in: wrong password, no such virtual host.</exception>
    /// <exception cref="TimeoutException">No broker has answered within <see cref="BrokerClientSettings.RequestTimeout"/>.</exception>
    public async Task ConnectedAsync(CancellationToken cancellation = default)
    {
        var decided = new TaskCompletionSource<SessionState>(TaskCreationOptions.RunContinuationsAsynchronously);
        var probe = _system.ActorOf(SessionProbe.Props(Actor, decided));
        try
        {
            var state = await decided.Task.WaitAsync(_settings.RequestTimeout, cancellation).ConfigureAwait(false);
            if (state.Failure is { } refusal)
            {
                throw new BrokerRefusedException(refusal);
            }
        }
        finally
        {
            probe.Tell(PoisonPill.Instance);
        }
    }

    /// <summary>How the session is now.</summary>
    public Task<SessionState> StateAsync(CancellationToken cancellation = default) =>
        AskAsync<SessionState>(WatchSession.Instance, cancellation);

    /// <summary>Creates a queue, or checks that it exists and is equal; see <see cref="Declare.Queue"/>.</summary>
    /// <returns>Its name, messages and consumers.</returns>
    /// <exception cref="BrokerRefusedException">The broker refuses.</exception>
    public Task<QueueDeclared> DeclareQueueAsync(
        string queue, bool durable = true, bool exclusive = false, bool autoDelete = false, ArgumentTable? arguments = null,
        CancellationToken cancellation = default) =>
        DeclareAsync(Declare.Queue(queue, durable, exclusive, autoDelete, arguments), cancellation);

    /// <summary>How many messages and consumers a queue has.</summary>
    /// <exception cref="BrokerRefusedException">There is no such queue.</exception>
    public Task<QueueDeclared> FindQueueAsync(string queue, CancellationToken cancellation = default) =>
        DeclareAsync(Declare.ExistingQueue(queue), cancellation);

    /// <summary>Asks any of the requests of <see cref="Declare"/>.</summary>
    /// <exception cref="BrokerRefusedException">The broker refuses.</exception>
    public async Task<QueueDeclared> DeclareAsync(ClientRequest declaration, CancellationToken cancellation = default)
    {
        var answer = await RequestAsync(declaration, cancellation).ConfigureAwait(false);
        return new QueueDeclared(answer.Name, answer.MessageCount, answer.ConsumerCount);
    }

    /// <summary>Deletes a queue; a missing one is no error.</summary>
    /// <returns>How many messages it had.</returns>
    /// <exception cref="BrokerRefusedException">The broker refuses.</exception>
    public async Task<long> DeleteQueueAsync(string queue, bool ifUnused = false, bool ifEmpty = false, CancellationToken cancellation = default) =>
        (await RequestAsync(new ClientDeleteQueue(0, queue, ifUnused, ifEmpty), cancellation).ConfigureAwait(false)).MessageCount;

    /// <summary>Removes all ready messages of a queue.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="BrokerRefusedException">The broker refuses.</exception>
    public async Task<long> PurgeQueueAsync(string queue, CancellationToken cancellation = default) =>
        (await RequestAsync(new ClientPurgeQueue(0, queue), cancellation).ConfigureAwait(false)).MessageCount;

    /// <summary>Deletes an exchange; a missing one is no error.</summary>
    /// <exception cref="BrokerRefusedException">The broker refuses.</exception>
    public Task DeleteExchangeAsync(string exchange, bool ifUnused = false, CancellationToken cancellation = default) =>
        RequestAsync(new ClientDeleteExchange(0, exchange, ifUnused), cancellation);

    /// <summary>Removes a binding of a queue; a missing one is no error.</summary>
    /// <exception cref="BrokerRefusedException">The broker refuses.</exception>
    public Task UnbindQueueAsync(
        string queue, string exchange, string routingKey, ArgumentTable? arguments = null, CancellationToken cancellation = default) =>
        RequestAsync(
            new ClientUnbind(0, exchange, new Binding(Destination.Queue(queue), routingKey, arguments ?? ArgumentTable.Empty)), cancellation);

    /// <summary>Publishes one message and waits for its outcome. For many, a stream is faster by far.</summary>
    public async Task<PublishResult> PublishAsync(OutgoingMessage message, CancellationToken cancellation = default)
    {
        var published = await AskAsync<Published>(new Publish(0, [message]), cancellation).ConfigureAwait(false);
        return published.Results[0].Result;
    }

    /// <summary>Takes one message of a queue; null when it is empty.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="noAck">It is settled at once; else <see cref="Settle"/> has to follow.</param>
    /// <param name="cancellation">Gives up waiting; a message may have been taken all the same.</param>
    /// <exception cref="BrokerRefusedException">There is no such queue.</exception>
    public async Task<ReceivedMessage?> GetAsync(string queue, bool noAck, CancellationToken cancellation = default)
    {
        var got = await AskAsync<MessageGot>(new Get(queue, noAck), cancellation).ConfigureAwait(false);
        return got.Refusal is null ? got.Message : throw new BrokerRefusedException(got.Refusal);
    }

    /// <summary>Settles a delivery; does not wait. If the broker never hears of it, the message comes again.</summary>
    public void Settle(ReceivedMessage message, SettleOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(message);
        Actor.Tell(new Settle(message.Tag, outcome));
    }

    /// <summary>Ends the session and stops the client's actor.</summary>
    public async ValueTask DisposeAsync() => await Actor.GracefulStop(StopTimeout).ConfigureAwait(false);

    private async Task<ClientAnswer> RequestAsync(ClientRequest request, CancellationToken cancellation)
    {
        var answer = await AskAsync<ClientAnswer>(request, cancellation).ConfigureAwait(false);
        return answer.Refusal is null ? answer : throw new BrokerRefusedException(answer.Refusal);
    }

    private async Task<T> AskAsync<T>(object command, CancellationToken cancellation)
    {
        try
        {
            return await Actor.Ask<T>(command, _settings.RequestTimeout, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException failure)
        {
            throw new TimeoutException($"The broker has not answered within {_settings.RequestTimeout.TotalSeconds:0} s.", failure);
        }
    }
}

/// <summary>A queue as it was declared or found.</summary>
/// <param name="Queue">Its name.</param>
/// <param name="MessageCount">Ready messages.</param>
/// <param name="ConsumerCount">Consumers.</param>
public sealed record QueueDeclared(string Queue, long MessageCount, int ConsumerCount);
