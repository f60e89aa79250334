using System.Net;
using System.Runtime.Serialization;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Clients;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Management.Sessions;

/// <summary>
/// The API's end of a session at the broker: one for each request that declares, publishes or gets, so that the broker's
/// rules for its user are those of any client. Ends when it is told to, or the session does.
/// </summary>
internal sealed class ApiSessionActor : UntypedActor
{
    private readonly Dictionary<long, TaskCompletionSource<IRequestAnswer>> _answers = [];
    private readonly Dictionary<long, TaskCompletionSource<ClientConfirm>> _confirms = [];
    private readonly OpenApiSession _open;
    private ClientLink? _link;

    public ApiSessionActor(OpenApiSession open) => _open = open;

    /// <summary>Opens one.</summary>
    public static Props Props(OpenApiSession open) => Akka.Actor.Props.Create(() => new ApiSessionActor(open));

    /// <inheritdoc/>
    protected override void PreStart() =>
        _open.Opener.Tell(
            new OpenLocalSession(
                new OpenClientSession(ClientSession.Version, 0, _open.User, _open.Password, _open.VirtualHost, "management", Self), _open.Peer),
            Self);

    /// <inheritdoc/>
    protected override void PostStop()
    {
        var refusal = new Refusal(RefusalReason.Unavailable, "the session at the broker has ended");
        _link?.Send(new CloseClientSession());
        Fail(refusal);
        _open.Ended.TrySetResult(refusal);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClientSessionOpened opened:
                _link = new ClientLink(Context.System, Self, opened.Session, int.MaxValue);
                Context.Watch(opened.Session);
                _open.Opened.TrySetResult(null);
                break;
            case ClientSessionRefused refused:
                _open.Opened.TrySetResult(refused.Refusal);
                Context.Stop(Self);
                break;
            case ClientSessionClosed closed:
                Fail(closed.Refusal);
                Context.Stop(Self);
                break;
            case Terminated:
                Context.Stop(Self);
                break;
            case AskSession ask:
                _answers[ask.Request.RequestId] = ask.Answer;
                _link!.Send(ask.Request);
                break;
            case PublishInSession publish:
                _confirms[publish.Word.FirstTag] = publish.Confirm;
                _link!.Send(publish.Word);
                break;
            case SettleMessages settle:
                _link!.Send(settle);
                break;
            case ClientPing:
                break;
            default:
                OnWord(message);
                break;
        }
    }

    private void OnWord(object message)
    {
        object? word;
        try
        {
            word = _link?.Receive(message);
        }
        catch (Exception failure) when (failure is InvalidDataException or SerializationException)
        {
            Fail(new Refusal(RefusalReason.Unavailable, failure.Message));
            Context.Stop(Self);
            return;
        }

        switch (word)
        {
            case IRequestAnswer answer when _answers.Remove(answer.RequestId, out var waiting):
                waiting.TrySetResult(answer);
                break;
            case ClientProgress progress:
                foreach (var confirm in progress.Confirms)
                {
                    OnConfirm(confirm);
                }

                break;
        }
    }

    private void OnConfirm(ClientConfirm confirm)
    {
        for (var tag = confirm.FirstTag; tag <= confirm.LastTag; tag++)
        {
            if (_confirms.Remove(tag, out var waiting))
            {
                waiting.TrySetResult(confirm);
            }
        }
    }

    private void Fail(Refusal refusal)
    {
        _open.Opened.TrySetResult(refusal);
        foreach (var (id, answer) in _answers)
        {
            answer.TrySetResult(new ClientAnswer(id, refusal, string.Empty, 0, 0));
        }

        foreach (var (tag, confirm) in _confirms)
        {
            confirm.TrySetResult(new ClientConfirm(tag, tag, PublishOutcome.Refused, refusal));
        }

        _answers.Clear();
        _confirms.Clear();
    }
}

/// <summary>How a session is opened, and whether it was.</summary>
/// <param name="Opener">Opens it.</param>
/// <param name="User">Whose it is.</param>
/// <param name="Password">In clear; never logged.</param>
/// <param name="VirtualHost">Where.</param>
/// <param name="Peer">Where the user has come from.</param>
/// <param name="Opened">Why not; null when it is open.</param>
internal sealed record OpenApiSession(
    ActorSelection Opener, string User, string Password, string VirtualHost, IPEndPoint Peer, TaskCompletionSource<Refusal?> Opened)
{
    /// <summary>Why what is asked from now on has no answer.</summary>
    public TaskCompletionSource<Refusal> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Leaves the password out.</summary>
    public override string ToString() => $"OpenApiSession {{ User = {User}, VirtualHost = {VirtualHost}, Peer = {Peer} }}";
}

/// <summary>Ask the broker.</summary>
internal sealed record AskSession(ClientRequest Request, TaskCompletionSource<IRequestAnswer> Answer) : INoSerializationVerificationNeeded;

/// <summary>Publish one message.</summary>
internal sealed record PublishInSession(ClientPublish Word, TaskCompletionSource<ClientConfirm> Confirm) : INoSerializationVerificationNeeded;
