using System.Security.Cryptography;
using System.Text;

namespace ActorBroker.Core.Access;

/// <summary>
/// RabbitMQ's salted SHA-256 (<c>rabbit_password_hashing_sha256</c>): base64 of four bytes of salt and the SHA-256 of
/// the salt followed by the password's UTF-8. Definitions exported from RabbitMQ hold passwords in this form.
/// </summary>
public static class PasswordHash
{
    /// <summary>Bytes of salt.</summary>
    public const int SaltSize = 4;

    private const int DecodedSize = SaltSize + SHA256.HashSizeInBytes;

    /// <summary>Hashes a password.</summary>
    /// <param name="salt">Four bytes from a cryptographic random generator.</param>
    /// <param name="password">In clear; nothing of it is kept.</param>
    public static string Create(ReadOnlySpan<byte> salt, string password)
    {
        ArgumentNullException.ThrowIfNull(password);
        if (salt.Length != SaltSize)
        {
            throw new ArgumentException($"The salt has {salt.Length} bytes instead of {SaltSize}.", nameof(salt));
        }

        Span<byte> decoded = stackalloc byte[DecodedSize];
        Hash(salt, password, decoded);
        return Convert.ToBase64String(decoded);
    }

    /// <summary>
    /// Does the password belong to the hash? Takes equally long wherever the two differ. A hash in no known form
    /// belongs to no password.
    /// </summary>
    public static bool Matches(string hash, string password)
    {
        ArgumentNullException.ThrowIfNull(hash);
        ArgumentNullException.ThrowIfNull(password);
        Span<byte> expected = stackalloc byte[DecodedSize];
        var known = Convert.TryFromBase64String(hash, expected, out var size) && size == DecodedSize;
        Span<byte> actual = stackalloc byte[DecodedSize];
        Hash(expected[..SaltSize], password, actual);
        return CryptographicOperations.FixedTimeEquals(expected, actual) && known;
    }

    private static void Hash(ReadOnlySpan<byte> salt, string password, Span<byte> decoded)
    {
        var salted = new byte[SaltSize + Encoding.UTF8.GetByteCount(password)];
        salt.CopyTo(salted);
        Encoding.UTF8.GetBytes(password, salted.AsSpan(SaltSize));
        salt.CopyTo(decoded);
        SHA256.HashData(salted, decoded[SaltSize..]);
        CryptographicOperations.ZeroMemory(salted);
    }
}
