using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Tests.Messages;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Queues.Lanes;

/// <summary>Ready messages against a list that is sorted for each question.</summary>
public sealed class ReadyMessagesSpec
{
    private static readonly QueueSettings Priorities = new() { MaxPriority = 10, DefaultPriority = 4 };

    private enum Place
    {
        Ready,
        Away,
        Gone,
    }

    private sealed class Message(int? priority)
    {
        public int Priority { get; } = Math.Min(priority ?? Priorities.DefaultPriority, Priorities.MaxPriority);

        public Place Place { get; set; }
    }

    [Fact]
    public void Priorities_are_a_sorted_list() =>
        Gen.Select(Gen.Int[0, 99], Gen.Int[0, 1000], Gen.Int[0, 1000]).Array[1, 150].Sample(
            commands =>
            {
                var ready = new ReadyMessages(Priorities, TextFormat.Only);
                var model = new List<Message>();
                foreach (var (kind, a, b) in commands)
                {
                    ready = Step(ready, model, kind, a, b);
                    Compare(ready, model);
                }

                while (!ready.IsEmpty)
                {
                    Take(ready, model, 7);
                }

                Assert.DoesNotContain(model, static message => message.Place == Place.Ready);
            },
            iter: 1000);

    [Fact]
    public void A_queue_whose_messages_are_alike_again_is_a_set_of_positions_again()
    {
        var ready = new ReadyMessages(Priorities, TextFormat.Only);
        ready.Append(0, BatchOf([null, 9, null, 4]));
        Assert.False(ready.IsPlain);

        Assert.Equal(new PositionRange(1, 1), ready.Take(5));
        ready.Forget(new PositionRange(1, 1));

        Assert.True(ready.IsPlain);
        Assert.Equal(3, ready.Count);
        Assert.Equal(new PositionRange(0, 1), ready.Take(5));
        Assert.Equal(new PositionRange(2, 2), ready.Take(5));
    }

    [Fact]
    public void Another_default_is_that_of_messages_that_have_no_priority()
    {
        var ready = new ReadyMessages(Priorities, TextFormat.Only);
        ready.Append(0, BatchOf([null, 6]));
        Assert.Equal(1, ready.First.First);

        ready.Apply(Priorities with { DefaultPriority = 8 });

        Assert.Equal(0, ready.First.First);
        ready.Append(2, BatchOf([7]));
        Assert.Equal([0L, 2L, 1L], [ready.Take(1).First, ready.Take(1).First, ready.Take(1).First]);
    }

    private static ReadyMessages Step(ReadyMessages ready, List<Message> model, int kind, int a, int b)
    {
        var range = new PositionRange(a % (model.Count + 1), 1 + (b % 20));
        switch (kind)
        {
            case < 30:
                var priorities = Enumerable.Range(0, 1 + (a % 6)).Select(i => (b >> i & 3) == 0 ? (int?)null : (b + (i * a)) % 13).ToArray();
                ready.Append(model.Count, BatchOf(priorities));
                model.AddRange(priorities.Select(static priority => new Message(priority)));
                break;
            case < 60 when !ready.IsEmpty:
                Take(ready, model, 1 + (a % 5));
                break;
            case < 75:
                ForEach(model, range, Place.Away, (run, message) =>
                {
                    ready.Return(run);
                    message.Place = Place.Ready;
                });
                break;
            case < 85:
                ForEach(model, range, Place.Away, (run, message) =>
                {
                    ready.Forget(run);
                    message.Place = Place.Gone;
                });
                break;
            case < 95:
                var removed = new PositionSet();
                var expected = Positions(model, Place.Ready).Where(position => position >= range.First && position < range.End).ToArray();
                Assert.Equal(expected.Length, ready.Remove(range, removed));
                Assert.Equal(expected, Enumerate(removed));
                Array.ForEach(expected, position => model[(int)position].Place = Place.Away);
                break;
            case < 97:
                ready.Clear();
                model.ForEach(static message => message.Place = message.Place == Place.Ready ? Place.Gone : message.Place);
                break;
            default:
                return Recover(ready, model);
        }

        return ready;
    }

    // What was away is ready again.
    private static ReadyMessages Recover(ReadyMessages ready, List<Message> model)
    {
        var live = new PositionSet();
        for (var position = 0; position < model.Count; position++)
        {
            if (model[position].Place != Place.Gone)
            {
                live.Add(new PositionRange(position, 1));
                model[position].Place = Place.Ready;
            }
        }

        var recovered = new ReadyMessages(Priorities, TextFormat.Only);
        recovered.Recover(live.ToArray(), ready.Index(live));
        return recovered;
    }

    private static void Take(ReadyMessages ready, List<Message> model, int most)
    {
        var expected = Positions(model, Place.Ready).OrderByDescending(position => model[(int)position].Priority).ThenBy(static position => position).ToArray();
        Assert.Equal(expected[0], ready.First.First);
        var taken = ready.Take(most);
        Assert.InRange(taken.Count, 1, most);
        Assert.Equal(expected.Take((int)taken.Count), Enumerable.Range(0, (int)taken.Count).Select(i => taken.First + i));
        for (var position = taken.First; position < taken.End; position++)
        {
            model[(int)position].Place = Place.Away;
        }
    }

    private static void Compare(ReadyMessages ready, List<Message> model)
    {
        var all = new PositionSet();
        ready.AddTo(all);
        Assert.Equal(Positions(model, Place.Ready), Enumerate(all));
        Assert.Equal(all.Count, ready.Count);
    }

    private static void ForEach(List<Message> model, PositionRange range, Place place, Action<PositionRange, Message> action)
    {
        foreach (var position in Positions(model, place).Where(position => position >= range.First && position < range.End).ToArray())
        {
            action(new PositionRange(position, 1), model[(int)position]);
        }
    }

    private static IEnumerable<long> Positions(List<Message> model, Place place) =>
        Enumerable.Range(0, model.Count).Where(i => model[i].Place == place).Select(static i => (long)i);

    private static IEnumerable<long> Enumerate(PositionSet set) =>
        set.ToArray().SelectMany(static range => Enumerable.Range(0, (int)range.Count).Select(i => range.First + i));

    private static MessageBatch BatchOf(int?[] priorities) =>
        TestBatches.Of([.. priorities.Select(static priority => new TestMessage([1], Priority: (byte?)priority))]);
}
