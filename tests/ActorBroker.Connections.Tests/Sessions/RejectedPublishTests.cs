using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Sessions;
using Akka.TestKit;
using CsCheck;
using Xunit;

namespace ActorBroker.Connections.Tests.Sessions;

/// <summary>Publishes that a queue refuses one by one.</summary>
public sealed class RejectedPublishTests : BrokerSessionSpec
{
    private readonly Dictionary<string, TestProbe> _queues = [];
    private readonly Dictionary<string, PublishedTargets> _targets = [];
    private readonly ulong[] _tags = new ulong[3];

    [Fact]
    public void Exactly_the_refused_publishes_of_a_batch_are_nacked_and_the_rest_is_confirmed()
    {
        var queue = NewQueue();
        var target = Target("", "a");
        Found("a", queue);
        for (ulong tag = 1; tag <= 6; tag++)
            Publish(target, $"{tag}", tag);
        Session.EndOfRead();

        Tell(queue, new PublishRejected(1, [1, 2, 4]));
        Assert.Equal([(1, 2UL, 2UL, true, false), (1, 3UL, 3UL, true, false), (1, 5UL, 5UL, true, false)], Heard.Confirms);
        Heard.Confirms.Clear();

        Tell(queue, new PublishProgress(1, 1));
        Assert.Equal([(1, 1UL, 1UL, false, true), (1, 4UL, 4UL, false, true), (1, 6UL, 6UL, false, true)], Heard.Confirms);
    }

    [Fact]
    public void A_publish_that_one_of_its_queues_refused_is_nacked_once()
    {
        var (a, b) = (NewQueue(), NewQueue());
        Fanout("f", "a", "b");
        var (toA, toBoth) = (Target("", "a"), Target("f", ""));
        Found("a", a);
        Found("b", b);
        Publish(toA, "1", 1);
        Publish(toBoth, "2", 2);
        Publish(toA, "3", 3);
        Publish(toBoth, "4", 4);
        Session.EndOfRead();

        // b has the slab's second and fourth message, a has all four.
        Tell(b, new PublishRejected(1, [1]));
        Tell(a, new PublishRejected(1, [3]));
        Tell(a, new PublishProgress(1, 1));
        Tell(b, new PublishProgress(1, 1));

        Assert.Equal([(1, 4UL, 4UL, true, false), (1, 1UL, 3UL, false, true)], Heard.Confirms);
    }

    [Fact]
    public void What_asked_for_no_confirm_is_refused_in_silence()
    {
        var queue = NewQueue();
        var target = Target("", "a");
        Found("a", queue);
        Publish(target, "0");
        Publish(target, "1", tag: 1);
        Publish(target, "2");
        Session.EndOfRead();
        PublishOne(target, "3");

        Tell(queue, new PublishRejected(1, [0, 2]));
        Tell(queue, new PublishRejected(2, [0]));
        Assert.Empty(Heard.Confirms);
        Tell(queue, new PublishProgress(2, 2));

        Assert.Equal([(1, 1UL, 1UL, false, true)], Heard.Confirms);
    }

    [Fact]
    public void Every_tag_of_every_channel_is_told_once_whatever_queues_refuse() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 9]).Array[1, 30].Sample(
            publishes =>
            {
                Heard.Confirms.Clear();
                Run(publishes);
            },
            iter: 60,
            threads: 1);

    private void Run((int Target, int Channel, int Refusal)[] publishes)
    {
        if (_queues.Count == 0)
            Begin();
        var expected = new Dictionary<(int, ulong), bool>();
        var inBatch = _queues.Keys.ToDictionary(static name => name, static _ => 0);
        var refusals = _queues.Keys.ToDictionary(static name => name, static _ => new List<int>());
        foreach (var (kind, channel, refusal) in publishes)
        {
            var (target, queues) = (_targets[$"{kind}"].Target, _targets[$"{kind}"].Queues);
            var tag = channel == 0 ? 0 : ++_tags[channel];
            Publish(target, "m", tag, channel);
            var isRefused = false;
            for (var i = 0; i < queues.Length; i++)
            {
                // A refusal of 0 is by the first queue, of 1 by the last, of 2 by all.
                if (refusal == 2 || (refusal == 0 && i == 0) || (refusal == 1 && i == queues.Length - 1))
                {
                    refusals[queues[i]].Add(inBatch[queues[i]]);
                    isRefused = true;
                }

                inBatch[queues[i]]++;
            }

            if (tag > 0)
                expected.Add((channel, tag), isRefused);
        }

        Session.EndOfRead();
        foreach (var (name, queue) in _queues.Where(queue => inBatch[queue.Key] > 0))
        {
            var (sequence, bodies) = Batch(queue);
            Assert.Equal(inBatch[name], bodies.Split(' ').Length);
            if (refusals[name].Count > 0)
                Tell(queue, new PublishRejected(sequence, [.. refusals[name]]));
            Tell(queue, new PublishProgress(sequence, sequence));
        }

        var told = Heard.Confirms.SelectMany(static confirm => Enumerable.Range(0, (int)(confirm.Last - confirm.First + 1))
            .Select(i => (Tag: (confirm.Channel, confirm.First + (ulong)i), confirm.Negative))).ToList();
        Assert.Equal(expected.Count, told.Count);
        Assert.All(told, confirm => Assert.Equal(expected[confirm.Tag], confirm.Negative));
    }

    private void Begin()
    {
        Fanout("f", "a", "b");
        Fanout("g", "b", "c");
        _targets.Add("0", new PublishedTargets(Target("", "a"), ["a"]));
        _targets.Add("1", new PublishedTargets(Target("f", ""), ["a", "b"]));
        _targets.Add("2", new PublishedTargets(Target("g", ""), ["b", "c"]));
        _targets.Add("3", new PublishedTargets(Target("", "nobody"), []));
        foreach (var name in new[] { "a", "b", "c" })
        {
            _queues.Add(name, NewQueue());
            Found(name, _queues[name]);
        }
    }

    private sealed record PublishedTargets(PublishTarget Target, string[] Queues);
}
