using ActorBroker.Core.Arguments;
using ActorBroker.Core.Tests.Arguments;
using ActorBroker.Protocols.Amqp091.Wire;
using ActorBroker.Testing;
using CsCheck;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Wire;

public sealed class BasicPropertiesTests
{
    private static readonly Gen<BasicProperties> AnyProperties =
        from text in Gen.OneOf(ArgumentGen.Key, Gen.Const((string?)null)).Array[10]
        from headers in Gen.OneOf(ArgumentGen.Table, Gen.Const((ArgumentTable?)null))
        from mode in Gen.OneOf((byte?)null, (byte?)1, (byte?)2)
        from priority in Gen.OneOf((byte?)null, (byte?)0, (byte?)9)
        from timestamp in Gen.OneOf((ulong?)null, (ulong?)ulong.MaxValue)
        select new BasicProperties
        {
            ContentType = text[0],
            ContentEncoding = text[1],
            Headers = headers,
            DeliveryMode = mode,
            Priority = priority,
            CorrelationId = text[2],
            ReplyTo = text[3],
            Expiration = text[4],
            MessageId = text[5],
            Timestamp = timestamp,
            Type = text[6],
            UserId = text[7],
            AppId = text[8],
            ClusterId = text[9],
        };

    [Fact]
    public void All_properties_are_written_in_the_specified_order()
    {
        var properties = new BasicProperties
        {
            ContentType = "ct",
            ContentEncoding = "ce",
            Headers = ArgumentTable.Of(("h", ArgumentValue.FromBoolean(true))),
            DeliveryMode = 2,
            Priority = 5,
            CorrelationId = "ci",
            ReplyTo = "rt",
            Expiration = "60000",
            MessageId = "mi",
            Timestamp = 1,
            Type = "ty",
            UserId = "ui",
            AppId = "ai",
            ClusterId = "cl",
        };
        var bytes = Octets.Of(
            "FFFC 02'ct' 02'ce' 00000004 01'h' 't' 01 02 05 02'ci' 02'rt' 05'60000' 02'mi' 0000000000000001 02'ty' 02'ui' 02'ai' 02'cl'");
        Assert.Equal(bytes, properties.ToArray());
        Assert.Equal(properties, BasicProperties.Read(bytes));
    }

    [Fact]
    public void Any_properties_are_written_and_read_again() => AnyProperties.Sample(properties =>
    {
        var bytes = properties.ToArray();
        Assert.Equal(properties, BasicProperties.Read(bytes));
        Assert.Equal(bytes, BasicProperties.Read(bytes).ToArray());
    });

    [Fact]
    public void The_view_finds_each_property_whatever_stands_before_it() => AnyProperties.Sample(properties =>
    {
        var view = new BasicPropertiesView(properties.ToArray());
        Assert.Equal(properties.DeliveryMode, view.TryGetDeliveryMode(out var mode) ? mode : null);
        Assert.Equal(properties.DeliveryMode == 2, view.IsPersistent);
        Assert.Equal(properties.UserId is not null, view.Has(BasicProperty.UserId));
        Assert.Equal(properties.Headers is not null, view.TryGetHeaders(out _));
        Assert.Equal(properties.AppId is not null, view.TryFind(BasicProperty.AppId, out var app));
        Assert.Equal(properties.AppId ?? "", System.Text.Encoding.UTF8.GetString(app));
    });

    [Theory]
    [InlineData("0001", "a content header has property flags that the basic class does not define")]
    [InlineData("0002", "a content header has property flags that the basic class does not define")]
    [InlineData("1000", "the property list of a content header ends early")]
    [InlineData("8000 05'abc'", "the property list of a content header ends early")]
    [InlineData("0040 00000000", "the property list of a content header ends early")]
    [InlineData("2000 FFFFFFFF 00", "the property list of a content header ends early")]
    [InlineData("2000 00000003 01'k' 'z'", "a field table has a value of unknown type 0x7A")]
    [InlineData("1000 02 00", "a content header has bytes after its property list")]
    [InlineData("0000 00", "a content header has bytes after its property list")]
    [InlineData("80", "the property list of a content header ends early")]
    public void Malformed_properties_are_a_syntax_error_with_a_precise_text(string notation, string text)
    {
        var bytes = Octets.Of(notation);
        var error = Assert.Throws<Amqp091WireException>(() => new BasicPropertiesView(bytes).Validate());
        Assert.Equal((ReplyCode.SyntaxError, text), (error.ReplyCode, error.Message));
    }

    [Fact]
    public void On_arbitrary_bytes_no_accessor_throws_anything_but_a_wire_exception() =>
        Gen.OneOf(
            Gen.Byte.Array[0, 64],
            Gen.Select(AnyProperties, Gen.Int[0, 1000], Gen.Byte).Select((properties, index, value) => Corrupt(properties, index, value)))
        .Sample(bytes =>
        {
            var isValid = TryRun(bytes, view => view.Validate());
            foreach (var property in Enum.GetValues<BasicProperty>())
                Assert.True(TryRun(bytes, view => view.TryFind(property, out _)) || !isValid);
            Assert.True(TryRun(bytes, view => view.TryGetDeliveryMode(out _)) || !isValid);
        });

    [Fact]
    public void Reading_and_validating_properties_allocates_nothing()
    {
        var bytes = Octets.Of("F010 02'ct' 02'ce' 00000004 01'h' 't' 01 02 02'ui'");
        var sum = 0L;
        Assert.Equal(0, Allocation.Of(() =>
        {
            var view = new BasicPropertiesView(bytes);
            view.Validate();
            sum += view.IsPersistent && view.TryFind(BasicProperty.UserId, out var user) ? user.Length : 0;
        }));
        Assert.Equal(2 * 1001, sum);
    }

    [Fact]
    public void A_content_header_is_read_with_its_properties_as_bytes()
    {
        var header = ContentHeader.Read(Octets.Of("003C 0000 0000000100000000 1000 02"));
        Assert.Equal((60, 0x1_0000_0000UL), (header.ClassId, header.BodySize));
        Assert.True(new BasicPropertiesView(header.Properties).IsPersistent);
        var error = Assert.Throws<Amqp091WireException>(() => ContentHeader.Read(new byte[13]));
        Assert.Equal(ReplyCode.FrameError, error.ReplyCode);
    }

    private delegate void ViewAction(BasicPropertiesView view);

    private static bool TryRun(byte[] bytes, ViewAction action)
    {
        try
        {
            action(new BasicPropertiesView(bytes));
            return true;
        }
        catch (Amqp091WireException)
        {
            return false;
        }
    }

    private static byte[] Corrupt(BasicProperties properties, int index, byte value)
    {
        var bytes = properties.ToArray();
        bytes[index % bytes.Length] = value;
        return bytes;
    }
}
