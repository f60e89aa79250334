using System.Globalization;
using System.Text;
using ActorBroker.Core.Access;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

/// <summary>
/// A broker that writes down what it is asked, and answers when <see cref="AnswerAll"/> is called: yes, unless a test has
/// put a refusal or another answer in its way.
/// </summary>
internal sealed class RecordingSession : IBrokerSession
{
    private readonly Queue<Action> _answers = new();
    private readonly List<Action> _published = [];

    /// <summary>The calls in order. A publish is described at the end of its read, from the arrays as they are then.</summary>
    public List<string> Calls { get; } = [];

    public bool IsImpersonator { get; set; }

    public SessionTracer? Tracer { get; set; }

    public int EndOfReads { get; private set; }

    /// <summary>The answer to every request from now on, where not null.</summary>
    public Refusal? Refusal { get; set; }

    public QueueReply QueueReply { get; set; }

    public GetReply GetReply { get; set; }

    public TargetStatus Status { get; set; }

    public TargetStatus StatusOfMoreKeys { get; set; }

    public bool IsRoutable { get; set; } = true;

    /// <summary>Without descriptions, so that allocations of the machine can be counted.</summary>
    public bool IsSilent { get; set; }

    public List<Action> Loaded { get; } = [];

    public List<int> ConsumerIds { get; } = [];

    /// <summary>The windows of the consumers that were started, in bytes.</summary>
    public List<int> Windows { get; } = [];

    public List<int> ConfirmChannels { get; } = [];

    public long PublishCount { get; private set; }

    public bool HasAnswers => _answers.Count > 0;

    public void AnswerAll()
    {
        while (_answers.TryDequeue(out var answer))
            answer();
    }

    public string User { get; private set; } = "";

    public void Authenticate(Credential credential, Action<Refusal?> reply)
    {
        User = credential.ClaimedUser;
        Ask($"authenticate {User} {((Credential.Password)credential).Secret}", reply);
    }

    public void UpdateSecret(string secret, Action<Refusal?> reply) => Ask($"update-secret {secret}", reply);

    public void OpenVirtualHost(string name, Action<Refusal?> reply) => Ask($"open-vhost {name}", reply);

    /// <summary>Channels have to be counted, so that opening one is asked for.</summary>
    public bool CountsChannels { get; set; }

    /// <summary>Channels that were opened and have not ended.</summary>
    public List<SessionChannel> Channels { get; } = [];

    public bool OpenChannel(SessionChannel channel, Action<Refusal?> reply)
    {
        Channels.Add(channel);
        if (CountsChannels)
            Ask("open-channel", reply);
        return !CountsChannels;
    }

    public void CloseChannel(SessionChannel channel) => Channels.Remove(channel);

    public void DeclareExchange(string name, ExchangeDefinition definition, bool passive, Action<Refusal?> reply) =>
        Ask($"declare-exchange {name} {definition.Type} {Flags(passive, definition.Durable, definition.AutoDelete, definition.Internal)} {definition.Arguments}", reply);

    public void DeleteExchange(string name, bool ifUnused, Action<Refusal?> reply) => Ask($"delete-exchange {name} {Flags(ifUnused)}", reply);

    public void Bind(string sourceExchange, Binding binding, Action<Refusal?> reply) => Ask($"bind {sourceExchange} {Describe(binding)}", reply);

    public void Unbind(string sourceExchange, Binding binding, Action<Refusal?> reply) => Ask($"unbind {sourceExchange} {Describe(binding)}", reply);

    public void DeclareQueue(string name, QueueDefinition definition, bool passive, Action<QueueReply> reply) =>
        Ask($"declare-queue {name} {Flags(passive, definition.Durable, definition.Exclusive, definition.AutoDelete)} {definition.Arguments}", reply);

    public void DeleteQueue(string name, bool ifUnused, bool ifEmpty, Action<QueueReply> reply) =>
        Ask($"delete-queue {name} {Flags(ifUnused, ifEmpty)}", reply);

    public void PurgeQueue(string name, Action<QueueReply> reply) => Ask($"purge {name}", reply);

    public PublishTarget GetTarget(MessageRoute route)
    {
        Record($"target {route.Exchange}/{route.RoutingKey}");
        return new Target(route);
    }

    public TargetStatus Prepare(PublishTarget target, string[] moreKeys, Action loaded)
    {
        var status = moreKeys.Length > 0 ? StatusOfMoreKeys : Status;
        if (status == TargetStatus.Loading)
            Loaded.Add(loaded);
        return status;
    }

    public bool Publish(PublishTarget target, in PublishedMessage message, string[] moreKeys, PublishConfirm confirm)
    {
        PublishCount++;
        if (!IsSilent)
            RecordPublish(target, message, moreKeys, confirm);
        return IsRoutable;
    }

