using System.Text;
using System.Text.Unicode;
using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Mapping;

/// <summary>User and password as a SASL mechanism carries them in connection.start-ok.</summary>
internal readonly record struct SaslCredentials(string User, string Password)
{
    /// <summary>The mechanisms offered, as connection.start lists them.</summary>
    public const string Mechanisms = "PLAIN AMQPLAIN";

    /// <exception cref="Amqp091ErrorException">503: the mechanism was not offered. 502: the response is malformed.</exception>
    public static SaslCredentials Read(string mechanism, ReadOnlySpan<byte> response) => mechanism switch
    {
        "PLAIN" => ReadPlain(response),
        "AMQPLAIN" => ReadAmqPlain(response),
        _ => throw new Amqp091ErrorException(ReplyCode.CommandInvalid, $"unknown authentication mechanism '{mechanism}'"),
    };

    // RFC 4616: [authorization identity] NUL user NUL password. The first is ignored, as RabbitMQ does.
    private static SaslCredentials ReadPlain(ReadOnlySpan<byte> response)
    {
        var first = response.IndexOf((byte)0);
        if (first < 0)
            throw Malformed("PLAIN");
        var rest = response[(first + 1)..];
        var second = rest.IndexOf((byte)0);
        if (second < 0)
            throw Malformed("PLAIN");
        return new SaslCredentials(Text(rest[..second], "PLAIN"), Text(rest[(second + 1)..], "PLAIN"));
    }

    // A field table without its length, as the first AMQP 0-8 clients sent it.
    private static SaslCredentials ReadAmqPlain(ReadOnlySpan<byte> response)
    {
        var table = FieldTableReader.Read(response);
        if (!table.TryGetValue("LOGIN", out var user) || !user.TryGetString(out var userText)
            || !table.TryGetValue("PASSWORD", out var password) || !password.TryGetString(out var passwordText))
        {
            throw Malformed("AMQPLAIN");
        }

        return new SaslCredentials(userText, passwordText);
    }

    private static string Text(ReadOnlySpan<byte> bytes, string mechanism) =>
        Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw Malformed(mechanism);

    private static Amqp091ErrorException Malformed(string mechanism) =>
        new(ReplyCode.SyntaxError, $"malformed response of authentication mechanism {mechanism}");
}
