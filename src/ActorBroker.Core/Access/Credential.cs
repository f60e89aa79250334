namespace ActorBroker.Core.Access;

/// <summary>By what somebody claims to be a user.</summary>
public abstract record Credential
{
    private Credential()
    {
    }

    /// <summary>A user's name and password, or what a back end takes for one, such as a token.</summary>
    /// <param name="User">Name of the user; may be empty where the password says it.</param>
    /// <param name="Secret">In clear; never logged.</param>
    public sealed record Password(string User, string Secret) : Credential
    {
        /// <summary>Leaves the password out.</summary>
        public override string ToString() => $"Password {{ User = {User} }}";
    }

    /// <summary>
    /// A user's name that the broker has found out by itself: from a client's certificate, or by configuration for those
    /// that don't say who they are. No password is asked for; the user must exist.
    /// </summary>
    /// <param name="User">Name of the user.</param>
    public sealed record Established(string User) : Credential;

    /// <summary>The name that is claimed, for logs.</summary>
    public string ClaimedUser => this switch
    {
        Password password => password.User,
        Established established => established.User,
        _ => string.Empty,
    };
}
