using ActorBroker.Contracts.Management;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Names;
using ActorBroker.Management.Http;
using ActorBroker.Management.Topology;
using CsCheck;
using Xunit;

namespace ActorBroker.Management.Tests.Json;

public sealed class PathTests
{
    // What means something in a path, or in an escape of one.
    private const string Letters = "a~/%#*. 7Eü0";

    private static readonly Gen<string> Key = Gen.String[Gen.Int[0, Letters.Length - 1].Select(static index => Letters[index]), 0, 6];

    [Fact]
    public void Bindings_have_names_that_differ_as_their_keys_do() => Gen.Select(Key, Key).Sample(static (one, other) =>
    {
        var (first, second) = (BindingOf(one), BindingOf(other));
        return BindingProperties.IsRoutingKey(first, one) == one.Length > 0
            && (one == other) == (BindingProperties.KeyOf(first) == BindingProperties.KeyOf(second));
    });

    [Fact]
    public void Bindings_that_differ_in_arguments_have_names_of_their_own()
    {
        var plain = BindingOf("k");
        var one = plain with { Arguments = ArgumentTable.Of(("a", ArgumentValue.FromInt64(1))) };
        var two = plain with { Arguments = ArgumentTable.Of(("a", ArgumentValue.FromInt64(2))) };

        Assert.Equal(3, new[] { plain, one, two }.Select(BindingProperties.KeyOf).Distinct().Count());
        Assert.False(BindingProperties.IsRoutingKey(one, "k"));
    }

    [Fact]
    public void Every_operation_is_found_by_its_path_and_has_a_path_of_its_own()
    {
        var table = ApiTable.Create();
        foreach (var route in table.Routes)
        {
            // What stands for a value is written like no word of the API.
            var segments = route.Segments.Select(static segment => ApiRoute.IsValue(segment) ? "a/b" : segment).ToArray();

            Assert.True(table.TryFind(segments, out var operations), route.Template);
            Assert.Same(route, operations[route.Method]);
            Assert.All(RouteTable.ValuesOf(route, segments).Values, static value => Assert.Equal("a/b", value));
        }

        Assert.False(table.TryFind(["nothing"], out _));
        Assert.False(table.TryFind(["queues", "v", "q", "nothing"], out _));
    }

    [Theory]
    [InlineData("Basic Z3Vlc3Q6YTpi", "guest", "a:b")]
    [InlineData("basic OnA=", "", "p")]
    [InlineData("Bearer t.o.k", "", "t.o.k")]
    public void Credentials_are_read(string header, string user, string password) =>
        Assert.Equal(new BasicCredentials(user, password), BasicCredentials.Parse(header));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Basic Z3Vlc3Q=")]
    [InlineData("Digest Z3Vlc3Q6YTpi")]
    public void What_are_no_credentials_are_none(string? header) => Assert.Null(BasicCredentials.Parse(header));

    private static BindingInfo BindingOf(string key) => new("/", "x", Destination.Queue("q"), key, ArgumentTable.Empty);
}
