using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Queues.Publishers;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.TestKit;
using CsCheck;
using Xunit;

namespace ActorBroker.Connections.Tests.Sessions;

public sealed class PublishingTests : BrokerSessionSpec
{
    [Fact]
    public void A_queue_is_looked_for_once_and_told_directly_from_then_on()
    {
        var queue = NewQueue();
        var target = Target("", "a");
        PublishOne(target, "1");
        PublishOne(target, "2");
        Found("a", queue);
        PublishOne(target, "3");
        Assert.Equal([(1L, "1"), (2L, "2"), (3L, "3")], [Batch(queue), Batch(queue), Batch(queue)]);
        Queues.ExpectNoMsg(0);
        Assert.Single(Watched, queue.Ref);
    }

    [Fact]
    public void Messages_of_one_read_are_one_batch_for_each_queue()
    {
        var (a, b) = (NewQueue(), NewQueue());
        Fanout("f", "a", "b");
        var (toA, toBoth) = (Target("", "a"), Target("f", ""));
        Found("a", a);
        Found("b", b);
        Publish(toA, "1");
        Publish(toBoth, "2");
        Publish(toA, "3");
        a.ExpectNoMsg(0);
        Session.EndOfRead();
        Assert.Equal((1L, "1 2 3"), Batch(a));
        Assert.Equal((1L, "2"), Batch(b));
    }

    [Fact]
    public void The_window_is_full_of_what_queues_have_not_accepted()
    {
        var queue = NewQueue();
        var target = Target("", "a");
        PublishOne(target, new string('x', 600));
        Assert.False(Session.IsWindowFull);
        PublishOne(target, new string('y', 600));
        Assert.True(Session.IsWindowFull);
        Found("a", queue);
        Assert.True(Session.IsWindowFull);
        Tell(queue, new PublishProgress(1, 0));
        Assert.False(Session.IsWindowFull);
        PublishOne(target, new string('z', 600));
        Assert.True(Session.IsWindowFull);
        Terminate(queue);
        Assert.True(Session.IsWindowFull);
        var next = NewQueue();
        Found("a", next);
        Tell(next, new PublishProgress(3, 0));
        Assert.False(Session.IsWindowFull);
    }

    [Fact]
    public void What_waits_for_a_queue_that_is_not_there_is_confirmed_as_if_it_had_been_deleted_just_after()
    {
        PublishOne(Target("", "a"), new string('x', 1000), tag: 1);
        Assert.True(Session.IsWindowFull);
        NotFound("a");
        Assert.False(Session.IsWindowFull);
        Assert.Equal([(1, 1UL, 1UL, false, true)], Heard.Confirms);
    }

    [Fact]
    public void A_slab_is_confirmed_when_every_queue_has_confirmed_it()
    {
        var (a, b) = (NewQueue(), NewQueue());
        Fanout("f", "a", "b");
        var target = Target("f", "");
        Found("a", a);
        Found("b", b);
        Publish(target, "1", tag: 1);
        Publish(target, "2", tag: 2);
        Session.EndOfRead();
        Tell(a, new PublishProgress(1, 1));
        Assert.Empty(Heard.Confirms);
        Tell(b, new PublishProgress(1, 0));
        Assert.Empty(Heard.Confirms);
        Tell(b, new PublishProgress(1, 1));
        Assert.Equal([(1, 1UL, 2UL, false, true)], Heard.Confirms);
    }

    [Fact]
    public void A_slab_that_a_queue_failed_to_write_and_is_gone_then_is_told_of_negatively_once_all_have_answered()
    {
        var (a, b) = (NewQueue(), NewQueue());
        Fanout("f", "a", "b");
        var target = Target("f", "");
        Found("a", a);
        Found("b", b);
        PublishOne(target, "1", tag: 1);
        Tell(a, new PublishFailed(1, 1));
        Tell(b, new PublishProgress(1, 1));
        Terminate(a);
        Assert.Empty(Heard.Confirms);
        NotFound("a");
        Assert.Equal([(1, 1UL, 1UL, true, true)], Heard.Confirms);
    }

    [Fact]
    public void What_no_queue_takes_is_confirmed_at_the_end_of_the_read()
    {
        var target = Target("", "nobody");
        Assert.False(Publish(target, "1", tag: 1));
        Assert.Empty(Heard.Confirms);
        Session.EndOfRead();
        Assert.Equal([(1, 1UL, 1UL, false, true)], Heard.Confirms);
    }

