using Xunit;

namespace ActorBroker.Interop.Tests.Durability;

public sealed class MessageIdTests
{
    [Fact]
    public void A_body_is_recognised_and_damage_to_it_is_found()
    {
        var id = new MessageId(3, 2, 12345);
        var body = id.ToBody();
        Assert.Equal(id, MessageId.FromBody(body));
        body[^1] ^= 1;
        Assert.Throws<InvalidDataException>(() => MessageId.FromBody(body));
        Assert.Throws<InvalidDataException>(() => MessageId.FromBody(id.ToBody().AsSpan()[..^1]));
    }
}
