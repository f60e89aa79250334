using System.Globalization;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Tests.Arguments;
using ActorBroker.Protocols.Amqp091.Mapping;
using ActorBroker.Protocols.Amqp091.Wire;
using CsCheck;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Mapping;

public sealed class Amqp091MessageFormatTests
{
    private static readonly Amqp091MessageFormat Format = new();

    private static readonly PropertiesChange Nothing = new(ArgumentTable.Empty, [], DropExpiration: false);

    private static readonly Gen<BasicProperties> AnyProperties =
        from text in Gen.OneOf(ArgumentGen.Key, Gen.Const((string?)null)).Array[6]
        from headers in Gen.OneOf(ArgumentGen.Table, Gen.Const((ArgumentTable?)null))
        from expiration in Gen.OneOf(Gen.Int[0, int.MaxValue].Select(ms => (int?)ms), Gen.Const((int?)null))
        from timestamp in Gen.OneOf(Gen.ULong.Select(seconds => (ulong?)seconds), Gen.Const((ulong?)null))
        select new BasicProperties
        {
            ContentType = text[0],
            Headers = headers,
            DeliveryMode = 2,
            CorrelationId = text[1],
            ReplyTo = text[2],
            Expiration = expiration?.ToString(CultureInfo.InvariantCulture),
            MessageId = text[3],
            Timestamp = timestamp,
            UserId = text[4],
            ClusterId = text[5],
        };

    [Fact]
    public void What_is_read_is_what_the_property_list_says() => AnyProperties.Sample(properties =>
    {
        var bytes = properties.ToArray();
        Assert.Equal(properties.Expiration, Format.ReadExpiration(bytes)?.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(properties.MessageId, Format.ReadProperty(bytes, "message_id"));
        Assert.Equal(properties.CorrelationId, Format.ReadProperty(bytes, "correlation_id"));
        Assert.Equal(properties.Timestamp?.ToString(CultureInfo.InvariantCulture), Format.ReadProperty(bytes, "timestamp"));
        Assert.Null(Format.ReadProperty(bytes, "user_id"));
        var headers = properties.Headers ?? ArgumentTable.Empty;
        Assert.Equal(headers, Format.ReadHeaders(bytes));
        foreach (var (name, _) in headers)
        {
            Assert.True(headers.TryGetValue(name, out var first));
            Assert.True(Format.TryReadHeader(bytes, name, out var found));
            Assert.Equal(first, found);
        }

        Assert.False(Format.TryReadHeader(bytes, "no such header", out _));
    });

    [Fact]
    public void A_name_that_no_header_can_have_is_not_found()
    {
        var bytes = new BasicProperties { Headers = ArgumentTable.Of(("a", ArgumentValue.Void)) }.ToArray();
        Assert.False(Format.TryReadHeader(bytes, new string('x', 256), out _));
        Assert.False(Format.TryReadHeader([0, 0], "a", out _));
    }

    [Fact]
    public void A_rewrite_changes_what_it_is_told_and_nothing_else() => Gen.Select(AnyProperties, ArgumentGen.Table, Gen.Bool).Sample(
        (properties, set, drop) =>
        {
            var removed = (properties.Headers ?? ArgumentTable.Empty) is { Count: > 0 } headers ? FirstName(headers) : "none";
            var change = new PropertiesChange(Distinct(set), [removed], drop);
            var expected = new ArgumentTable.Builder();
            foreach (var (name, value) in properties.Headers ?? ArgumentTable.Empty)
            {
                if (name != removed && !change.SetHeaders.ContainsKey(name))
                    expected.Add(name, value);
            }

            foreach (var (name, value) in change.SetHeaders)
                expected.Add(name, value);
            var table = expected.Build();
            Assert.Equal(
                properties with { Headers = table.Count > 0 ? table : null, Expiration = drop ? null : properties.Expiration },
                BasicProperties.Read(Format.Rewrite(properties.ToArray(), change)));
        });

    [Fact]
    public void A_rewrite_that_changes_nothing_gives_the_same_bytes() => AnyProperties.Sample(properties =>
    {
        var bytes = (properties with { Headers = properties.Headers is { Count: > 0 } headers ? headers : null }).ToArray();
        Assert.Equal(bytes, Format.Rewrite(bytes, Nothing));
    });

    [Fact]
    public void Bytes_that_are_no_text_and_header_names_that_occur_twice_survive_a_rewrite()
    {
        // content-type FF FE; headers a=1 (as 's'), a='x', b of type 'x' with 80; correlation-id 80.
        byte[] list = [0xA4, 0x00, 2, 0xFF, 0xFE, 0, 0, 0, 21, 1, (byte)'a', (byte)'s', 0, 1, 1, (byte)'a', (byte)'S', 0, 0, 0, 1, (byte)'x', 1, (byte)'b', (byte)'x', 0, 0, 0, 1, 0x80, 1, 0x80];
        new BasicPropertiesView(list).Validate();
        Assert.Equal(list, Format.Rewrite(list, Nothing));
        var added = Format.Rewrite(list, Nothing with { SetHeaders = ArgumentTable.Of(("c", ArgumentValue.FromBoolean(true))) });
        Assert.Equal([.. list[..8], 25, .. list[9..30], 1, (byte)'c', (byte)'t', 1, .. list[30..]], added);
    }

    [Fact]
    public void Headers_that_would_get_too_many_stay_as_they_were()
    {
        var full = new ArgumentTable.Builder();
        for (var i = 0; i < ArgumentTable.ValueCountMax; i++)
            full.Add("h", ArgumentValue.Void);
        var properties = new BasicProperties { Headers = full.Build(), Expiration = "5" };
        var rewritten = Format.Rewrite(
            properties.ToArray(), new PropertiesChange(ArgumentTable.Of(("x-death", ArgumentValue.Void)), [], DropExpiration: true));
        Assert.Equal(properties with { Expiration = null }, BasicProperties.Read(rewritten));
    }

    [Fact]
    public void Properties_of_the_brokers_own_messages_are_persistent_with_headers_and_a_time_in_seconds()
    {
        var headers = ArgumentTable.Of(("a", ArgumentValue.FromInt64(1)));
        Assert.Equal(
            new BasicProperties { DeliveryMode = 2, Timestamp = 90_061, Headers = headers },
            BasicProperties.Read(Format.Write(headers, DateTimeOffset.UnixEpoch.AddMilliseconds(90_061_999))));
    }

    private static string FirstName(ArgumentTable table)
    {
        foreach (var (name, _) in table)
            return name;
        return string.Empty;
    }

    private static ArgumentTable Distinct(ArgumentTable table)
    {
        var builder = new ArgumentTable.Builder();
        var seen = new HashSet<string>();
        foreach (var (name, value) in table)
        {
            if (seen.Add(name))
                builder.Add(name, value);
        }

        return builder.Build();
    }
}
