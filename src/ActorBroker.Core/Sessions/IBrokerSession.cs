using ActorBroker.Core.Access;
using ActorBroker.Core.Alarms;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;

namespace ActorBroker.Core.Sessions;

/// <summary>
/// What one client connection can ask of the broker, in words that all protocols share. A protocol's state machine
/// calls it; Connections implements it with the actors of the cluster, tests with a recording double.
/// Everything runs on the connection's own thread of control: calls never block, answers arrive later through the
/// callback given (never from inside the call), <see cref="IBrokerSessionListener"/> hears what nobody asked for.
/// After the connection has ended no callback runs any more.
/// </summary>
public interface IBrokerSession
{
    /// <summary>Who the client turned out to be, which may be another name than it gave; empty before.</summary>
    string User { get; }

    /// <summary>The user may publish in the name of any other (RabbitMQ's tag impersonator), as of the last <see cref="Authenticate"/>.</summary>
    bool IsImpersonator { get; }

    /// <summary>Where to send a copy of all that is published and delivered; null while the virtual host is not traced. Cheap to ask.</summary>
    SessionTracer? Tracer { get; }

    /// <summary>Checks credentials and binds this session to the user. The first call of all.</summary>
    void Authenticate(Credential credential, Action<Refusal?> reply);

    /// <summary>
    /// The client has renewed its secret. A user with a password is asked for it when the connection opens and not
    /// again (RabbitMQ); what else was granted then has to hold still.
    /// </summary>
    void UpdateSecret(string secret, Action<Refusal?> reply);

    /// <summary>
    /// Checks that the virtual host exists and that the user may enter it; binds this session to it. Once, after
    /// <see cref="Authenticate"/> has succeeded and before everything else.
    /// </summary>
    void OpenVirtualHost(string name, Action<Refusal?> reply);

    /// <summary>Counts one more channel against the user's limit.</summary>
    /// <param name="channel">The channel, for those who watch.</param>
    /// <param name="reply">Unless it is open at once: whether it is.</param>
    /// <returns>It is open at once; <paramref name="reply"/> does not run.</returns>
    bool OpenChannel(SessionChannel channel, Action<Refusal?> reply);

    /// <summary>A channel that was opened has ended.</summary>
    void CloseChannel(SessionChannel channel);

    /// <summary>Creates an exchange, or checks that it exists (<paramref name="passive"/>) or is equal.</summary>
    void DeclareExchange(string name, ExchangeDefinition definition, bool passive, Action<Refusal?> reply);

    /// <summary>Deletes an exchange and its bindings. A missing one is no error (RabbitMQ).</summary>
    void DeleteExchange(string name, bool ifUnused, Action<Refusal?> reply);

    /// <summary>Adds a binding; when the answer comes it is in force on every node.</summary>
    void Bind(string sourceExchange, Binding binding, Action<Refusal?> reply);

    /// <summary>Removes a binding; a missing one is no error (RabbitMQ).</summary>
    void Unbind(string sourceExchange, Binding binding, Action<Refusal?> reply);

    /// <summary>
    /// Creates a queue, or checks that it exists (<paramref name="passive"/>) or is equal. The name is never empty:
    /// the protocol's machine makes names such as <c>amq.gen-…</c> up itself.
    /// </summary>
    void DeclareQueue(string name, QueueDefinition definition, bool passive, Action<QueueReply> reply);

    /// <summary>Deletes a queue; answers with the number of messages that it held. A missing one is no error (RabbitMQ).</summary>
    void DeleteQueue(string name, bool ifUnused, bool ifEmpty, Action<QueueReply> reply);

    /// <summary>Removes all ready messages; answers with their number.</summary>
    void PurgeQueue(string name, Action<QueueReply> reply);

    /// <summary>
    /// The target for publishes to an exchange with a routing key. Targets are meant to be cached by the caller, keyed
    /// by the bytes that named them, and stay valid for the life of the session, whatever is bound, declared or deleted
    /// meanwhile. Arrays and strings given are copied as needed.
    /// </summary>
    PublishTarget GetTarget(MessageRoute route);

    /// <summary>
    /// Makes a target ready for <see cref="Publish"/>. On <see cref="TargetStatus.Loading"/> the caller must not
    /// publish to it until <paramref name="loaded"/> has run, and then ask again.
    /// </summary>
    /// <param name="target">Exchange and routing key.</param>
    /// <param name="moreKeys">Further keys to route the next message by; usually empty. Nothing is kept for them.</param>
    /// <param name="loaded">Runs when it is worth asking again.</param>
    TargetStatus Prepare(PublishTarget target, string[] moreKeys, Action loaded);