    [Fact]
    public void A_queue_that_is_not_found_in_time_nacks_what_waited_for_it()
    {
        var target = Target("", "a");
        PublishOne(target, "1", tag: 1);
        Clock.Advance(TimeSpan.FromSeconds(14.9));
        Session.OnTimer();
        Assert.Empty(Heard.Confirms);
        Clock.Advance(TimeSpan.FromSeconds(0.1));
        Session.OnTimer();
        Assert.Equal([(1, 1UL, 1UL, true, true)], Heard.Confirms);
        Assert.False(Session.HasRequests);
        var late = Queues.ExpectMsg<ResolveQueue>();
        Tell(Queues, new QueueResolved(late.RequestId, late.Queue, NewQueue().Ref));
        Assert.Equal([Access.Ref], Watched);
        PublishOne(target, "2", tag: 2);
        Queues.ExpectMsg<ResolveQueue>();
    }

    [Fact]
    public void Operations_on_a_queue_come_behind_what_was_published_to_it()
    {
        var queue = NewQueue();
        PublishOne(Target("", "a"), "1");
        QueueReply? reply = null;
        Session.PurgeQueue("a", answer => reply = answer);
        Found("a", queue);
        Assert.Equal((1L, "1"), Batch(queue));
        var purge = Queues.ExpectMsg<PurgeQueue>();
        Tell(Queues, new QueueAnswered(purge.RequestId, null, 1, 0));
        Assert.Equal(1, reply?.MessageCount);
    }

