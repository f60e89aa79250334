using System.Runtime.InteropServices;
using System.Text;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Sessions;
using Akka.TestKit;
using CsCheck;
using Xunit;

namespace ActorBroker.Connections.Tests.Sessions;

/// <summary>However the messages of a read are spread over queues, each queue gets its own, in order, under their routes.</summary>
public sealed class SlabTests : BrokerSessionSpec
{
    private static readonly (string Exchange, string Key, string[] Queues)[] Routes =
    [
        ("", "a", ["a"]), ("", "b", ["b"]), ("", "c", ["c"]), ("g", "k", ["c"]), ("g", "l", ["c"]), ("f", "m", ["a", "b"]),
    ];

    private readonly Dictionary<string, TestProbe> _queues = [];
    private readonly List<PublishTarget> _targets = [];
    private ulong _tag;

    [Fact]
    public void Each_queue_gets_its_messages_in_order_and_a_slab_of_no_more_than_twice_their_size()
    {
        Fanout("f", "a", "b");
        Fanout("g", "c");
        foreach (var (exchange, key, queues) in Routes)
        {
            _targets.Add(Target(exchange, key));
            foreach (var name in queues.Where(name => !_queues.ContainsKey(name)))
                Found(name, _queues[name] = NewQueue());
        }

        // Most reads go to several queues and to no fanout exchange; some do.
        Gen.OneOf(
                Gen.Select(Gen.Int[0, 4], Gen.Int[0, 400]).List[1, 60],
                Gen.Select(Gen.Int[0, 5], Gen.Int[0, 400]).List[1, 60],
                Gen.Select(Gen.Int[3, 4], Gen.Int[0, 400]).List[1, 60])
            .Sample(PublishRead, iter: 200, threads: 1);
    }

    private void PublishRead(List<(int Route, int Length)> messages)
    {
        var expected = _queues.Keys.ToDictionary(static name => name, static _ => new List<(string Route, string Body, ulong Tag)>());
        foreach (var (route, length) in messages)
        {
            var (exchange, key, queues) = Routes[route];
            var body = $"{++_tag} {new string('x', length)}";
            foreach (var name in queues)
                expected[name].Add(($"{exchange}/{key}", body, _tag));
            Publish(_targets[route], body, _tag);
        }

        Session.EndOfRead();
        foreach (var (name, queue) in _queues.Where(queue => expected[queue.Key].Count > 0))
            Check(queue, expected[name]);
        Assert.Equal(messages.Count, Heard.Confirms.Where(static confirm => !confirm.Negative).Sum(static confirm => (int)(confirm.Last - confirm.First) + 1)
            + Heard.Confirms.Count(static confirm => confirm.Negative));
        Heard.Confirms.Clear();
    }

    // It refuses the last one, whose tag is then nacked, and takes the others.
    private void Check(TestProbe queue, List<(string Route, string Body, ulong Tag)> expected)
    {
        var publish = queue.ExpectMsg<PublishBatch>();
        var batch = publish.Batch;
        Assert.Equal(
            expected.Select(static message => (message.Route, message.Body)),
            Enumerable.Range(0, batch.Count).Select(i => ($"{batch.RouteOf(i).Exchange}/{batch.RouteOf(i).RoutingKey}", Encoding.UTF8.GetString(batch.BodyOf(i).Span))));
        Assert.Equal(Enumerable.Range(0, batch.Count).Sum(i => batch.RecordOf(i).Length), batch.SizeBytes);
        MemoryMarshal.TryGetArray(batch.BodyOf(0), out var slab);
        Assert.InRange(slab.Array!.Length, batch.SizeBytes, batch.SizeBytes * 2);

        var told = Heard.Confirms.Count(static confirm => confirm.Negative);
        Tell(queue, new PublishRejected(publish.LinkSequence, [batch.Count - 1]));
        Assert.InRange(Heard.Confirms.Count(static confirm => confirm.Negative), told, told + 1);
        Assert.Contains(Heard.Confirms, confirm => confirm.Negative && confirm.First == expected[^1].Tag);
        Tell(queue, new PublishProgress(publish.LinkSequence, publish.LinkSequence));
    }
}
