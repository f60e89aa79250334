using ActorBroker.Core.Access;
using ActorBroker.Management.Http;

namespace ActorBroker.Management.Access;

/// <summary>What definitions call the ways to hash a password: RabbitMQ's names, and one of our own, which it does not know.</summary>
internal static class HashingNames
{
    private static readonly (PasswordHashing Hashing, string Name)[] Names =
    [
        (PasswordHashing.Sha256, "rabbit_password_hashing_sha256"),
        (PasswordHashing.Sha512, "rabbit_password_hashing_sha512"),
        (PasswordHashing.Md5, "rabbit_password_hashing_md5"),
        (PasswordHashing.Pbkdf2Sha512, "actorbroker_password_hashing_pbkdf2_sha512"),
    ];

    /// <summary>The name.</summary>
    public static string Of(PasswordHashing hashing) => Array.Find(Names, entry => entry.Hashing == hashing).Name;

    /// <summary>What the name means; without one, what RabbitMQ's later versions take for granted.</summary>
    /// <exception cref="ApiErrorException">It means nothing.</exception>
    public static PasswordHashing Parse(string? name)
    {
        if (name is null)
        {
            return PasswordHashing.Sha256;
        }

        var index = Array.FindIndex(Names, entry => entry.Name == name);
        return index >= 0 ? Names[index].Hashing : throw ApiErrorException.BadRequest($"unknown hashing algorithm '{name}'");
    }
}
