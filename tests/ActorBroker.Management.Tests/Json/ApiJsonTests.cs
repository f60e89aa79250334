using System.Text;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using Xunit;

namespace ActorBroker.Management.Tests.Json;

public sealed class ApiJsonTests
{
    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":["x\udc00\ud800"]}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("{\"a\":{\"b\":\"\u0080\"}}")]
    public void Text_that_is_no_Unicode_is_no_JSON(string latin1) =>
        Assert.Equal("not_json", (string?)Assert.Throws<ApiErrorException>(() => ApiJson.Parse(Encoding.Latin1.GetBytes(latin1))).Reason);

    [Fact]
    public void A_surrogate_pair_is_one_character() =>
        Assert.Equal("\U00010348", (string?)ApiJson.Parse("""{"a":"\ud800\udf48"}"""u8)["a"]);
}
