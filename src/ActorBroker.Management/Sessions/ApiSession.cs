using ActorBroker.Contracts;
using ActorBroker.Contracts.Clients;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using ActorBroker.Management.Http;
using Akka.Actor;

namespace ActorBroker.Management.Sessions;

/// <summary>A session of a request's user at the broker. Disposing of it ends it: what was not settled goes back.</summary>
internal sealed class ApiSession : IAsyncDisposable
{
    // Of a queue that is only asked for.
    private static readonly QueueDefinition Any = new(Durable: false, Exclusive: false, AutoDelete: false, ArgumentTable.Empty);

    private readonly IActorRef _actor;
    private readonly Task<Refusal> _closed;
    private readonly CancellationToken _ended;
    private long _requests;
    private long _published;

    private ApiSession(IActorRef actor, Task<Refusal> closed, CancellationToken ended)
    {
        _actor = actor;
        _closed = closed;
        _ended = ended;
    }

    /// <summary>Opens a session of the request's user in a virtual host.</summary>
    /// <exception cref="ApiErrorException">The user may not, or the broker cannot.</exception>
    public static async Task<ApiSession> OpenAsync(ApiRequest request, string virtualHost)
    {
        if (!request.Broker.Options.Cluster.IsEdge)
        {
            throw ApiErrorException.Unavailable("this node serves no clients: ask another one");
        }

        var opened = New<Refusal?>();
        var (user, password) = request.User.Credentials;
        var open = new OpenApiSession(request.Broker.Sessions, user, password, virtualHost, request.Peer, opened);
        var session = new ApiSession(request.Broker.System.ActorOf(ApiSessionActor.Props(open)), open.Ended.Task, request.Ended);
        try
        {
            var refusal = await session.WithinAsync(opened.Task).ConfigureAwait(false);
            return refusal is null ? session : throw ApiErrorException.Of(refusal);
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Asks for a change or a count.</summary>
    /// <param name="make">The request, of this id.</param>
    public async Task<ClientAnswer> AskAsync(Func<long, ClientRequest> make) => (ClientAnswer)await AskAnyAsync(make).ConfigureAwait(false);

    /// <summary>Asks for a change, and throws where it is refused.</summary>
    /// <exception cref="ApiErrorException">The broker refuses it.</exception>
    public async Task<ClientAnswer> ChangeAsync(Func<long, ClientRequest> make)
    {
        var answer = await AskAsync(make).ConfigureAwait(false);
        return answer.Refusal is { } refusal ? throw ApiErrorException.Of(refusal) : answer;
    }

    /// <summary>Takes one message; null when the queue is empty.</summary>
    /// <exception cref="ApiErrorException">The broker refuses it.</exception>
    public async Task<MessageTaken?> GetAsync(string queue, int consumerId, bool noAck) =>
        await AskAnyAsync(id => new ClientGet(id, consumerId, queue, noAck)).ConfigureAwait(false) switch
        {
            MessageTaken taken => taken.Segment is null ? null : taken,
            ClientAnswer { Refusal: { } refusal } => throw ApiErrorException.OfChannel(refusal),
            _ => null,
        };

    /// <summary>Settles what was got.</summary>
    public void Settle(int consumerId, SettleOutcome outcome, PositionRange positions) =>
        _actor.Tell(new SettleMessages([new Settlement(consumerId, outcome, positions)]));

    /// <summary>Ends when the queue has heard what was settled, since it answers behind that: whoever gets next finds what has gone back.</summary>
    public Task SettledAsync(string queue) => AskAsync(id => new ClientDeclareQueue(id, queue, Any, Passive: true));

    /// <summary>Publishes one message, mandatorily, and says what became of it.</summary>
    public async Task<ClientConfirm> PublishAsync(MessageRoute route, byte[] properties, byte[] body)
    {
        var builder = new TableBatchBuilder();
        builder.Add(route, properties, body);
        var confirm = New<ClientConfirm>();
        _actor.Tell(new PublishInSession(new ClientPublish(++_published, Mandatory: true, builder.Take()), confirm));
        return await WithinAsync(confirm.Task).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        // Behind what it was told to settle.
        _actor.Tell(PoisonPill.Instance);
        return ValueTask.CompletedTask;
    }

    private async Task<IRequestAnswer> AskAnyAsync(Func<long, ClientRequest> make)
    {
        var answer = New<IRequestAnswer>();
        _actor.Tell(new AskSession(make(++_requests), answer));
        return await WithinAsync(answer.Task).ConfigureAwait(false);
    }

    // A session may end between two questions, when an operator closes all of a user's: nobody hears the second one.
    private async Task<T> WithinAsync<T>(Task<T> task)
    {
        try
        {
            await Task.WhenAny(task, _closed).WaitAsync(ManagedBroker.AnswerTimeout, _ended).ConfigureAwait(false);
            return task.IsCompleted
                ? await task.ConfigureAwait(false)
                : throw ApiErrorException.Of(await _closed.ConfigureAwait(false));
        }
        catch (TimeoutException)
        {
            throw ApiErrorException.Unavailable("the broker did not answer in time");
        }
    }

    private static TaskCompletionSource<T> New<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
