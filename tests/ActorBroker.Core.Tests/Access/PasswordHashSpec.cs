using ActorBroker.Core.Access;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Access;

public sealed class PasswordHashSpec
{
    // The example of RabbitMQ's documentation of password hashing: salt 908D C60A, password test12.
    private const string Documented = "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR";

    [Fact]
    public void The_hash_is_the_one_that_rabbitmq_documents()
    {
        Assert.Equal(Documented, PasswordHash.Create(PasswordHashing.Sha256, [0x90, 0x8D, 0xC6, 0x0A], "test12"));
        Assert.True(PasswordHash.Matches(PasswordHashing.Sha256, Documented, "test12"));
    }

    [Theory]
    [InlineData(PasswordHashing.Sha512, "kI3GCvfwcwvhYkR5PYzBz9RsS6E4+ZdAJBL0RhYmIYMM0+lF")]
    [InlineData(PasswordHashing.Md5, "kI3GCg==")]
    public void A_hash_that_is_too_short_matches_nothing(PasswordHashing hashing, string hash)
    {
        Assert.False(PasswordHash.IsWellFormed(hashing, hash));
        Assert.False(PasswordHash.Matches(hashing, hash, "test12"));
    }

    [Fact]
    public void Hashes_of_an_old_rabbitmq_are_verified_and_not_made()
    {
        // The MD5 of 00010203 and "test12", behind the salt.
        var salted = (byte[])[0, 1, 2, 3, .. "test12"u8];
#pragma warning disable CA5351 // As in RabbitMQ before 3.6.
        var hash = Convert.ToBase64String([0, 1, 2, 3, .. System.Security.Cryptography.MD5.HashData(salted)]);
#pragma warning restore CA5351
        Assert.True(PasswordHash.Matches(PasswordHashing.Md5, hash, "test12"));
        Assert.False(PasswordHash.Matches(PasswordHashing.Md5, hash, "test13"));
        Assert.Throws<ArgumentOutOfRangeException>(() => PasswordHash.Create(PasswordHashing.Md5, [0, 1, 2, 3], "test12"));
    }

    [Theory]
    [InlineData(PasswordHashing.Sha256)]
    [InlineData(PasswordHashing.Sha512)]
    [InlineData(PasswordHashing.Pbkdf2Sha512)]
    public void A_hash_matches_its_own_password_alone(PasswordHashing hashing) =>
        Gen.Select(Gen.Byte.Array[PasswordHash.SaltSizeOf(hashing)], Gen.String[Gen.Char['!', '~'], 0, 20], Gen.String[Gen.Char['!', '~'], 0, 20])
            .Sample(
                (salt, password, other) =>
                {
                    var hash = PasswordHash.Create(hashing, salt, password, iterations: 10);
                    Assert.True(PasswordHash.IsWellFormed(hashing, hash));
                    Assert.Equal(password.Length > 0, PasswordHash.Matches(hashing, hash, password));
                    Assert.Equal(password == other && password.Length > 0, PasswordHash.Matches(hashing, hash, other));
                },
                iter: 100);

    [Fact]
    public void A_hash_that_asks_for_more_iterations_than_are_carried_out_matches_nothing()
    {
        var hash = Convert.FromBase64String(PasswordHash.Create(PasswordHashing.Pbkdf2Sha512, new byte[16], "x", iterations: 1));
        hash[0] = 0xFF;
        Assert.False(PasswordHash.Matches(PasswordHashing.Pbkdf2Sha512, Convert.ToBase64String(hash), "x"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64")]
    [InlineData("AAAA")]
    [InlineData("kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2PORAAAA")]
    public void A_hash_of_another_form_matches_nothing(string hash)
    {
        Assert.False(PasswordHash.Matches(PasswordHashing.Sha256, hash, ""));
        Assert.False(PasswordHash.Matches(PasswordHashing.Sha256, hash, "test12"));
    }
}
