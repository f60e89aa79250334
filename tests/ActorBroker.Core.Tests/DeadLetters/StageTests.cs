using ActorBroker.Core.Arguments;
using ActorBroker.Core.Queues;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.DeadLetters;

public sealed class StageTests
{
    public static TheoryData<ArgumentValue, long> Delays => new()
    {
        { ArgumentValue.FromByte(200), 200 },
        { ArgumentValue.FromInt16(300), 300 },
        { ArgumentValue.FromInt32(5000), 5000 },
        { ArgumentValue.FromInt64(3L * 365 * 24 * 3600 * 1000), 3L * 365 * 24 * 3600 * 1000 },
        { ArgumentValue.FromString("1500"), 1500 },
        { ArgumentValue.FromDouble(12.9), 12 },
        { ArgumentValue.FromSingle(3.5f), 3 },
        { ArgumentValue.FromInt32(0), 0 },
        { ArgumentValue.FromInt32(-5000), 0 },
        { ArgumentValue.FromInt64(long.MinValue), 0 },
        { ArgumentValue.FromString("-1"), 0 },
        { ArgumentValue.FromString("soon"), 0 },
        { ArgumentValue.FromString("99999999999999999999999"), 0 },
        { ArgumentValue.FromDouble(double.NaN), 0 },
        { ArgumentValue.FromBoolean(true), 0 },
        { ArgumentValue.Void, 0 },
    };

    [Theory]
    [MemberData(nameof(Delays))]
    public void A_delay_is_a_whole_number_of_any_form_above_zero(ArgumentValue value, long delayMs)
    {
        Assert.Equal(delayMs > 0, Stage.TryReadDelay(value, out var read));
        Assert.Equal(delayMs, Math.Max(0, read));
    }

    [Fact]
    public void No_delay_overflows_a_deadline() => Gen.OneOf(
        Gen.Long.Select(ArgumentValue.FromInt64), Gen.Double.Select(ArgumentValue.FromDouble), Gen.Const(ArgumentValue.FromInt64(long.MaxValue)))
        .Sample(value => !Stage.TryReadDelay(value, out var delayMs) || checked(delayMs + 4_000_000_000_000) > 0);

    [Fact]
    public void A_message_that_has_waited_is_not_delayed_again() => Gen.Long.Select(ArgumentValue.FromInt64).Sample(value =>
        !Stage.TryReadDelay(value, out _) || (!Stage.TryReadDelay(Stage.Elapsed(value), out _) && Stage.Elapsed(value).AsInt64() == -value.AsInt64()));

    [Fact]
    public void A_stage_is_known_by_its_name()
    {
        Assert.True(Stage.IsName(Stage.NameOf("orders")));
        Assert.False(Stage.IsName("orders"));
        Assert.Equal("amq.stage.orders", Stage.NameOf("orders"));
    }
}
