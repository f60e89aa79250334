using System.Net;
using ActorBroker.Broker.Access;
using ActorBroker.Contracts.Access;
using ActorBroker.Core.Access;
using ActorBroker.Core.Sessions;
using Xunit;

namespace ActorBroker.Broker.Tests.Access;

/// <summary>Logins by the node's own table.</summary>
public sealed class TableLoginsTests : IDisposable
{
    private static readonly IPAddress Elsewhere = IPAddress.Parse("192.0.2.1");

    private readonly AccessTables _tables = new();
    private readonly PasswordWork _passwords = new(PasswordHashing.Sha256, TimeProvider.System);
    private readonly TableLogins _logins;

    public TableLoginsTests()
    {
        _logins = new TableLogins(_tables, _passwords, new HashSet<string> { "guest" }, TimeProvider.System);
        _tables.Set(AccessSnapshot.Empty
            .With(new User("guest", PasswordHash.Create(PasswordHashing.Sha256, [1, 2, 3, 4], "secret"), [User.Administrator]))
            .With(new User("slow", PasswordHash.Create(PasswordHashing.Pbkdf2Sha512, new byte[16], "secret", iterations: 100), [], PasswordHashing.Pbkdf2Sha512))
            .With(new User("certified", string.Empty, [User.Impersonator])));
    }

    public void Dispose() => _passwords.Dispose();

    [Fact]
    public async Task A_user_with_its_password_is_let_in_with_its_tags()
    {
        var result = await LoginAsync("guest", "secret");
        Assert.Equal(("guest", [User.Administrator], false), (result.Identity?.User, result.Identity?.Tags, result.Identity?.IsImpersonator));
        Assert.Null((await LoginAsync("slow", "secret", Elsewhere)).Refusal);
        Assert.Null((await LoginAsync("slow", "secret", Elsewhere)).Refusal);
    }

    [Theory]
    [InlineData("guest", "Secret")]
    [InlineData("slow", "Secret")]
    [InlineData("nobody", "secret")]
    [InlineData("certified", "secret")]
    public async Task A_wrong_password_and_an_unknown_user_are_refused_alike(string user, string password) =>
        Assert.Equal(new Refusal(RefusalReason.AccessRefused, $"user '{user}' - invalid credentials"), (await LoginAsync(user, password)).Refusal);

    [Fact]
    public async Task A_loopback_user_from_elsewhere_is_refused() => Assert.Equal(
        new Refusal(RefusalReason.AccessRefused, "user 'guest' can only connect via localhost"), (await LoginAsync("guest", "secret", Elsewhere)).Refusal);

    [Fact]
    public async Task One_whose_name_the_broker_has_found_out_needs_no_password_and_must_exist()
    {
        Assert.True((await EstablishedAsync("certified")).Identity?.IsImpersonator);
        Assert.Equal(RefusalReason.AccessRefused, (await EstablishedAsync("nobody")).Refusal?.Reason);
        Task<LoginResult> EstablishedAsync(string user) =>
            _logins.LoginAsync(new LoginAttempt(new Credential.Established(user), Elsewhere), default);
    }

    [Fact]
    public async Task Guessing_is_slowed_down_for_the_user_and_address_that_it_comes_from()
    {
        for (var i = 0; i < 20; i++)
            await LoginAsync("slow", $"guess {i}", Elsewhere);

        Assert.Equal(
            $"user 'slow' - too many failed logins from {Elsewhere}: not tried", (await LoginAsync("slow", "secret", Elsewhere)).Refusal?.Text);
        Assert.Null((await LoginAsync("slow", "secret")).Refusal);
        Assert.Null((await LoginAsync("guest", "secret")).Refusal);

        // What was right a moment ago is let in whoever else guesses.
        Assert.Null((await LoginAsync("slow", "secret", Elsewhere)).Refusal);
    }

    [Fact]
    public async Task A_password_that_was_right_is_not_remembered_beyond_its_change()
    {
        Assert.Null((await LoginAsync("slow", "secret")).Refusal);
        _tables.Set(_tables.Current.With(_tables.Current.Users["slow"] with
        {
            PasswordHash = PasswordHash.Create(PasswordHashing.Pbkdf2Sha512, new byte[16], "another", iterations: 100),
        }));
        Assert.NotNull((await LoginAsync("slow", "secret")).Refusal);
        Assert.Null((await LoginAsync("slow", "another")).Refusal);
    }

    [Fact]
    public async Task While_users_are_not_known_nobody_knows()
    {
        var logins = new TableLogins(new AccessTables(), _passwords, new HashSet<string>(), TimeProvider.System);
        var result = await logins.LoginAsync(new LoginAttempt(new Credential.Password("guest", "secret"), IPAddress.Loopback), default);
        Assert.Equal(RefusalReason.Unavailable, result.Refusal?.Reason);
    }

    [Fact]
    public async Task A_new_password_is_hashed_as_configured_and_verified()
    {
        using var slow = new PasswordWork(PasswordHashing.Pbkdf2Sha512, TimeProvider.System);
        var hashed = await slow.HashAsync("secret", default);
        var user = new User("u", hashed.Hash, [], hashed.Hashing);
        Assert.True(PasswordHash.IsWellFormed(hashed.Hashing, hashed.Hash));
        Assert.False(slow.IsRemembered(user, "secret"));
        Assert.True(await slow.MatchesAsync(user, "secret", default));
        Assert.True(slow.IsRemembered(user, "secret"));
        Assert.False(slow.IsRemembered(user, "Secret"));
    }

    private Task<LoginResult> LoginAsync(string user, string password, IPAddress? from = null) =>
        _logins.LoginAsync(new LoginAttempt(new Credential.Password(user, password), from ?? IPAddress.Loopback), default);
}
