using System.Net;
using ActorBroker.Connections.Logins;
using ActorBroker.Connections.Tests.Sessions;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Access;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Testing.Certificates;
using ActorBroker.Testing.Networks;
using Xunit;

namespace ActorBroker.Connections.Tests.Logins;

public sealed class TokenLoginsTests : IDisposable
{
    private const string All = "mq.read:*/* mq.write:*/* mq.configure:*/* mq.tag:administrator other.read:x/y";

    private readonly ManualClock _clock = new();
    private readonly TokenMaker _maker = new("key-1");
    private readonly string _keyFile = Path.GetTempFileName();
    private OAuthOptions _options;

    public TokenLoginsTests()
    {
        File.WriteAllText(_keyFile, _maker.PublicKeyPem);
        _options = new OAuthOptions(
            "mq", "mq.", VerifiesAudience: true, Issuer: null, JwksUrl: null, JwksAuthority: null, new Dictionary<string, string> { ["key-1"] = _keyFile },
            ["RS256"], [], MoreScopesClaim: null, new Dictionary<string, string>());
    }

    private DateTimeOffset Soon => _clock.GetUtcNow() + TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_token_says_who_its_user_is_and_what_it_may_do()
    {
        var identity = (await LoginAsync(_maker.Sign(Soon, "mq.read:%2F/q mq.tag:monitoring"))).Identity!;

        Assert.Equal(("alice", Soon), (identity.User, identity.ExpiresAt));
        Assert.Equal(["monitoring"], identity.Tags);
        Assert.Equal(AccessDecision.Allowed, identity.Authorization.Enter("/", static () => { }));
        Assert.Equal(AccessDecision.Refused, identity.Authorization.Enter("other", static () => { }));
        Assert.Equal(AccessDecision.Allowed, Decide(identity, AccessRight.Read, "q"));
        Assert.Equal(AccessDecision.Refused, Decide(identity, AccessRight.Write, "q"));
    }

    [Fact]
    public async Task A_token_lets_in_and_allows_until_its_time_is_over()
    {
        var token = _maker.Sign(Soon, All);
        var identity = (await LoginAsync(token)).Identity!;
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(AccessDecision.Refused, Decide(identity, AccessRight.Read, "q"));
        Assert.Null((await LoginAsync(token)).Identity);
    }

    [Fact]
    public async Task What_is_no_good_token_is_refused()
    {
        using var another = new TokenMaker("key-1");
        var good = _maker.Sign(Soon, All);
        string[] bad =
        [
            "", "guest", "a.b.c", "..", good[..^8] + "AAAAAAAA", good.Replace(good.Split('.')[2], "", StringComparison.Ordinal),
            another.Sign(Soon, All), _maker.Sign(Soon, All, audience: "somebody else"), _maker.Sign(Soon, All, audience: null),
            _maker.Sign(new Dictionary<string, object> { ["sub"] = "alice", ["aud"] = "mq", ["scope"] = All }),
            Unsigned(),
        ];
        foreach (var token in bad)
        {
            Assert.Equal(RefusalReason.AccessRefused, (await LoginAsync(token)).Refusal?.Reason);
        }

        _options = _options with { Issuer = "issuer" };
        Assert.Null((await LoginAsync(good)).Identity);
        Assert.NotNull((await LoginAsync(_maker.Sign(Soon, All, issuer: "issuer"))).Identity);
    }

    [Fact]
    public async Task A_renewed_token_replaces_the_one_before_unless_it_is_another_user_s()
    {
        var logins = Logins();
        var identity = (await LoginAsync(_maker.Sign(Soon, All), logins)).Identity!;
        var renewed = await logins.RenewAsync(identity, _maker.Sign(Soon + TimeSpan.FromHours(1), "mq.read:*/*"), CancellationToken.None);

        Assert.Equal(Soon + TimeSpan.FromHours(1), renewed.Identity!.ExpiresAt);
        Assert.NotEqual(identity.Authorization.Version, renewed.Identity.Authorization.Version);
        Assert.Equal(AccessDecision.Refused, Decide(renewed.Identity, AccessRight.Write, "q"));
        Assert.NotNull((await logins.RenewAsync(identity, _maker.Sign(Soon, All, user: "bob"), CancellationToken.None)).Refusal);
        Assert.NotNull((await logins.RenewAsync(identity, "no token", CancellationToken.None)).Refusal);
    }

