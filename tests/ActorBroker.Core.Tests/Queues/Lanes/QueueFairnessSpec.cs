using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Lanes;
using ActorBroker.Core.Tests.Messages;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Queues.Lanes;

/// <summary>Shares of a queue among the values of a header.</summary>
public sealed class QueueFairnessSpec
{
    private static readonly QueueSettings Fair = new() { FairHeader = "tenant", MaxPriority = 2 };
    private static readonly QueueMemoryLimits Small = new(2_000, 4_000, 4_000, 4_000, 2);

    [Fact]
    public void A_flood_of_one_value_does_not_hold_back_the_others()
    {
        var queue = new TestQueue(settings: Fair);
        Publish(queue, 1, [.. Enumerable.Repeat(("flood", 100), 2000)]);
        Publish(queue, 2, [("quiet", 100), (null, 100), ("other", 100)]);

        var first = Take(queue, 40);

        Assert.Contains("quiet", first);
        Assert.Contains("other", first);
        Assert.Contains(null, first);
    }

    [Fact]
    public void A_value_that_comes_later_has_its_turn_within_one_round()
    {
        var queue = new TestQueue(settings: Fair);
        Publish(queue, 1, [.. Enumerable.Repeat(("a", 100), 500), .. Enumerable.Repeat(("b", 100), 500)]);
        Take(queue, 100);
        Publish(queue, 2, [("late", 100)]);

        Assert.Contains("late", Take(queue, 3 * ((LaneLevel.QuantumBytes / 100) + 1)));
    }

    [Fact]
    public void Priorities_go_before_shares()
    {
        var queue = new TestQueue(settings: Fair);
        Publish(queue, 1, [("a", 100), ("b", 100)]);
        queue.Decider.Publish(1, 2, TestBatches.Of(new TestMessage(new byte[5000], Priority: 1, Properties: TextFormat.Properties(("tenant", "a")))));

        Assert.Equal("a", Take(queue, 1)[0]);
        Assert.Equal(2, queue.Decider.ReadyCount);
    }

    [Fact]
    public void Values_that_all_wait_get_the_same_bytes_whatever_their_messages_size() =>
        Gen.Select(Gen.Int[1, 3000].Array[2, 6], Gen.Bool).Sample(
            (sizes, evicts) =>
            {
                const int PerValue = 60;
                var queue = new TestQueue(evicts ? Small : null, settings: Fair);
                for (var round = 0; round < PerValue; round++)
                {
                    Publish(queue, round + 1, [.. sizes.Select(static (size, i) => ((string?)$"t{i}", size))]);
                    queue.CommitAll();
                }

                var served = new Dictionary<string, (int Count, long Bytes)>();
                var slack = 2 * (LaneLevel.QuantumBytes + sizes.Max() + 100);
                while (served.Values.All(static share => share.Count < PerValue))
                {
                    var (value, size) = TakeSized(queue, 1)[0];
                    var share = served.GetValueOrDefault(value!);
                    served[value!] = (share.Count + 1, share.Bytes + size);
                    var bytes = sizes.Select((_, i) => served.GetValueOrDefault($"t{i}").Bytes).ToArray();
                    Assert.True(bytes.Max() - bytes.Min() <= slack, string.Join(' ', bytes));
                }
            },
            iter: 60);

    [Fact]
    public void Too_many_values_share_and_each_keeps_its_order()
    {
        const int Values = ReadyLanes.FairValuesMax + 3000;
        var ready = new ReadyMessages(Fair, TextFormat.Only);
        for (var i = 0; i < 2 * Values; i += 100)
        {
            ready.Append(i, TestBatches.Of([.. Enumerable.Range(i, 100).Select(static n =>
                new TestMessage([1], Properties: TextFormat.Properties(("tenant", $"v{n % Values}"))))]));
        }

        Assert.InRange(ready.Lanes.Count(), ReadyLanes.FairValuesMax, ReadyLanes.FairValuesMax + 64);
        var taken = new HashSet<long>();
        while (!ready.IsEmpty)
        {
            var run = ready.Take(1, 20);
            ready.Forget(run);
            Assert.True(run.First < Values || taken.Contains(run.First - Values), "The second message of a value came first.");
            Assert.True(taken.Add(run.First));
        }

        Assert.Equal(2 * Values, taken.Count);
        Assert.True(ready.IsPlain);
    }

    private static void Publish(TestQueue queue, long sequence, (string? Tenant, int Size)[] messages) =>
        queue.Decider.Publish(1, sequence, TestBatches.Of([.. messages.Select(static message =>
            new TestMessage(new byte[message.Size], Properties: TextFormat.Properties(("tenant", message.Tenant))))]));

    // The values of so many messages, one after the other.
    private static List<string?> Take(TestQueue queue, int count) => [.. TakeSized(queue, count).Select(static taken => taken.Value)];

    private static List<(string? Value, int Size)> TakeSized(TestQueue queue, int count)
    {
        var values = new List<(string? Value, int Size)>();
        for (var i = 0; i < count; i++)
        {
            queue.Decider.Take(new ConsumerKey(1, -1), 1, noAck: true);
            queue.AnswerLoads();
            var segment = Assert.Single(queue.Gets).Segment!.Value;
            queue.Gets.Clear();
            var message = segment.Batch[segment.StartIndex];
            var isTold = new TextFormat().TryReadHeader(message.Properties, "tenant", out var value);
            values.Add((isTold ? value.AsString() : null, message.RecordLength));
        }

        return values;
    }
}
