using ActorBroker.Contracts;
using ActorBroker.Contracts.Clients;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Client;

/// <content>
/// Requests of others, which get numbers of this client's own. Those that come while there is no session wait for one;
/// those whose answer is lost with their session are refused as unavailable: they may have been carried out.
/// </content>
internal sealed partial class BrokerClientActor
{
    private const int WaitingMax = 10_000;

    private static readonly Refusal Lost = new(RefusalReason.Unavailable, "the session with the broker was lost before it answered");

    private readonly Dictionary<long, Action<IRequestAnswer>> _requests = [];
    private readonly Queue<(Func<long, ClientRequest> Request, Action<IRequestAnswer> Answered)> _waitingRequests = new();
    private readonly Dictionary<string, int> _getters = new(StringComparer.Ordinal);
    private long _lastRequest;

    private void OnRequest(ClientRequest request)
    {
        var (asker, id) = (Sender, request.RequestId);
        if (request is ClientSubscribe or ClientUnsubscribe or ClientGet or ClientOpenReplies)
        {
            Unhandled(request);
            return;
        }

        Ask(number => request with { RequestId = number }, answer => asker.Tell(((ClientAnswer)answer) with { RequestId = id }));
    }

    private void OnGet(Get get)
    {
        var asker = Sender;
        Ask(
            number => new ClientGet(number, GetterOf(get.Queue), get.Queue, get.NoAck),
            answer => asker.Tell(answer switch
            {
                MessageTaken { Segment: { } segment } => new MessageGot(null, Read(segment.Batch, segment, 0, _getters[get.Queue])),
                MessageTaken => new MessageGot(null, null),
                _ => new MessageGot(((ClientAnswer)answer).Refusal, null),
            }));
    }

    private int GetterOf(string queue)
    {
        if (!_getters.TryGetValue(queue, out var lease))
        {
            lease = ++_lastLease;
            _getters.Add(queue, lease);
            _leases.Add(lease, null);
        }

        return lease;
    }

    private void Ask(Func<long, ClientRequest> request, Action<IRequestAnswer> answered)
    {
        if (_failure is not null || (!IsOpen && _waitingRequests.Count >= WaitingMax))
        {
            answered(Refused(_failure ?? new Refusal(RefusalReason.Unavailable, "too many requests wait for a session with the broker")));
        }
        else if (IsOpen)
        {
            // What was published and settled before comes first.
            SendPublishes();
            SendSettlements();
            var number = ++_lastRequest;
            _requests.Add(number, answered);
            _link!.Send(request(number));
        }
        else
        {
            _waitingRequests.Enqueue((request, answered));
        }
    }

    private void Answer(long number, IRequestAnswer answer)
    {
        if (_requests.Remove(number, out var answered))
        {
            answered(answer);
        }
    }

    private void SendRequests()
    {
        while (IsOpen && _waitingRequests.TryDequeue(out var waiting))
        {
            Ask(waiting.Request, waiting.Answered);
        }
    }

    private void LoseRequests()
    {
        var lost = _requests.Values.ToArray();
        _requests.Clear();
        foreach (var answered in lost)
        {
            answered(Refused(Lost));
        }
    }

    private void RefuseRequests(Refusal refusal)
    {
        while (_waitingRequests.TryDequeue(out var waiting))
        {
            waiting.Answered(Refused(refusal));
        }
    }

    private static ClientAnswer Refused(Refusal refusal) => new(0, refusal, string.Empty, 0, 0);
}
