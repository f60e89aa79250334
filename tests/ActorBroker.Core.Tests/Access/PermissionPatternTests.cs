using System.Diagnostics;
using ActorBroker.Core.Access;
using Xunit;

namespace ActorBroker.Core.Tests.Access;

public sealed class PermissionPatternTests
{
    [Theory]
    [InlineData("", "q", false)]
    [InlineData("", "", true)]
    [InlineData("^$", "q", false)]
    [InlineData(".*", "q", true)]
    [InlineData("b", "abc", true)]
    [InlineData("^(?!amq\\.).*", "amq.direct", false)]
    [InlineData("^(?!amq\\.).*", "orders", true)]
    [InlineData("(", "(", false)]
    public void An_expression_is_searched_in_the_name_and_an_empty_one_matches_none(string expression, string name, bool matches) =>
        Assert.Equal(matches, PermissionPattern.IsMatch(expression, name));

    [Theory]
    [InlineData("^{username}\\.", "a.b.c", true)]
    [InlineData("^{username}\\.", "aXb.c", false)]
    [InlineData("^{vhost}$", "/", true)]
    [InlineData("^{client_id}$", "mqtt-1", true)]
    [InlineData("^{username}-{vhost}-{client_id}$", "a.b-/-mqtt-1", true)]
    [InlineData("^a{1}", "a", true)]
    public void Variables_of_a_topic_permission_stand_for_what_they_say_and_no_more(string expression, string key, bool matches) =>
        Assert.Equal(matches, PermissionPattern.IsMatch(expression, "a.b", new TopicAccess(AccessRight.Write, "/", "x", key, "mqtt-1")));

    [Fact]
    public void A_users_name_is_no_variable() =>
        Assert.True(PermissionPattern.IsMatch("^{username}$", "{vhost}", new TopicAccess(AccessRight.Write, "/", "x", "{vhost}")));

    [Fact]
    public void An_expression_that_takes_too_long_matches_nothing()
    {
        var since = Stopwatch.GetTimestamp();
        Assert.False(PermissionPattern.IsMatch("^(a+)+$", new string('a', 200) + "b"));
        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }
}
