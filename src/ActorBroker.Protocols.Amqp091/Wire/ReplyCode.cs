using System.Text;

namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>The reply codes of AMQP 0-9-1 §1.2 with which a channel or connection is closed or a message returned.</summary>
public enum ReplyCode : ushort
{
    Success = 200,
    ContentTooLarge = 311,
    NoRoute = 312,
    NoConsumers = 313,
    ConnectionForced = 320,
    InvalidPath = 402,
    AccessRefused = 403,
    NotFound = 404,
    ResourceLocked = 405,
    PreconditionFailed = 406,
    FrameError = 501,
    SyntaxError = 502,
    CommandInvalid = 503,
    ChannelError = 504,
    UnexpectedFrame = 505,
    ResourceError = 506,
    NotAllowed = 530,
    NotImplemented = 540,
    InternalError = 541,
}

public static class ReplyCodeExtensions
{
    /// <summary>The constant's name as RabbitMQ writes it in texts, such as <c>NOT_FOUND</c>; the number for an unknown code.</summary>
    public static string Name(this ReplyCode code) => code switch
    {
        ReplyCode.Success => "SUCCESS",
        ReplyCode.ContentTooLarge => "CONTENT_TOO_LARGE",
        ReplyCode.NoRoute => "NO_ROUTE",
        ReplyCode.NoConsumers => "NO_CONSUMERS",
        ReplyCode.ConnectionForced => "CONNECTION_FORCED",
        ReplyCode.InvalidPath => "INVALID_PATH",
        ReplyCode.AccessRefused => "ACCESS_REFUSED",
        ReplyCode.NotFound => "NOT_FOUND",
        ReplyCode.ResourceLocked => "RESOURCE_LOCKED",
        ReplyCode.PreconditionFailed => "PRECONDITION_FAILED",
        ReplyCode.FrameError => "FRAME_ERROR",
        ReplyCode.SyntaxError => "SYNTAX_ERROR",
        ReplyCode.CommandInvalid => "COMMAND_INVALID",
        ReplyCode.ChannelError => "CHANNEL_ERROR",
        ReplyCode.UnexpectedFrame => "UNEXPECTED_FRAME",
        ReplyCode.ResourceError => "RESOURCE_ERROR",
        ReplyCode.NotAllowed => "NOT_ALLOWED",
        ReplyCode.NotImplemented => "NOT_IMPLEMENTED",
        ReplyCode.InternalError => "INTERNAL_ERROR",
        _ => ((ushort)code).ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>
    /// Whether the code closes the whole connection wherever the error occurred (a hard error, AMQP 0-9-1 §4.10). The others
    /// close the channel only.
    /// </summary>
    public static bool IsConnectionError(this ReplyCode code) =>
        code is ReplyCode.ConnectionForced or ReplyCode.InvalidPath or >= ReplyCode.FrameError;

    /// <summary>
    /// A reply-text in RabbitMQ's form, <c>NOT_FOUND - no queue 'x' in vhost '/'</c>, shortened at a character's boundary to
    /// the 255 bytes that a short string holds.
    /// </summary>
    public static string ComposeText(this ReplyCode code, string explanation)
    {
        const string ellipsis = "...";
        var text = $"{code.Name()} - {explanation}";
        if (Encoding.UTF8.GetByteCount(text) <= byte.MaxValue)
            return text;
        Span<byte> utf8 = stackalloc byte[byte.MaxValue - ellipsis.Length];
        Encoding.UTF8.GetEncoder().Convert(text, utf8, flush: false, out _, out var written, out _);
        return Encoding.UTF8.GetString(utf8[..written]) + ellipsis;
    }
}
