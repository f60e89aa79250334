using ActorBroker.Contracts.Access;
using ActorBroker.Core.Access;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Tests.Sessions;

/// <summary>
/// Users of a node that no actor keeps: guest, who may do everything in the virtual host <c>/</c>, and whom else a test
/// adds. Whoever is known is let in, whatever the password; passwords are not hashed.
/// </summary>
public sealed class KnownUsers : ILoginService, IPasswordHasher
{
    private readonly AccessTables _tables = new();

    public KnownUsers() => Put(AccessSnapshot.Empty
        .With(new User("guest", string.Empty, []))
        .With(new VirtualHost("/", VirtualHostMetadata.None))
        .With(new PermissionKey("guest", "/"), Permission.All));

    public AccessSnapshot Current => _tables.Current;

    public UserServices Services => new(_tables, this, this);

    /// <summary>Whose login waits for this, instead of being answered at once.</summary>
    public TaskCompletionSource<LoginResult>? Held { get; set; }

    public void Put(AccessSnapshot current) => _tables.Set(current);

    public Task<LoginResult> LoginAsync(LoginAttempt attempt, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        return Held?.Task ?? Task.FromResult(Of(attempt.Credential.ClaimedUser));
    }

    public Task<LoginResult> RenewAsync(Identity identity, string secret, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return Task.FromResult(Of(identity.User));
    }

    public Task<HashedPassword> HashAsync(string password, CancellationToken cancellation) =>
        Task.FromResult(new HashedPassword(password, PasswordHashing.Sha256));

    private LoginResult Of(string user) => Current.Users.TryGetValue(user, out var found)
        ? LoginResult.Of(new Identity(found.Name, found.Tags, new TableAuthorization(found.Name, _tables)))
        : LoginResult.Refused(new Refusal(RefusalReason.AccessRefused, $"user '{user}' - invalid credentials"));
}
