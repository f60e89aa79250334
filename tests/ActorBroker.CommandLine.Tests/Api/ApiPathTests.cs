using ActorBroker.CommandLine.Api;
using CsCheck;
using Xunit;

namespace ActorBroker.CommandLine.Tests.Api;

public sealed class ApiPathTests
{
    [Fact]
    public void A_path_says_its_parts_whatever_they_hold() => Gen.String.Array[1, 5].Sample(parts =>
    {
        // What is no text cannot be sent.
        var texts = Array.ConvertAll(parts, static part => string.Concat(part.Where(static letter => !char.IsSurrogate(letter))));

        var path = ApiPath.Of(texts).ToString();

        Assert.Equal(texts, path.Split('/').Select(Uri.UnescapeDataString));
        Assert.DoesNotContain(path.Split('/'), static part => part is "." or "..");
        Assert.All(path, static letter => Assert.True(char.IsAsciiLetterOrDigit(letter) || "-_.~%/".Contains(letter, StringComparison.Ordinal)));
    });

    [Fact]
    public void Parameters_without_a_value_are_not_asked_for() =>
        Assert.Equal("queues/%2F?a=1%262&b=%C3%BC", ApiPath.Of("queues", "/").Where("a", "1&2").Where("none", null).Where("b", "ü").ToString());

    [Theory]
    [InlineData("localhost", "http://localhost:15672/", null, null)]
    [InlineData("broker:8080", "http://broker:8080/", null, null)]
    [InlineData("[::1]", "http://[::1]:15672/", null, null)]
    [InlineData("http://broker", "http://broker/", null, null)]
    [InlineData("https://broker:15671/", "https://broker:15671/", null, null)]
    [InlineData("https://us%40er:p%3Aw@broker/rabbit", "https://broker/rabbit", "us@er", "p:w")]
    [InlineData("user@broker", "http://broker:15672/", "user", null)]
    public void An_address_may_be_short_and_name_a_user(string text, string address, string? user, string? password) =>
        Assert.Equal((new Uri(address), user, password), ManagementEndpoint.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("amqp://broker")]
    [InlineData("http://")]
    public void What_is_no_address_is_refused(string text) =>
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => ManagementEndpoint.Parse(text)).Message, StringComparison.Ordinal);
}
