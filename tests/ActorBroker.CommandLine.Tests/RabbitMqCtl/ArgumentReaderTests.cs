using ActorBroker.RabbitMqCtl.Arguments;
using CsCheck;
using Xunit;

namespace ActorBroker.CommandLine.Tests.RabbitMqCtl;

public sealed class ArgumentReaderTests
{
    private static readonly string[] Flags = ["-q", "--silent", "--no-quiet", "-qs", "--longnames=true"];

    [Fact]
    public void Switches_stand_anywhere_and_the_last_of_several_counts()
    {
        var line = Read("-p", "one", "list_queues", "--vhost=two", "name", "-qs", "messages", "--timeout", "5");

        Assert.Equal(["list_queues", "name", "messages"], line.Arguments);
        Assert.Equal("two", line.Options["vhost"]);
        Assert.Equal((true, true, 5L), (line.Options["quiet"], line.Options["silent"], line.Options["timeout"]));
        Assert.Empty(line.Invalid);
    }

    [Fact]
    public void A_flag_is_taken_back_by_no_and_by_a_value()
    {
        Assert.Equal(false, Read("--no-table-headers").Options["table-headers"]);
        Assert.Equal(false, Read("--quiet=false").Options["quiet"]);
        Assert.Equal([("--quiet", "perhaps")], Read("--quiet=perhaps").Invalid);
        Assert.Equal([("--no-vhost", null)], Read("--no-vhost").Invalid);
    }

    [Fact]
    public void A_number_may_follow_its_letter_and_may_be_negative()
    {
        Assert.Equal(5L, Read("-t5").Options["timeout"]);
        Assert.Equal(-5L, Read("-t", "-5").Options["timeout"]);
        Assert.Equal(["-5", "-0.5"], Read("-5", "-0.5").Arguments);
        Assert.Equal([("-t", "soon")], Read("-t", "soon").Invalid);
    }

    [Fact]
    public void A_value_that_looks_like_a_switch_is_none()
    {
        var line = Read("--vhost", "--quiet");

        Assert.Equal([("--vhost", null)], line.Invalid);
        Assert.Equal(true, line.Options["quiet"]);
    }

    [Fact]
    public void What_does_not_exist_is_told_as_it_was_given()
    {
        Assert.Equal([("--foo", "1"), ("-x", null), ("--table_headers", null)], Read("--foo=1", "-x", "--table_headers").Invalid);
        Assert.Equal(["1"], Read("--foo", "1").Arguments);
    }

    [Fact]
    public void After_two_dashes_there_are_arguments_only()
    {
        var line = Read("-q", "--", "--vhost", "-p");

        Assert.Equal(["--vhost", "-p"], line.Arguments);
        Assert.Equal(["quiet"], line.Options.Keys);
    }

    [Fact]
    public void A_dash_alone_and_nothing_are_arguments() => Assert.Equal(["-", ""], Read("-", "").Arguments);

    [Fact]
    public void Flags_among_words_leave_the_words_in_their_order() =>
        Gen.Int[0, Flags.Length].Select(static index => index == Flags.Length ? null : Flags[index]).List[0, 12].Sample(given =>
        {
            var number = 0;
            string[] words = [.. given.Select(flag => flag ?? $"word{number++}")];
            var line = Read(words);

            Assert.Equal(words.Except(Flags), line.Arguments);
            Assert.Empty(line.Invalid);
        });

    [Fact]
    public void Any_words_are_read() =>
        Gen.String[Gen.Char["-=qspnt5x "], 0, 6].List[0, 8].Sample(static words =>
        {
            var line = Read([.. words]);

            // Letters together are as many switches, and a number among them is an argument.
            Assert.True(line.Arguments.Count <= words.Sum(static word => word.Length + 1));
            Assert.All(line.Invalid, static one => Assert.StartsWith("-", one.Switch, StringComparison.Ordinal));
        });

    private static ArgumentReader Read(params string[] words) => ArgumentReader.Read(words, [.. Switch.OfAllCommands, .. Switch.OfTables]);
}
