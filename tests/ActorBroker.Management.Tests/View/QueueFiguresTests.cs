using System.Net;
using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Names;
using Xunit;

namespace ActorBroker.Management.Tests.View;

public sealed class QueueFiguresTests
{
    [Fact]
    public async Task Logins_are_told_while_more_of_them_come()
    {
        var logins = new LoginCounters(tracksSources: true);
        var coming = Task.Run(() =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                logins.Count("http", IPAddress.Loopback, $"user {i}", isAccepted: true);
            }
        });
        while (!coming.IsCompleted)
        {
            Assert.InRange(logins.All().Count, 0, 5_001);
        }

        await coming;
        Assert.Equal(5_001, logins.All().Count);
    }

    [Fact]
    public void A_queue_has_changed_when_the_last_look_saw_that_something_had_passed()
    {
        var queue = new QueueFigures(new QueueKey("/", "q"));

        queue.Look(1_000, passed: 0);
        Assert.Equal(1_000, queue.ChangedAt);
        queue.Look(6_000, passed: 0);
        Assert.Equal(1_000, queue.ChangedAt);
        queue.Look(11_000, passed: 3);
        Assert.Equal(11_000, queue.ChangedAt);
        queue.Look(16_000, passed: 3);
        Assert.Equal(11_000, queue.ChangedAt);
    }

    [Fact]
    public void Logins_are_counted_apart_by_source_where_that_is_asked_for()
    {
        var (plain, tracking) = (new LoginCounters(), new LoginCounters(tracksSources: true));
        foreach (var logins in (LoginCounters[])[plain, tracking])
        {
            logins.Count("amqp091", System.Net.IPAddress.Loopback, "a", isAccepted: true);
            logins.Count("amqp091", System.Net.IPAddress.Loopback, "b", isAccepted: false);
        }

        Assert.Equal([new LoginFigures("amqp091", null, null, 1, 1)], plain.All());
        Assert.Equal(
            [new LoginFigures("amqp091", null, null, 1, 1), new LoginFigures("amqp091", "127.0.0.1", "a", 1, 0), new LoginFigures("amqp091", "127.0.0.1", "b", 0, 1)],
            tracking.All());
    }
}