    [Fact]
    public void Every_tag_is_told_of_once_and_is_positive_only_when_all_its_queues_were()
    {
        Fanout("f", "a", "b");
        Fanout("g", "a", "b", "c");
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 2], Gen.Int[1, 4]).List[1, 120].Sample(
            steps => new ConfirmRun(this).Run(steps), iter: 40, threads: 1);
    }

    /// <summary>Random publishes, answers and ends of queues against a list of what is outstanding where.</summary>
    private sealed class ConfirmRun(PublishingTests test)
    {
        private static readonly string[] Names = ["a", "b", "c"];
        private static readonly string[][] Routes = [["a"], ["b"], ["a", "b"], ["a", "b", "c"], []];
        private static ulong s_lastTag;

        private readonly Dictionary<string, TestProbe> _actors = [];
        private readonly Dictionary<string, List<(long Sequence, ulong[] Tags)>> _unanswered = Names.ToDictionary(static name => name, static _ => new List<(long, ulong[])>());
        private readonly Dictionary<ulong, int> _pending = [];
        private readonly HashSet<ulong> _failed = [];
        private readonly HashSet<ulong> _told = [];
        private readonly Dictionary<string, long> _sequences = [];
        private int _heard = test.Heard.Confirms.Count;

        public void Run(IReadOnlyList<(int What, int Queue, int Count)> steps)
        {
            var firstTag = s_lastTag + 1;
            foreach (var (what, queue, count) in steps)
            {
                switch (what)
                {
                    case < 3:
                        PublishRead(what + queue, count);
                        break;
                    case 3:
                        Answer(Names[queue], count);
                        break;
                    case 4:
                        End(Names[queue], known: count - 1);
                        break;
                    default:
                        End(Names[queue], known: -1);
                        break;
                }

                Check();
            }

            foreach (var name in Names)
                Answer(name, int.MaxValue);
            Check();
            foreach (var name in _actors.Keys.ToArray())
                End(name, known: 0);
            Assert.Equal((int)(s_lastTag - firstTag + 1), _told.Count);
        }

        // One read to one route: one slab, one batch to each of its queues.
        private void PublishRead(int route, int count)
        {
            var queues = Routes[route % Routes.Length];
            var target = queues.Length switch
            {
                0 => test.Target("", "nobody"),
                1 => test.Target("", queues[0]),
                2 => test.Target("f", ""),
                _ => test.Target("g", ""),
            };
            foreach (var name in queues)
                FindActor(name);
            var tags = Enumerable.Range(0, count).Select(static _ => ++s_lastTag).ToArray();
            foreach (var tag in tags)
            {
                _pending[tag] = queues.Length;
                test.Publish(target, "body", tag);
            }

            test.Session.EndOfRead();
            foreach (var name in queues)
                _unanswered[name].Add((_sequences[name] = _sequences.GetValueOrDefault(name) + 1, tags));
        }

        private void FindActor(string name)
        {
            if (!_actors.ContainsKey(name))
            {
                _actors[name] = test.ActorFor(name);
                _sequences[name] = test.SequenceOf(name);
            }
        }

        private void Answer(string name, int count)
        {
            var answered = _unanswered[name].Take(count).ToList();
            if (answered.Count == 0)
                return;
            _unanswered[name].RemoveRange(0, answered.Count);
            Done(answered, negative: false);
            var last = answered[^1].Sequence;
            test.Tell(_actors[name], new PublishProgress(last, last));
            test.NoteSequence(name, _sequences[name]);
        }

        // The next incarnation knows so many batches more than were answered, or there is none.
        private void End(string name, int known)
        {
            if (!_actors.Remove(name, out var actor))
                return;
            test.Terminate(actor);
            test.Forget(name);
            if (_unanswered[name].Count == 0)
            {
                _sequences.Remove(name);
                return;
            }

            Check();
            var done = _unanswered[name].Take(known < 0 ? int.MaxValue : known).ToList();
            _unanswered[name].RemoveRange(0, done.Count);
            Done(done, negative: known < 0);
            if (known < 0)
            {
                _sequences.Remove(name);
                test.AnswerGone(name);
            }
            else
            {
                _actors[name] = test.ActorFor(name, done.Count > 0 ? done[^1].Sequence : 0);
                test.NoteSequence(name, _sequences[name]);
                foreach (var (sequence, tags) in _unanswered[name])
                    Assert.Equal((sequence, string.Join(' ', tags.Select(static _ => "body"))), Batch(_actors[name]));
            }
        }

        private void Done(IEnumerable<(long Sequence, ulong[] Tags)> batches, bool negative)
        {
            foreach (var tag in batches.SelectMany(static batch => batch.Tags))
            {
                _pending[tag]--;
                if (negative)
                    _failed.Add(tag);
            }
        }

        private void Check()
        {
            for (; _heard < test.Heard.Confirms.Count; _heard++)
            {
                var (_, first, last, negative, allBefore) = test.Heard.Confirms[_heard];
                Assert.Equal(_pending.Keys.All(tag => tag >= first || _told.Contains(tag)), allBefore);
                for (var tag = first; tag <= last; tag++)
                {
                    Assert.True(_told.Add(tag));
                    Assert.Equal(0, _pending[tag]);
                    Assert.Equal(_failed.Contains(tag), negative);
                }
            }

            Assert.Equal(_pending.Where(static tag => tag.Value == 0).Select(static tag => tag.Key).Order(), _told.Order());
        }
    }

    private readonly Dictionary<string, (TestProbe Actor, long Sequence)> _known = [];

    private ResolveQueue QuestionFor(string name)
    {
        ResolveQueue? asked;
        while (!_asked.Remove(name, out asked))
        {
            var resolve = Queues.ExpectMsg<ResolveQueue>();
            _asked[resolve.Queue.Name] = resolve;
        }

        return asked;
    }

    private void AnswerGone(string name) =>
        Tell(Queues, new QueueAnswered(QuestionFor(name).RequestId, new Refusal(RefusalReason.NotFound, "no queue"), 0, 0));

    private TestProbe ActorFor(string name, long knownSequence = 0)
    {
        if (!_known.TryGetValue(name, out var known))
        {
            var actor = NewQueue();
            var asked = QuestionFor(name);
            var standing = new LinkStanding(Math.Max(knownSequence, asked.Link.ConfirmedSequence));
            Tell(Queues, new QueueResolved(asked.RequestId, asked.Queue, actor.Ref) { Standing = standing });
            known = (actor, 0);
            _known[name] = known;
        }

        return known.Actor;
    }

    private readonly Dictionary<string, ResolveQueue> _asked = [];

    private long SequenceOf(string name) => _known[name].Sequence;

    private void NoteSequence(string name, long sequence) => _known[name] = (_known[name].Actor, sequence);

    private void Forget(string name) => _known.Remove(name);
}
