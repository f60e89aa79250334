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
        Assert.Equal(Documented, PasswordHash.Create([0x90, 0x8D, 0xC6, 0x0A], "test12"));
        Assert.True(PasswordHash.Matches(Documented, "test12"));
    }

    [Fact]
    public void A_hash_matches_its_own_password_alone() =>
        Gen.Select(Gen.Byte.Array[4], Gen.String[Gen.Char['!', '~'], 0, 20], Gen.String[Gen.Char['!', '~'], 0, 20])
            .Sample((salt, password, other) =>
            {
                var hash = PasswordHash.Create(salt, password);
                Assert.True(PasswordHash.Matches(hash, password));
                Assert.Equal(password == other, PasswordHash.Matches(hash, other));
            });

    [Theory]
    [InlineData("")]
    [InlineData("not base64")]
    [InlineData("AAAA")]
    [InlineData("kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2PORAAAA")]
    public void A_hash_of_another_form_matches_nothing(string hash)
    {
        Assert.False(PasswordHash.Matches(hash, ""));
        Assert.False(PasswordHash.Matches(hash, "test12"));
    }
}
