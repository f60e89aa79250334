using System.Text;
using System.Text.Json.Nodes;
using ActorBroker.Core.Arguments;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using CsCheck;
using Xunit;

namespace ActorBroker.Management.Tests.Json;

public sealed class JsonArgumentsTests
{
    // Of whole numbers and fractions only those that JSON writes as such.
    private static readonly Gen<ArgumentValue> Leaf = Gen.OneOf(
        Gen.Long.Select(ArgumentValue.FromInt64),
        Gen.Bool.Select(ArgumentValue.FromBoolean),
        Gen.Int.Select(static number => ArgumentValue.FromDouble(number + 0.5)),
        Gen.String.Where(static text => !text.Any(char.IsSurrogate)).Select(static text => ArgumentValue.FromString(text)));

    private static readonly Gen<ArgumentValue> Value = Gen.Recursive<ArgumentValue>((depth, inner) => depth > 3
        ? Leaf
        : Gen.OneOf(Leaf, inner.Array[0, 4].Select(static items => ArgumentValue.FromArray(items)), TableOf(inner).Select(ArgumentValue.FromTable)));

    [Fact]
    public void A_table_comes_back_from_its_JSON() => TableOf(Value).Sample(static table =>
    {
        var text = ApiJson.Write(JsonArguments.ObjectOf(table));
        return JsonArguments.TableOf(ApiJson.Parse(text.Span)).Equals(table);
    });

    [Theory]
    [InlineData("1", ArgumentKind.Int64)]
    [InlineData("1.0", ArgumentKind.Double)]
    [InlineData("1e3", ArgumentKind.Double)]
    [InlineData("9223372036854775808", ArgumentKind.Double)]
    [InlineData("null", ArgumentKind.Void)]
    [InlineData("[]", ArgumentKind.Array)]
    public void A_value_has_RabbitMQs_type(string json, ArgumentKind kind) =>
        Assert.Equal(kind, JsonArguments.ValueOf(JsonNode.Parse($"[{json}]")![0]).Kind);

    [Fact]
    public void What_is_no_table_is_refused()
    {
        Assert.Equal(ArgumentTable.Empty, JsonArguments.TableOf(JsonNode.Parse("[]")));
        Assert.Throws<ApiErrorException>(static () => JsonArguments.TableOf(JsonNode.Parse("[1]")));
        Assert.Throws<ApiErrorException>(static () => JsonArguments.TableOf(JsonNode.Parse("1")));
        Assert.Throws<ApiErrorException>(static () => ApiJson.Parse(Encoding.UTF8.GetBytes("""{"a":1,"a":2}""")));
    }

    private static Gen<ArgumentTable> TableOf(Gen<ArgumentValue> value) =>
        Gen.Dictionary(Gen.String[Gen.Char.AlphaNumeric, 1, 8], value)[0, 4].Select(static entries =>
            ArgumentTable.Create([.. entries.OrderBy(static entry => entry.Key, StringComparer.Ordinal)]));
}
