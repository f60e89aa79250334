using ActorBroker.Protocols.Amqp091.Wire;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>
/// Somebody sets the clock back. What is due waits until its time has come again (unless the clock is a
/// SteadyClock, as in the server); until then the queue works as ever and nothing is lost.
/// </summary>
public sealed class QueueClockTests : QueueLifetimeSpec
{
    private const long Hour = 3_600_000;

    [Fact]
    public void Messages_come_and_go_and_expire_when_their_time_has_come()
    {
        var queue = Declare();
        Pass(2 * Hour);
        Send(queue, 1, Message("short", new BasicProperties { Expiration = "1000" }), Message("kept"));
        Confirmed(Client, 1);

        SetBack();
        PublishConfirmed(queue, 2, "after");
        Pass(1000);
        Assert.Equal(3, ReadyCount());
        Pass(Hour - 1000);
        Assert.Equal(3, ReadyCount());
        Pass(1000);
        AwaitSettled(0);
        Assert.Equal("kept", Get(queue));
        Assert.Equal("after", Get(queue));
    }

    [Fact]
    public void A_queue_that_starts_on_an_earlier_day_still_knows_what_expires_when()
    {
        var queue = Declare();
        Pass(2 * Hour);
        Send(queue, 1, Message("short", new BasicProperties { Expiration = "1000" }), Message("kept"));
        Confirmed(Client, 1);

        SetBack();
        Restart(queue);
        queue = Resolve();
        Assert.Equal(2, ReadyCount());
        Pass(Hour + 1000);
        AwaitSettled(0);
        Assert.Equal("kept", Get(queue));
    }

    [Fact]
    public void A_lease_is_not_over_before_its_time_and_is_over_then()
    {
        // Not so far that the queue would leave memory meanwhile.
        const long Step = 5_000;
        var queue = Declare(With(("x-expires", Number(1000))));
        Watch(queue);
        SetBack(Step);
        foreach (var milliseconds in new[] { 1000, Step - 1000, 999 })
        {
            Wait(milliseconds);
            Assert.True(IsThere());
        }

        Wait(1);
        ExpectTerminated(queue);
    }

    // Unlike Pass, it asks the queue for nothing, which would be a use of it.
    private void Wait(long milliseconds)
    {
        Clock.Passed += TimeSpan.FromMilliseconds(milliseconds);
        Advance(TimeSpan.FromMilliseconds(milliseconds));
    }

    private void SetBack(long milliseconds = Hour) => Clock.Passed -= TimeSpan.FromMilliseconds(milliseconds);
}
