using ActorBroker.Core.Access;

namespace ActorBroker.Management.Http;

/// <summary>Who has made a request.</summary>
/// <param name="Identity">Who the user has turned out to be.</param>
/// <param name="Credentials">By which sessions on the user's behalf are opened.</param>
internal sealed record ApiUser(Identity Identity, BasicCredentials Credentials)
{
    private const string Management = "management";
    private const string PolicyMaker = "policymaker";
    private const string Monitoring = "monitoring";

    /// <summary>User name.</summary>
    public string Name => Identity.User;

    /// <summary>In RabbitMQ's words.</summary>
    public IReadOnlyList<string> Tags => Identity.Tags;

    /// <summary>May do everything.</summary>
    public bool IsAdministrator => Tags.Contains(User.Administrator);

    /// <summary>May see everything.</summary>
    public bool IsMonitor => IsAdministrator || Tags.Contains(Monitoring);

    /// <summary>May make policies.</summary>
    public bool IsPolicyMaker => IsAdministrator || Tags.Contains(PolicyMaker);

    /// <summary>May use the API at all.</summary>
    public bool MayEnter => IsMonitor || IsPolicyMaker || Tags.Contains(Management);

    /// <summary>Leaves the credentials out.</summary>
    public override string ToString() => $"ApiUser {{ Name = {Name}, Tags = {string.Join(' ', Tags)} }}";
}
