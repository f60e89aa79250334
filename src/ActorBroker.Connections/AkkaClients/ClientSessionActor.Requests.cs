using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ActorBroker.Contracts.Clients;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.AkkaClients;

/// <content>Requests: the rules of names are those of AMQP 0-9-1, everything else is up to the session.</content>
internal sealed partial class ClientSessionActor
{
    private const string ReservedPrefix = "amq.";

    private void OnRequest(ClientRequest request)
    {
        switch (request)
        {
            case ClientDeclareQueue declare:
                DeclareQueue(declare);
                break;
            case ClientDeleteQueue delete:
                Named(request, delete.Queue, () => _session.DeleteQueue(delete.Queue, delete.IfUnused, delete.IfEmpty, reply => Answer(request, reply)));
                break;
            case ClientPurgeQueue purge:
                Named(request, purge.Queue, () => _session.PurgeQueue(purge.Queue, reply => Answer(request, reply)));
                break;
            case ClientDeclareExchange declare:
                Exchange(request, declare.Exchange, () => _session.DeclareExchange(
                    declare.Exchange, declare.Definition, declare.Passive, refusal => Answer(request, refusal)));
                break;
            case ClientDeleteExchange delete:
                DeleteExchange(delete);
                break;
            case ClientBind bind:
                Exchange(request, bind.Exchange, bind.Binding.RoutingKey, () =>
                    _session.Bind(bind.Exchange, bind.Binding, refusal => Answer(request, refusal)));
                break;
            case ClientUnbind unbind:
                Exchange(request, unbind.Exchange, unbind.Binding.RoutingKey, () =>
                    _session.Unbind(unbind.Exchange, unbind.Binding, refusal => Answer(request, refusal)));
                break;
            case ClientSubscribe subscribe:
                Named(request, subscribe.Queue, () => Subscribe(subscribe));
                break;
            case ClientUnsubscribe unsubscribe:
                _session.StopConsumer(unsubscribe.ConsumerId, () => Answer(request, refusal: null));
                break;
            case ClientGet get:
                Named(request, get.Queue, () => _session.Get(get.Queue, get.ConsumerId, get.NoAck, reply => Answer(get, reply)));
                break;
            case ClientOpenReplies replies:
                OpenReplies(replies);
                break;
            default:
                throw new InvalidDataException($"{request.GetType().Name} is no request of a client.");
        }
    }

    private void DeclareQueue(ClientDeclareQueue declare)
    {
        var name = declare.Queue;
        if (name.Length == 0 && !declare.Passive)
        {
            name = MakeName("amq.gen-");
        }
        else if (!declare.Passive && name.StartsWith(ReservedPrefix, StringComparison.Ordinal))
        {
            Refuse(declare, RefusalReason.AccessRefused, $"queue name '{name}' contains reserved prefix 'amq.*'");
            return;
        }

        Named(declare, name, () => _session.DeclareQueue(name, declare.Definition, declare.Passive, reply => Answer(declare, reply, name)));
    }

    private void DeleteExchange(ClientDeleteExchange delete)
    {
        if (delete.Exchange.StartsWith(ReservedPrefix, StringComparison.Ordinal))
        {
            Refuse(
                delete, RefusalReason.AccessRefused, $"deletion of system {new ExchangeKey(_open.VirtualHost, delete.Exchange)} not allowed");
            return;
        }

        Exchange(delete, delete.Exchange, () => _session.DeleteExchange(delete.Exchange, delete.IfUnused, refusal => Answer(delete, refusal)));
    }

    private void Subscribe(ClientSubscribe subscribe)
    {
        var settings = subscribe.Settings;
        if (subscribe.ConsumerId <= 0 || _consumers.ContainsKey(subscribe.ConsumerId) || settings.PrefetchCount is < 0 or > ushort.MaxValue)
        {
            throw new InvalidDataException($"Consumer {subscribe.ConsumerId} with prefetch count {settings.PrefetchCount} is none.");
        }

        if (_settings.ConsumersMax > 0 && _consumers.Count >= _settings.ConsumersMax)
        {
            Refuse(subscribe, RefusalReason.NotAllowed, $"reached maximum ({_settings.ConsumersMax}) of consumers per channel");
            return;
        }

        settings = settings with
        {
            Tag = settings.Tag.Length == 0 ? MakeName("amq.ctag-") : settings.Tag,
            WindowBytes = Math.Clamp(settings.WindowBytes, 1, DeliveryWindow.Of(_settings.ConsumerWindowBytes, _consumers.Count + 1)),
        };
        _consumers.Add(subscribe.ConsumerId, new ClientConsumer(subscribe.ConsumerId, settings.NoAck, subscribe.Queue));
        _session.StartConsumer(subscribe.Queue, subscribe.ConsumerId, Channel, settings, refusal =>
        {
            if (refusal is not null)
            {
                _consumers.Remove(subscribe.ConsumerId);
            }

            Answer(subscribe, refusal, settings.Tag);
        });
    }

    private void OpenReplies(ClientOpenReplies replies)
    {
        if (!_consumers.TryAdd(replies.ConsumerId, new ClientConsumer(replies.ConsumerId, noAck: true)))
        {
            throw new InvalidDataException($"There is a consumer {replies.ConsumerId} already.");
        }

        Answer(replies, refusal: null, _session.OpenReplyConsumer(replies.ConsumerId));
    }

    private void Exchange(ClientRequest request, string exchange, Action ask) => Exchange(request, exchange, string.Empty, ask);

    private void Exchange(ClientRequest request, string exchange, string key, Action ask)
    {
        if (exchange.Length == 0)
        {
            Refuse(request, RefusalReason.AccessRefused, "operation not permitted on the default exchange");
        }
        else if (IsTooLong(key))
        {
            Refuse(request, RefusalReason.PreconditionFailed, "a key has at most 255 bytes");
        }
        else
        {
            Named(request, exchange, ask);
        }
    }

    private void Named(ClientRequest request, string name, Action ask)
    {
        if (IsTooLong(name))
        {
            Refuse(request, RefusalReason.PreconditionFailed, "a name has at most 255 bytes");
        }
        else if (name.Length == 0)
        {
            Refuse(request, RefusalReason.NotFound, $"no {new QueueKey(_open.VirtualHost, name)}");
        }
        else
        {
            ask();
        }
    }

    private static bool IsTooLong(string name) => Encoding.UTF8.GetByteCount(name) > byte.MaxValue;

    private static string MakeName(string prefix) => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    private void Refuse(ClientRequest request, RefusalReason reason, string text) => Answer(request, new Refusal(reason, text));

    private void Answer(ClientRequest request, Refusal? refusal, string name = "") =>
        _link.Send(new ClientAnswer(request.RequestId, refusal, name, 0, 0));

    private void Answer(ClientRequest request, QueueReply reply, string name = "") =>
        _link.Send(new ClientAnswer(request.RequestId, reply.Refusal, name, reply.MessageCount, reply.ConsumerCount));

    private void Answer(ClientGet request, GetReply reply)
    {
        if (reply.Refusal is not null)
        {
            Answer(request, reply.Refusal);
            return;
        }

        CountGot(reply.Segment, request);
        if (reply.Segment is { } got)
        {
            TraceDelivery(request.Queue, got);
        }

        var segment = reply.Segment is { } taken ? Tabled(taken) : (Core.Messages.DeliverySegment?)null;
        _link.Send(new MessageTaken(request.RequestId, segment, reply.MessagesLeft));
    }
}
