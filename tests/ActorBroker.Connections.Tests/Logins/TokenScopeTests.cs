using ActorBroker.Connections.Logins;
using ActorBroker.Core.Access;
using ActorBroker.Core.Names;
using CsCheck;
using Xunit;

namespace ActorBroker.Connections.Tests.Logins;

public class TokenScopeTests
{
    [Theory]
    [InlineData("read:*/*", "/", "q", true)]
    [InlineData("read:%2F/q", "/", "q", true)]
    [InlineData("read:%2F/q", "/", "qq", false)]
    [InlineData("read:prod*/orders-*", "prod-1", "orders-eu", true)]
    [InlineData("read:prod*/orders-*", "test", "orders-eu", false)]
    [InlineData("read:*/a*b*a", "/", "aba", true)]
    [InlineData("read:*/a*b*a", "/", "ab", false)]
    [InlineData("read:*/a*a", "/", "a", false)]
    [InlineData("read:*/*%2A*", "/", "a*b", true)]
    [InlineData("read:*/*%2A*", "/", "ab", false)]
    [InlineData("read:*/q/x", "/", "q", true)]
    [InlineData("write:*/*", "/", "q", false)]
    public void A_scope_allows_what_its_patterns_match(string scope, string virtualHost, string name, bool isAllowed) =>
        Assert.Equal(isAllowed, TokenScope.Parse(scope)!.Allows(new ResourceAccess(AccessRight.Read, DestinationKind.Queue, virtualHost, name)));

    [Theory]
    [InlineData("write:*/t/a.*", "a.b", true)]
    [InlineData("write:*/t/a.*", "b.b", false)]
    [InlineData("write:*/t", "a.b", false)]
    [InlineData("read:*/t/*", "a.b", false)]
    public void A_routing_key_is_allowed_by_a_third_part_only(string scope, string key, bool isAllowed) =>
        Assert.Equal(isAllowed, TokenScope.Parse(scope)!.Allows(new TopicAccess(AccessRight.Write, "/", "t", key)));

    [Theory]
    [InlineData("tag:administrator")]
    [InlineData("openid")]
    [InlineData("read:only-vhost")]
    [InlineData("read:a/b/c/d")]
    [InlineData("delete:*/*")]
    [InlineData("")]
    public void Other_scopes_are_none(string scope) => Assert.Null(TokenScope.Parse(scope));

    [Fact]
    public void Patterns_match_as_the_regular_expression_that_says_the_same() =>
        Gen.Select(Gen.Char["ab*"].Array[0, 8], Gen.Char["ab"].Array[0, 8]).Sample((pattern, text) =>
        {
            var expression = "^" + new string(pattern).Replace("*", ".*", StringComparison.Ordinal) + "$";
            var expected = System.Text.RegularExpressions.Regex.IsMatch(new string(text), expression);
            return TokenScope.Parse($"read:*/{new string(pattern)}")!
                .Allows(new ResourceAccess(AccessRight.Read, DestinationKind.Queue, "/", new string(text))) == expected;
        });
}