    private void RecordPublish(PublishTarget target, in PublishedMessage message, string[] moreKeys, PublishConfirm confirm)
    {
        if (confirm.IsWanted)
            ConfirmChannels.Add(confirm.Channel);
        var index = Calls.Count;
        Calls.Add("");
        var kept = message;
        _published.Add(() => Calls[index] =
            $"publish {target.Route.Exchange}/{target.Route.RoutingKey} {kept.Flags} {kept.Priority} {(confirm.IsWanted ? confirm.Tag : 0)} "
            + $"{Convert.ToHexString(kept.PropertiesSource.AsSpan(kept.PropertiesOffset, kept.PropertiesLength))} {string.Join(',', moreKeys)} "
            + Describe(kept.BodySource.AsSpan(kept.BodyOffset, kept.BodyLength)));
    }

    public void ForgetConfirms(int channel) => Record($"forget-confirms {channel}");

    public void StartConsumer(string queue, int consumerId, SessionChannel channel, ConsumerSettings settings, Action<Refusal?> reply)
    {
        ConsumerIds.Add(consumerId);
        Windows.Add(settings.WindowBytes);
        Ask($"start {queue} {consumerId} {settings.Tag} {Flags(settings.NoAck, settings.Exclusive)} {settings.PrefetchCount} {settings.Arguments}", reply);
    }

    public string OpenReplyConsumer(int consumerId)
    {
        ConsumerIds.Add(consumerId);
        Record($"open-replies {consumerId}");
        return $"amq.rabbitmq.reply-to.{consumerId}";
    }

    public void FindReplyConsumer(string name, Action<Refusal?> reply) => Ask($"find-replies {name}", reply);

    public void StopConsumer(int consumerId, Action reply)
    {
        Record($"stop {consumerId}");
        _answers.Enqueue(reply);
    }

    public void CloseConsumer(int consumerId) => Record($"close {consumerId}");

    public void SetConsumerActive(int consumerId, bool active) => Record($"active {consumerId} {Flags(active)}");

    public void Get(string queue, int consumerId, bool noAck, Action<GetReply> reply)
    {
        Record($"get {queue} {consumerId} {Flags(noAck)}");
        _answers.Enqueue(() => reply(Refusal is null ? GetReply : new GetReply(Refusal, null, 0)));
    }

    public void Settle(int consumerId, SettleOutcome outcome, PositionRange positions) =>
        Record($"settle {consumerId} {outcome} {positions.First}+{positions.Count}");

    public void GrantCredit(int consumerId, int bytes) => Record($"grant {consumerId} {bytes}");

    public void EndOfRead()
    {
        EndOfReads++;
        foreach (var describe in _published)
            describe();
        _published.Clear();
    }

    /// <summary>Some queue fails in the middle of a commit.</summary>
    public bool CommitFails { get; set; }

    /// <summary>What a transaction was routed to is there when it is committed.</summary>
    public bool IsStillRouted { get; set; } = true;

    public SessionTransaction BeginTransaction(int channel) => new Transaction(this);

    private void Ask(string call, Action<Refusal?> reply)
    {
        Record(call);
        _answers.Enqueue(() => reply(Refusal));
    }

    private void Ask(string call, Action<QueueReply> reply)
    {
        Record(call);
        _answers.Enqueue(() => reply(Refusal is null ? QueueReply : new QueueReply(Refusal, 0, 0)));
    }

    private void Record(string call)
    {
        if (!IsSilent)
            Calls.Add(call);
    }

    private static string Describe(Binding binding) =>
        $"{binding.Destination.Kind} {binding.Destination.Name} {binding.RoutingKey} {binding.Arguments}";

    private static string Describe(ReadOnlySpan<byte> body) => body.Length <= 64
        ? Encoding.Latin1.GetString(body)
        : string.Create(CultureInfo.InvariantCulture, $"{body.Length}:{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(body))}");

    private static string Flags(params ReadOnlySpan<bool> flags)
    {
        var text = new StringBuilder();
        foreach (var flag in flags)
            text.Append(flag ? '1' : '0');
        return text.ToString();
    }

    private sealed class Target(MessageRoute route) : PublishTarget(route);

    private sealed class Transaction(RecordingSession session) : SessionTransaction
    {
        private readonly List<string> _work = [];

        public override bool IsFull => _work.Count >= 1000;

        public override bool Publish(PublishTarget target, in PublishedMessage message, string[] moreKeys)
        {
            if (session.IsRoutable)
                _work.Add($"publish {target.Route.Exchange}/{target.Route.RoutingKey} {message.Flags} {Describe(message.BodySource.AsSpan(message.BodyOffset, message.BodyLength))}");
            return session.IsRoutable;
        }

        public override int Count => _work.Count;

        public override bool IsStillRouted(int number) => number < _work.Count && session.IsStillRouted;

        public override void Settle(int consumerId, SettleOutcome outcome, PositionRange positions) =>
            _work.Add($"settle {consumerId} {outcome} {positions.First}+{positions.Count}");

        public override void Commit(Action<bool> reply)
        {
            session.Record($"commit {string.Join(", ", _work)}");
            session._answers.Enqueue(() => reply(!session.CommitFails));
        }
    }
}