    /// <summary>
    /// Routes one message to all queues that its target leads to. The source arrays are read until the next
    /// <see cref="EndOfRead"/> at the latest and may be reused after it. Returns false when no queue took it
    /// (unroutable): it then counts as published and, if asked for, confirmed all the same.
    /// Messages of one session arrive in each queue in the order of the calls.
    /// </summary>
    /// <param name="target">A target that <see cref="Prepare"/> said is ready.</param>
    /// <param name="message">Where the message's bytes are.</param>
    /// <param name="moreKeys">Further keys that the message is routed by, as given to <see cref="Prepare"/>; usually empty.</param>
    /// <param name="confirm">Whose it is, and the confirm to give.</param>
    bool Publish(PublishTarget target, in PublishedMessage message, string[] moreKeys, PublishConfirm confirm);

    /// <summary>
    /// A channel with confirms is gone: nobody waits for them any more, and <see cref="IBrokerSessionListener.OnConfirm"/>
    /// need not be called for it. What it published stays published.
    /// </summary>
    /// <param name="channel">As given in <see cref="PublishConfirm.Channel"/>; the number never comes again.</param>
    void ForgetConfirms(int channel);

    /// <summary>Starts a consumer; deliveries may come right after the answer.</summary>
    void StartConsumer(string queue, int consumerId, SessionChannel channel, ConsumerSettings settings, Action<Refusal?> reply);

    /// <summary>
    /// Starts a consumer of direct reply-to (<see cref="Names.DirectReply"/>), at once and without acknowledgements.
    /// It ends with <see cref="StopConsumer"/> or <see cref="CloseConsumer"/>; <see cref="GrantCredit"/> gives back its room.
    /// </summary>
    /// <returns>The name under which others reach it, on the default exchange.</returns>
    string OpenReplyConsumer(int consumerId);

    /// <summary>Whether the client that made the broker make this name still waits for replies.</summary>
    void FindReplyConsumer(string name, Action<Refusal?> reply);

    /// <summary>No more deliveries after the answer; what was delivered stays unsettled.</summary>
    void StopConsumer(int consumerId, Action reply);

    /// <summary>Ends a consumer at once; what it has not settled goes back to the queue, marked as redelivered.</summary>
    void CloseConsumer(int consumerId);

    /// <summary>
    /// Holds a consumer back (false) or lets it go on (true): a channel-wide prefetch limit or channel.flow. Deliveries
    /// under way when it is held back still arrive; the caller may settle them as <see cref="SettleOutcome.Released"/>.
    /// </summary>
    void SetConsumerActive(int consumerId, bool active);

    /// <summary>
    /// Takes one message. The consumer id names the getter for later settlement: the same one for all gets of a
    /// channel from this queue.
    /// </summary>
    void Get(string queue, int consumerId, bool noAck, Action<GetReply> reply);

    /// <summary>Messages and settlements that take effect together, when it is committed.</summary>
    /// <param name="channel">Whose, as of <see cref="PublishConfirm.Channel"/>.</param>
    SessionTransaction BeginTransaction(int channel);

    /// <summary>
    /// Settles deliveries of a consumer. Gathered, and sent at the <see cref="EndOfRead"/> at the latest.
    /// </summary>
    void Settle(int consumerId, SettleOutcome outcome, PositionRange positions);

    /// <summary>Gives back room in the consumer's window: so many bytes of deliveries have left for the client.</summary>
    void GrantCredit(int consumerId, int bytes);

    /// <summary>
    /// The end of one socket read: what was published is sent to the queues, settlements too. Source arrays of
    /// published messages may be reused after it.
    /// </summary>
    void EndOfRead();
}

/// <summary>What the broker tells a session without having been asked.</summary>
public interface IBrokerSessionListener
{
    /// <summary>The client, as far as the opening of the connection has come.</summary>
    ClientDescription Client { get; }

    /// <summary>Messages for a consumer, in the queue's order. The segments belong to the listener.</summary>
    void OnDeliveries(int consumerId, ReadOnlySpan<DeliverySegment> segments);

    /// <summary>Some node runs short of something, or none does any more: publishers are to wait meanwhile.</summary>
    void OnResourceAlarms(ResourceAlarms alarms);

    /// <summary>The queue ended the consumer, because it was deleted or is not available any more.</summary>
    void OnConsumerCancelled(int consumerId);

    /// <summary>
    /// A delivery of the consumer (or getter) was not settled in time: its channel is to end, which closes the consumer,
    /// and so gives its queue back what it held.
    /// </summary>
    void OnConsumerTimedOut(int consumerId, long timeoutMs);

    /// <summary>
    /// Publishes <paramref name="firstTag"/> to <paramref name="lastTag"/> of a channel are safe (or, negatively, may
    /// be lost). Each tag is told of exactly once; in order wherever their queues answer in order.
    /// </summary>
    /// <param name="channel">As given in <see cref="PublishConfirm.Channel"/>.</param>
    /// <param name="firstTag">First tag.</param>
    /// <param name="lastTag">Last tag, inclusive.</param>
    /// <param name="negative">The broker could not take them.</param>
    /// <param name="allBefore">Every lower tag of the channel has been told of already, so one multiple answer may cover them.</param>
    void OnConfirm(int channel, ulong firstTag, ulong lastTag, bool negative, bool allBefore);
}
