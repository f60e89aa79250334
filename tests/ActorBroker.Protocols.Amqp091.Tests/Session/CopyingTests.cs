using ActorBroker.Core.Arguments;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Mapping;
using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

/// <summary>The headers CC and BCC of a published message.</summary>
public sealed class CopyingTests
{
    private readonly Conversation _conversation = Conversation.Opened();

    [Fact]
    public void The_texts_of_both_headers_are_further_keys()
    {
        var headers = ArgumentTable.Of(
            ("CC", ArgumentValue.FromArray(Text("c1"), ArgumentValue.FromInt32(1), Text("c2"))), ("BCC", ArgumentValue.FromArray(Text("b"))));
        _conversation.Exchange(new ClientScript().Publish(1, "e", "k", "one"u8, new BasicProperties { Headers = headers }).Publish(1, "e", "k", "two"u8));
        var calls = _conversation.TakeCalls();
        Assert.EndsWith(" c1,c2,b one", calls[1], StringComparison.Ordinal);
        Assert.EndsWith(" 0000  two", calls[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(200)]
    [InlineData(90_000)]
    public void BCC_is_taken_off_whatever_way_the_message_came(int size)
    {
        var others = ArgumentTable.Of(("a", ArgumentValue.FromInt32(1)), ("CC", ArgumentValue.FromArray(Text("c"))));
        var headers = new ArgumentTable.Builder().Add("BCC", ArgumentValue.FromArray(Text("b")));
        foreach (var (name, value) in others)
            headers.Add(name, value);
        var properties = new BasicProperties { MessageId = "id", Headers = headers.Build() };
        var body = new byte[size];
        new Random(size).NextBytes(body);
        _conversation.Exchange(new ClientScript().Publish(1, "e", "k", body, properties).Publish(1, "e", "k", body, properties with { Headers = others }));

        var calls = _conversation.TakeCalls();
        Assert.Equal(calls[2].Replace(" c ", " c,b ", StringComparison.Ordinal), calls[1]);
    }

    [Fact]
    public void A_returned_message_has_no_BCC_and_its_own_key()
    {
        _conversation.Session.IsRoutable = false;
        var properties = new BasicProperties { Headers = ArgumentTable.Of(("BCC", ArgumentValue.FromArray(Text("b"))), ("a", ArgumentValue.Void)) };
        var frames = _conversation.Exchange(new ClientScript().Publish(1, "e", "k", "x"u8, properties, mandatory: true)).TakeFrames();
        Assert.Equal("k"u8, BasicReturn.Read(frames[0].Payload).RoutingKey);
        var header = ContentHeader.Read(frames[1].Payload);
        Assert.Equal(ArgumentTable.Of(("a", ArgumentValue.Void)), PublishedProperties.HeadersOf(header.Properties));
    }

    [Fact]
    public void A_publish_waits_until_what_its_further_keys_lead_to_is_loaded()
    {
        var properties = new BasicProperties { Headers = ArgumentTable.Of(("CC", ArgumentValue.FromArray(Text("c")))) };
        _conversation.Session.StatusOfMoreKeys = TargetStatus.Loading;
        _conversation.Exchange(new ClientScript().Publish(1, "e", "k", "a"u8, properties).Publish(1, "e", "k", "b"u8));
        Assert.Equal(0, _conversation.Session.PublishCount);

        _conversation.Session.StatusOfMoreKeys = TargetStatus.Ready;
        Assert.Single(_conversation.Session.Loaded)();
        Assert.Equal(["a", "b"], _conversation.TakeCalls().Where(call => call.StartsWith("publish", StringComparison.Ordinal)).Select(call => call[^1..]));
    }

    private static ArgumentValue Text(string text) => ArgumentValue.FromString(text);
}
