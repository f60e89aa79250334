using Xunit;
using Xunit.Sdk;

namespace ActorBroker.Interop.Tests.Durability;

/// <summary>The judge itself: it has to find each kind of damage.</summary>
public sealed class LedgerTests
{
    private static readonly DateTimeOffset Crash = new(2026, 1, 1, 0, 0, 10, TimeSpan.Zero);

    private readonly Ledger _ledger = new();

    [Fact]
    public void A_complete_recovery_is_accepted()
    {
        var (a, b, c) = (Confirmed(1), Confirmed(2), Published(3));
        _ledger.AssertRecovered([(a, true), (b, false), (c, false)], Crash, Crash);
        _ledger.AssertNothingMissing();
    }

    [Fact]
    public void A_confirmed_message_that_is_not_handed_out_is_missing()
    {
        var (a, _) = (Confirmed(1), Confirmed(2));
        _ledger.AssertRecovered([(a, false)], Crash, Crash);
        Assert.ThrowsAny<XunitException>(_ledger.AssertNothingMissing);
    }

    [Fact]
    public void A_settled_or_unconfirmed_message_may_be_absent()
    {
        Published(1);
        _ledger.Settled(Confirmed(2), Crash);
        _ledger.AssertNothingMissing();
    }

    [Fact]
    public void A_confirm_that_is_taken_in_after_the_settlement_owes_nothing()
    {
        var id = Published(1);
        _ledger.Settled(id, Crash);
        _ledger.ConfirmedByBroker(id);
        _ledger.AssertNothingMissing();
    }

    [Fact]
    public void Messages_of_a_publisher_out_of_order_or_twice_are_found()
    {
        var (a, b) = (Confirmed(1), Confirmed(2));
        Assert.ThrowsAny<XunitException>(() => _ledger.AssertRecovered([(b, true), (a, true)], Crash, Crash));
        Assert.ThrowsAny<XunitException>(() => _ledger.AssertRecovered([(a, true), (a, true), (b, true)], Crash, Crash));
    }

    [Fact]
    public void Publishers_may_be_mixed_in_any_way()
    {
        var (a, b) = (Confirmed(1), Confirmed(2));
        var other = new MessageId(7, 1, 1);
        _ledger.Published(other);
        _ledger.AssertRecovered([(a, false), (other, false), (b, false)], Crash, Crash);
    }

    [Fact]
    public void A_message_nobody_published_is_found() => Assert.ThrowsAny<XunitException>(
        () => _ledger.AssertRecovered([(new MessageId(0, 1, 1), false)], Crash, Crash));

    [Fact]
    public void A_message_settled_long_before_the_crash_may_come_back_only_marked()
    {
        var id = Confirmed(1);
        _ledger.Settled(id, Crash - TimeSpan.FromSeconds(2));
        Assert.ThrowsAny<XunitException>(() => _ledger.AssertRecovered([(id, false)], Crash, Crash));
        _ledger.AssertRecovered([(id, true)], Crash, Crash);
    }

    [Fact]
    public void A_message_settled_just_before_the_crash_may_come_back()
    {
        var id = Confirmed(1);
        _ledger.Settled(id, Crash - TimeSpan.FromMilliseconds(500));
        _ledger.AssertRecovered([(id, false)], Crash, Crash);
    }

    [Fact]
    public void A_body_is_recognised_and_damage_to_it_is_found()
    {
        var id = new MessageId(3, 2, 12345);
        var body = id.ToBody();
        Assert.Equal(id, MessageId.FromBody(body));
        body[^1] ^= 1;
        Assert.Throws<InvalidDataException>(() => MessageId.FromBody(body));
        Assert.Throws<InvalidDataException>(() => MessageId.FromBody(id.ToBody().AsSpan()[..^1]));
    }

    private MessageId Confirmed(int sequence)
    {
        var id = Published(sequence);
        _ledger.ConfirmedByBroker(id);
        return id;
    }

    private MessageId Published(int sequence)
    {
        var id = new MessageId(0, 1, sequence);
        _ledger.Published(id);
        return id;
    }
}
