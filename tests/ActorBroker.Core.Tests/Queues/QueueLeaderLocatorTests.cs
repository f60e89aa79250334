using ActorBroker.Core.Arguments;
using ActorBroker.Core.Queues;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

public sealed class QueueLeaderLocatorTests
{
    [Theory]
    [InlineData("client-local", QueueLeaderLocator.ClientLocal)]
    [InlineData("balanced", QueueLeaderLocator.Balanced)]
    [InlineData("least-leaders", QueueLeaderLocator.Balanced)]
    [InlineData("random", QueueLeaderLocator.ByName)]
    [InlineData("odd", null)]
    public void Words_of_arguments_and_policies_are_RabbitMQs(string word, QueueLeaderLocator? locator)
    {
        Assert.Equal(locator, QueueLeaderLocators.Of(Table("x-queue-leader-locator", word), ArgumentTable.Empty));
        Assert.Equal(locator, QueueLeaderLocators.Of(ArgumentTable.Empty, Table("queue-leader-locator", word)));
    }

    [Fact]
    public void What_is_declared_goes_before_the_policy() => Assert.Equal(
        QueueLeaderLocator.Balanced,
        QueueLeaderLocators.Of(Table("x-queue-leader-locator", "balanced"), Table("queue-leader-locator", "client-local")));

    [Fact]
    public void Nothing_said_is_nothing_decided() => Assert.Null(QueueLeaderLocators.Of(ArgumentTable.Empty, ArgumentTable.Empty));

    private static ArgumentTable Table(string name, string word) => ArgumentTable.Of([(name, ArgumentValue.FromString(word))]);
}