    [Fact]
    public async Task User_scopes_and_aliases_come_from_the_claims_that_are_configured()
    {
        _options = _options with
        {
            UserClaims = ["preferred_username"], MoreScopesClaim = "extra.roles",
            ScopeAliases = new Dictionary<string, string> { ["admin"] = "mq.tag:administrator mq.write:*/*" },
        };
        var identity = (await LoginAsync(_maker.Sign(new Dictionary<string, object>
        {
            ["sub"] = "1234", ["preferred_username"] = "carol", ["aud"] = new[] { "other", "mq" }, ["exp"] = Soon.ToUnixTimeSeconds(),
            ["scope"] = new[] { "mq.read:*/*" }, ["extra"] = new Dictionary<string, object> { ["roles"] = new[] { "admin" } },
        }))).Identity!;

        Assert.Equal("carol", identity.User);
        Assert.Equal(["administrator"], identity.Tags);
        Assert.Equal(AccessDecision.Allowed, Decide(identity, AccessRight.Read, "q"));
        Assert.Equal(AccessDecision.Allowed, Decide(identity, AccessRight.Write, "q"));
        Assert.Equal(AccessDecision.Refused, Decide(identity, AccessRight.Configure, "q"));
    }

    [Fact]
    public async Task The_issuer_is_asked_for_a_key_that_nobody_knows_and_not_too_often()
    {
        using var next = new TokenMaker("key-2");
        var told = _maker.Jwks;
        await using var issuer = new HttpStub((_, _) => told);
        _options = _options with { JwksUrl = issuer.Url, SigningKeys = new Dictionary<string, string>() };
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        var logins = Logins(client);
        Assert.NotNull((await LoginAsync(_maker.Sign(Soon, All), logins)).Identity);
        Assert.NotNull((await LoginAsync(_maker.Sign(Soon, All), logins)).Identity);
        Assert.Single(issuer.Requests);

        told = next.Jwks;
        Assert.Null((await LoginAsync(next.Sign(Soon, All), logins)).Identity);
        Assert.Single(issuer.Requests);
        _clock.Advance(TokenKeys.AskInterval);
        Assert.NotNull((await LoginAsync(next.Sign(Soon, All), logins)).Identity);
        Assert.Null((await LoginAsync(_maker.Sign(Soon, All), logins)).Identity);
    }

    [Fact]
    public async Task An_issuer_that_does_not_answer_makes_logins_unavailable()
    {
        var issuer = new HttpStub((_, _) => "");
        _options = _options with { JwksUrl = issuer.Url, SigningKeys = new Dictionary<string, string>() };
        await issuer.DisposeAsync();
        using var client = new HttpClient();

        Assert.Equal(RefusalReason.Unavailable, (await LoginAsync(_maker.Sign(Soon, All), Logins(client))).Refusal?.Reason);
    }

    public void Dispose()
    {
        _maker.Dispose();
        File.Delete(_keyFile);
    }

    private static AccessDecision Decide(Identity identity, AccessRight right, string name) =>
        identity.Authorization.Decide(new ResourceAccess(right, DestinationKind.Queue, "/", name), static () => { });

    private string Unsigned()
    {
        var parts = _maker.Sign(Soon, All).Split('.');
        return $"{Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{parts[1]}.";
    }

    private TokenLogins Logins(HttpClient? client = null) => new(_options, new TokenKeys(_options, client, _clock), _clock);

    private Task<LoginResult> LoginAsync(string token, TokenLogins? logins = null) => (logins ?? Logins()).LoginAsync(
        new LoginAttempt(new Credential.Password("ignored", token), IPAddress.Loopback), CancellationToken.None);
}
