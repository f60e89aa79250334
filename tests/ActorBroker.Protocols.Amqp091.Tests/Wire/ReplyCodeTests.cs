using System.Text;
using ActorBroker.Protocols.Amqp091.Wire;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Wire;

public sealed class ReplyCodeTests
{
    [Theory]
    [InlineData(ReplyCode.NotFound, 404, "NOT_FOUND", false)]
    [InlineData(ReplyCode.PreconditionFailed, 406, "PRECONDITION_FAILED", false)]
    [InlineData(ReplyCode.ResourceLocked, 405, "RESOURCE_LOCKED", false)]
    [InlineData(ReplyCode.AccessRefused, 403, "ACCESS_REFUSED", false)]
    [InlineData(ReplyCode.ContentTooLarge, 311, "CONTENT_TOO_LARGE", false)]
    [InlineData(ReplyCode.ConnectionForced, 320, "CONNECTION_FORCED", true)]
    [InlineData(ReplyCode.InvalidPath, 402, "INVALID_PATH", true)]
    [InlineData(ReplyCode.FrameError, 501, "FRAME_ERROR", true)]
    [InlineData(ReplyCode.NotImplemented, 540, "NOT_IMPLEMENTED", true)]
    public void Codes_have_their_numbers_names_and_scope(ReplyCode code, int number, string name, bool closesConnection)
    {
        Assert.Equal((number, name, closesConnection), ((int)code, code.Name(), code.IsConnectionError()));
    }

    [Fact]
    public void Every_code_has_a_name_in_capitals() =>
        Assert.All(Enum.GetValues<ReplyCode>(), code => Assert.Matches("^[A-Z_]+$", code.Name()));

    [Fact]
    public void A_text_is_composed_as_RabbitMQ_does() =>
        Assert.Equal("NOT_FOUND - no queue 'q' in vhost '/'", ReplyCode.NotFound.ComposeText("no queue 'q' in vhost '/'"));

    [Fact]
    public void A_text_too_long_for_a_short_string_is_cut_between_characters()
    {
        for (var padding = 0; padding < 4; padding++)
        {
            var text = ReplyCode.NotFound.ComposeText(new string('x', padding) + string.Concat(Enumerable.Repeat("😀", 100)));
            Assert.InRange(Encoding.UTF8.GetByteCount(text), 250, 255);
            Assert.EndsWith("😀...", text, StringComparison.Ordinal);
        }
    }
}
