using ActorBroker.Core.Messages;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Messages;

/// <summary>Exchange and routing key as one run of bytes.</summary>
public sealed class MessageRouteSpec
{
    private static readonly Gen<byte[]> Name = Gen.Byte.Array[0, 255];

    [Fact]
    public void A_route_survives_its_encoding() =>
        Gen.Select(Name, Name).Sample(
            static (exchange, key) =>
            {
                var route = MessageRoute.Create(exchange, key);
                Assert.Equal(exchange, route.ExchangeUtf8.ToArray());
                Assert.Equal(key, route.RoutingKeyUtf8.ToArray());

                var decoded = MessageRoute.FromEncoded(route.Encoded);
                Assert.Equal(route, decoded);
                Assert.Equal(route.GetHashCode(), decoded.GetHashCode());
                Assert.Equal(route.Encoded.ToArray(), decoded.Encoded.ToArray());
            },
            iter: 500);

    [Fact]
    public void Names_are_text_again()
    {
        var route = MessageRoute.Create("größe", "a.€");

        Assert.Equal("größe", route.Exchange);
        Assert.Equal("a.€", route.RoutingKey);
    }

    [Fact]
    public void Routes_differ_where_the_border_between_the_names_does() =>
        Assert.NotEqual(MessageRoute.Create("ab", "c"), MessageRoute.Create("a", "bc"));

    [Fact]
    public void Names_longer_than_255_bytes_are_refused()
    {
        Assert.Throws<ArgumentException>(() => MessageRoute.Create(new string('x', 256), ""));
        Assert.Throws<ArgumentException>(() => MessageRoute.Create("", new string('ü', 128)));
    }

    [Fact]
    public void Bytes_are_a_route_only_when_their_lengths_add_up() =>
        Gen.Byte.Array[0, 12].Select(static bytes => Array.ConvertAll(bytes, static value => (byte)(value % 6))).Sample(
            static bytes =>
            {
                var addsUp = bytes.Length >= 2 && 1 + bytes[0] < bytes.Length && bytes.Length == 2 + bytes[0] + bytes[1 + bytes[0]];
                if (addsUp)
                {
                    Assert.Equal(bytes, MessageRoute.FromEncoded(bytes).Encoded.ToArray());
                }
                else
                {
                    Assert.Throws<InvalidDataException>(() => MessageRoute.FromEncoded(bytes));
                }
            },
            iter: 2000);
}
