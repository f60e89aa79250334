using ActorBroker.Core.Arguments;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Streams;
using CsCheck;
using Xunit;
using static ActorBroker.Core.Tests.Streams.TestStream;

namespace ActorBroker.Core.Tests.Streams;

/// <summary>Readers that want only some messages.</summary>
public sealed class StreamFilterSpec
{
    private static readonly (string, ArgumentValue) MatchUnfiltered = ("x-stream-match-unfiltered", ArgumentValue.FromBoolean(true));

    [Fact]
    public void A_reader_is_given_the_messages_of_its_values_and_no_other()
    {
        var stream = new TestStream();
        stream.Write("a:red", "b:blue", "c", "d:red", "e:green", "f:red", "g:red");
        Assert.Equal("0a 3d 5f 6g", stream.TextOf(stream.Start(1, Offset("first"), Filter("red"))));
        Assert.Equal("0a 3d 4e 5f 6g", stream.TextOf(stream.Start(2, Offset("first"), Filter("red", "green"))));
        Assert.Equal("1b 2c", stream.TextOf(stream.Start(3, Offset("first"), Filter("blue"), MatchUnfiltered)));
        Assert.Equal("2c", stream.TextOf(stream.Start(4, Offset("first"), Filter(), MatchUnfiltered)));
        Assert.Equal("4e", stream.TextOf(stream.Start(5, Offset("first"), ("x-stream-filter", ArgumentValue.FromString("green")))));
    }

    [Fact]
    public void Messages_that_are_passed_over_use_no_credit()
    {
        var stream = new TestStream();
        stream.Write("a", "b:x", "c", "d", "e:x", "f", "g:x");
        var reader = stream.Start(1, Settings(prefetch: 2, arguments: [Offset("first"), Filter("x")]));
        Assert.Equal("1b 4e", stream.TextOf(reader));
        stream.Settle(reader, 4);
        Assert.Equal("1b 4e 6g", stream.TextOf(reader));
    }

    [Fact]
    public void Segments_without_any_of_the_values_are_not_read_back()
    {
        var stream = new TestStream(Ample with { SegmentBytes = 1, ResidentBytesMax = 0 });
        stream.Write("a:x");
        for (var i = 0; i < 20; i++)
        {
            stream.Write("b:y", "c");
        }

        stream.Write("d:x");
        stream.Journal.Store(stream.Decider);
        foreach (var incarnation in new[] { stream, stream.Crash() })
        {
            var reader = incarnation.Start(1, Offset("first"), Filter("x"));
            Assert.Single(incarnation.Loads);
            incarnation.AnswerLoads();
            Assert.Equal("0a 41d", incarnation.TextOf(reader));
        }
    }

    [Fact]
    public void A_set_of_values_never_denies_one_that_it_has()
    {
        Gen.Select(Gen.String.Array, Gen.Int[1, 255]).Sample((values, size) =>
        {
            var set = new FilterValueSet(new byte[size]);
            Assert.False(set.MayContain("anything"));
            foreach (var value in values)
            {
                set.Add(value);
            }

            Assert.All(values, value => Assert.True(set.MayContain(value)));
        });
    }

    [Fact]
    public void The_bits_of_a_value_are_what_is_written_in_journals()
    {
        var set = new FilterValueSet(new byte[16]);
        set.Add("invoices");
        Assert.Equal("00800002000000000004100000000000", Convert.ToHexString(set.Bits));
    }
}
