using System.Text;
using System.Text.Unicode;
using ActorBroker.Core.Access;
using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Mapping;

/// <summary>Who a client says it is, as a SASL mechanism carries it in connection.start-ok.</summary>
/// <param name="settings">Which mechanisms there are.</param>
/// <param name="certifiedUser">Whose certificate the client has shown; null for none.</param>
internal sealed class SaslMechanisms(Amqp091ConnectionSettings settings, string? certifiedUser)
{
    private const string External = "EXTERNAL";

    /// <summary>The mechanisms that connection.start lists.</summary>
    public IEnumerable<string> Offered => settings.Mechanisms.Where(name => name != External || certifiedUser is not null);

    /// <exception cref="Amqp091ErrorException">503: the mechanism was not offered. 502: the response is malformed.</exception>
    public Credential Read(string mechanism, ReadOnlySpan<byte> response) => mechanism switch
    {
        _ when !Offered.Contains(mechanism, StringComparer.Ordinal) =>
            throw new Amqp091ErrorException(ReplyCode.CommandInvalid, $"unknown authentication mechanism '{mechanism}'"),
        "PLAIN" => ReadPlain(response),
        "AMQPLAIN" => ReadAmqPlain(response),
        External => new Credential.Established(certifiedUser!),
        _ => new Credential.Established(settings.AnonymousUser),
    };

    // RFC 4616: [authorization identity] NUL user NUL password. The first is ignored, as RabbitMQ does.
    private static Credential.Password ReadPlain(ReadOnlySpan<byte> response)
    {
        var first = response.IndexOf((byte)0);
        if (first < 0)
            throw Malformed("PLAIN");
        var rest = response[(first + 1)..];
        var second = rest.IndexOf((byte)0);
        if (second < 0)
            throw Malformed("PLAIN");
        return new Credential.Password(Text(rest[..second], "PLAIN"), Text(rest[(second + 1)..], "PLAIN"));
    }

    // A field table without its length, as the first AMQP 0-8 clients sent it.
    private static Credential.Password ReadAmqPlain(ReadOnlySpan<byte> response)
    {
        var table = FieldTableReader.Read(response);
        if (!table.TryGetValue("LOGIN", out var user) || !user.TryGetString(out var userText)
            || !table.TryGetValue("PASSWORD", out var password) || !password.TryGetString(out var passwordText))
        {
            throw Malformed("AMQPLAIN");
        }

        return new Credential.Password(userText, passwordText);
    }

    private static string Text(ReadOnlySpan<byte> bytes, string mechanism) =>
        Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw Malformed(mechanism);

    private static Amqp091ErrorException Malformed(string mechanism) =>
        new(ReplyCode.SyntaxError, $"malformed response of authentication mechanism {mechanism}");
}
