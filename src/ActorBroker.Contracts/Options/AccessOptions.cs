using ActorBroker.Core.Access;

namespace ActorBroker.Contracts.Options;

/// <summary>Who may connect before anybody has been configured.</summary>
/// <param name="DefaultUser">Name of the user that the first start creates.</param>
/// <param name="DefaultPassword">That user's password.</param>
/// <param name="DefaultVirtualHost">Virtual host that the first start creates, with all permissions for that user.</param>
/// <param name="LoopbackUsers">Users that may connect from a loopback address only.</param>
public sealed record AccessOptions(
    string DefaultUser,
    string DefaultPassword,
    string DefaultVirtualHost,
    IReadOnlySet<string> LoopbackUsers)
{
    /// <summary>How new passwords are hashed.</summary>
    public PasswordHashing PasswordHashing { get; init; } = PasswordHashing.Pbkdf2Sha512;

    // AMQP 0-9-1 §4.2.5.3: the names travel as short strings of at most 255 bytes.
    private const int NameBytesMax = 255;

    public static AccessOptions Read(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new AccessOptions(
            Name(settings, "actorbroker.access.default-user"),
            settings.Text("actorbroker.access.default-pass"),
            Name(settings, "actorbroker.access.default-vhost"),
            settings.Texts("actorbroker.access.loopback-users").ToHashSet(StringComparer.Ordinal))
        {
            PasswordHashing = settings.OneOf(
                "actorbroker.access.password-hashing",
                ("pbkdf2-sha512", PasswordHashing.Pbkdf2Sha512), ("sha512", PasswordHashing.Sha512), ("sha256", PasswordHashing.Sha256)),
        };
    }

    // Records print their members; a password must not reach a log that way.
    public override string ToString() => $"{nameof(AccessOptions)} {{ {DefaultUser} on {DefaultVirtualHost} }}";

    private static string Name(SettingReader settings, string key)
    {
        var name = settings.Text(key);
        return System.Text.Encoding.UTF8.GetByteCount(name) <= NameBytesMax
            ? name
            : throw SettingReader.Expected(key, name, $"at most {NameBytesMax} bytes of UTF-8");
    }
}
