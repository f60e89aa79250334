using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Options;
using Xunit;

namespace ActorBroker.Broker.Tests.Access;

/// <summary>The real journal: rows hold our forms by their manifests, and another process reads them.</summary>
public sealed class AccessInSqliteSpec : IDisposable
{
    private static readonly AccessOptions Guest = new("guest", "secret", "/", new HashSet<string>());

    private readonly AccessStore _store = new();

    [Fact]
    public async Task Users_outlive_the_process_and_are_written_in_our_forms()
    {
        Assert.Equal(["guest"], await UsersOf(Guest));
        Assert.Equal(["guest"], await UsersOf(Guest with { DefaultUser = "changed" }));

        Assert.Equal(
            [(1, "ae-user1c", 7102), (2, "ae-vhost1c", 7102), (3, "ae-permission1c", 7102)],
            _store.Read(
                "SELECT sequence_number, manifest, identifier FROM journal ORDER BY sequence_number",
                static row => (row.GetInt32(0), row.GetString(1), row.GetInt32(2))));
    }

    public void Dispose() => _store.Dispose();

    private async Task<IEnumerable<string>> UsersOf(AccessOptions options) =>
        (await _store.UseAsync(Started.With(options), AccessStore.TableAsync)).OfType<UserCreated>().Select(static created => created.User.Name);
}
