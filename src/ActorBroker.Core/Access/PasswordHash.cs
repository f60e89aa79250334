using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ActorBroker.Core.Access;

/// <summary>How a password is hashed. The names in definitions are RabbitMQ's, and one of our own.</summary>
public enum PasswordHashing : byte
{
    /// <summary>Four bytes of salt and the SHA-256 of salt and password: <c>rabbit_password_hashing_sha256</c>.</summary>
    Sha256 = 0,

    /// <summary>As <see cref="Sha256"/>, with SHA-512: <c>rabbit_password_hashing_sha512</c>.</summary>
    Sha512 = 1,

    /// <summary>As <see cref="Sha256"/>, with MD5: <c>rabbit_password_hashing_md5</c>, of RabbitMQ before 3.6. Verified, never made.</summary>
    Md5 = 2,

    /// <summary>
    /// PBKDF2 with HMAC-SHA-512, which costs whoever guesses as much time as whoever logs in: four bytes with the number of
    /// iterations (big-endian), 16 of salt, 64 of result. RabbitMQ has nothing of the kind.
    /// </summary>
    Pbkdf2Sha512 = 3,
}

/// <summary>
/// Hashes of passwords, in base64. Definitions exported from RabbitMQ hold them in this form. Everything here takes its
/// time on the caller's thread: for PBKDF2 about a tenth of a second.
/// </summary>
public static class PasswordHash
{
    /// <summary>Iterations of PBKDF2 for new hashes; what a hash was made with is in it.</summary>
    public const int Iterations = 210_000;

    /// <summary>More iterations are not carried out: a hash that asks for them belongs to no password.</summary>
    public const int IterationsMax = 10_000_000;

    /// <summary>Most bytes of a password.</summary>
    public const int PasswordBytesMax = 64 * 1024;

    private const int ShortSaltSize = 4;
    private const int LongSaltSize = 16;
    private const int CountSize = sizeof(uint);

    /// <summary>Bytes of salt.</summary>
    public static int SaltSizeOf(PasswordHashing hashing) => hashing == PasswordHashing.Pbkdf2Sha512 ? LongSaltSize : ShortSaltSize;

    /// <summary>Hashes a password.</summary>
    /// <param name="hashing">Not <see cref="PasswordHashing.Md5"/>.</param>
    /// <param name="salt"><see cref="SaltSizeOf"/> bytes from a cryptographic random generator.</param>
    /// <param name="password">In clear; nothing of it is kept.</param>
    /// <param name="iterations">For PBKDF2.</param>
    public static string Create(PasswordHashing hashing, ReadOnlySpan<byte> salt, string password, int iterations = Iterations)
    {
        ArgumentNullException.ThrowIfNull(password);
        ArgumentOutOfRangeException.ThrowIfEqual((int)hashing, (int)PasswordHashing.Md5, nameof(hashing));
        ArgumentOutOfRangeException.ThrowIfNotEqual(salt.Length, SaltSizeOf(hashing), nameof(salt));
        return Convert.ToBase64String(Hash(hashing, salt, password, (uint)iterations));
    }

    /// <summary>
    /// Does the password belong to the hash? Takes equally long wherever the two differ. A hash in no known form
    /// belongs to no password, and an empty password to no hash.
    /// </summary>
    public static bool Matches(PasswordHashing hashing, string hash, string password)
    {
        ArgumentNullException.ThrowIfNull(hash);
        ArgumentNullException.ThrowIfNull(password);
        Span<byte> expected = stackalloc byte[CountSize + LongSaltSize + SHA512.HashSizeInBytes];
        var isKnown = Convert.TryFromBase64String(hash, expected, out var size) && size == SizeOf(hashing);
        var iterations = isKnown && hashing == PasswordHashing.Pbkdf2Sha512 ? BinaryPrimitives.ReadUInt32BigEndian(expected) : Iterations;
        isKnown &= iterations is > 0 and <= IterationsMax;
        var salt = expected.Slice(hashing == PasswordHashing.Pbkdf2Sha512 ? CountSize : 0, SaltSizeOf(hashing));
        var actual = Hash(hashing, salt, password, isKnown ? iterations : Iterations);
        return CryptographicOperations.FixedTimeEquals(expected[..actual.Length], actual) && isKnown && password.Length > 0;
    }

    /// <summary>Is it a hash of this kind?</summary>
    public static bool IsWellFormed(PasswordHashing hashing, string hash)
    {
        Span<byte> decoded = stackalloc byte[CountSize + LongSaltSize + SHA512.HashSizeInBytes];
        return Convert.TryFromBase64String(hash, decoded, out var size) && size == SizeOf(hashing);
    }

    private static int SizeOf(PasswordHashing hashing) => hashing switch
    {
        PasswordHashing.Sha256 => ShortSaltSize + SHA256.HashSizeInBytes,
        PasswordHashing.Sha512 => ShortSaltSize + SHA512.HashSizeInBytes,
        PasswordHashing.Md5 => ShortSaltSize + MD5.HashSizeInBytes,
        _ => CountSize + LongSaltSize + SHA512.HashSizeInBytes,
    };

    private static byte[] Hash(PasswordHashing hashing, ReadOnlySpan<byte> salt, string password, uint iterations)
    {
        var result = new byte[SizeOf(hashing)];
        if (hashing == PasswordHashing.Pbkdf2Sha512)
        {
            BinaryPrimitives.WriteUInt32BigEndian(result, iterations);
            salt.CopyTo(result.AsSpan(CountSize));
            Rfc2898DeriveBytes.Pbkdf2(password, salt, result.AsSpan(CountSize + LongSaltSize), (int)iterations, HashAlgorithmName.SHA512);
            return result;
        }

        var salted = new byte[ShortSaltSize + Encoding.UTF8.GetByteCount(password)];
        salt.CopyTo(salted);
        Encoding.UTF8.GetBytes(password, salted.AsSpan(ShortSaltSize));
        salt.CopyTo(result);
        HashSalted(hashing, salted, result.AsSpan(ShortSaltSize));
        CryptographicOperations.ZeroMemory(salted);
        return result;
    }

#pragma warning disable CA5351 // Hashes that an old RabbitMQ made are compared with, so that its users can be taken over.
    private static int HashSalted(PasswordHashing hashing, ReadOnlySpan<byte> salted, Span<byte> result) => hashing switch
    {
        PasswordHashing.Sha256 => SHA256.HashData(salted, result),
        PasswordHashing.Sha512 => SHA512.HashData(salted, result),
        _ => MD5.HashData(salted, result),
    };
#pragma warning restore CA5351
}
