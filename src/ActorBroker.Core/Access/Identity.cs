namespace ActorBroker.Core.Access;

/// <summary>Who somebody has turned out to be, and who decides what that one may do.</summary>
/// <param name="User">The user's name: of events, logs, user-id and limits.</param>
/// <param name="Tags">What the user may administer, in RabbitMQ's words, as of the login.</param>
/// <param name="Authorization">Decides what the user may do.</param>
public sealed record Identity(string User, IReadOnlyList<string> Tags, IAuthorization Authorization)
{
    /// <summary>When it ends unless it is renewed; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The user may publish in the name of any other.</summary>
    public bool IsImpersonator => Tags.Contains(Access.User.Impersonator);

    /// <summary>Leaves the authorization out, which may know secrets.</summary>
    public override string ToString() => $"Identity {{ User = {User}, Tags = {string.Join(' ', Tags)} }}";
}
