namespace ActorBroker.Contracts.Access;

/// <summary>A node's users, as those need them who let clients in.</summary>
/// <param name="Tables">Who may do what.</param>
/// <param name="Logins">Says who somebody is.</param>
/// <param name="Passwords">Hashes new passwords.</param>
public sealed record UserServices(AccessTables Tables, ILoginService Logins, IPasswordHasher Passwords);
