using System.Text;
using ActorBroker.Client.Streams;
using Akka.Streams;
using Akka.Streams.Dsl;
using Xunit;

namespace ActorBroker.Client.Tests;

/// <summary>Requests and replies.</summary>
public sealed class RpcTests(OneBroker broker) : IClassFixture<OneBroker>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ActorMaterializer _materializer = broker.Application.Materializer();

    [Fact]
    public async Task Requests_have_their_replies_in_order()
    {
        var queue = await broker.NewQueueAsync();
        var stop = BrokerSource.CommittableSource(broker.Client, new SourceSettings(queue))
            .ViaMaterialized(KillSwitches.Single<CommittableMessage>(), Keep.Right)
            .Select(request =>
            {
                request.Ack();
                return OutgoingMessage.ToQueue(
                    request.Message.Properties.ReplyTo!,
                    Encoding.UTF8.GetBytes(request.Message.Text.ToUpperInvariant()),
                    new MessageProperties { CorrelationId = request.Message.Properties.CorrelationId });
            })
            .To(BrokerSink.Sink(broker.Client))
            .Run(_materializer);

        var replies = await Source.From(Enumerable.Range(0, 200))
            .Select(number => (OutgoingMessage.ToQueue(queue, Encoding.UTF8.GetBytes($"request {number}")), number))
            .Via(BrokerRpcFlow.Create<int>(broker.Client))
            .RunWith(Sink.Seq<RpcReply<int>>(), _materializer).WaitAsync(Limit);
        stop.Shutdown();

        Assert.Equal(Enumerable.Range(0, 200), replies.Select(reply => reply.Context));
        Assert.All(replies, reply => Assert.Equal($"REQUEST {reply.Context}", reply.Reply?.Text));
    }

    [Fact]
    public async Task A_request_that_nobody_takes_or_answers_fails_alone()
    {
        var queue = await broker.NewQueueAsync();
        var replies = await Source.From(["missing", queue])
            .Select(name => (OutgoingMessage.ToQueue(name, "1"u8.ToArray()), name))
            .Via(BrokerRpcFlow.Create<string>(broker.Client, new RpcSettings { Timeout = TimeSpan.FromSeconds(1) }))
            .RunWith(Sink.Seq<RpcReply<string>>(), _materializer).WaitAsync(Limit);

        Assert.Equal(["Returned", "there was no reply within 00:00:01"], replies.Select(reply => reply.Failure));
    }
}
