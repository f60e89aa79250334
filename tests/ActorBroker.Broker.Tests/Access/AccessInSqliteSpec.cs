using ActorBroker.Broker.Access;
using ActorBroker.Broker.Persistence;
using ActorBroker.Testing.Serialization;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Options;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ActorBroker.Broker.Tests.Access;

/// <summary>The real journal: rows hold our forms by their manifests, and another process reads them.</summary>
public sealed class AccessInSqliteSpec : IDisposable
{
    private static readonly AccessOptions Guest = new("guest", "secret", "/", new HashSet<string>());

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorbroker-access-");

    private static Config Settings { get; } =
        ConfigurationFactory.ParseString("akka { actor.provider = local, loglevel = OFF, stdout-loglevel = OFF }")
            .WithFallback(ConfigurationFactory.ParseString(InProcessSerializer.Bindings))
            .WithFallback(BrokerConfiguration.Shipped(BrokerConfiguration.Test));

    [Fact]
    public async Task Users_outlive_the_process_and_are_written_in_our_forms()
    {
        Assert.Equal(["guest"], await UsersOf(Guest));
        Assert.Equal(["guest"], await UsersOf(Guest with { DefaultUser = "changed" }));

        Assert.Equal(
            [(1, "ae-user1c", 7102), (2, "ae-vhost1c", 7102), (3, "ae-permission1c", 7102)],
            Rows());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static JournalOptions ReadOptions() => JournalOptions.Read(new SettingReader(Settings));

    // What a process does from start to end.
    private async Task<IEnumerable<string>> UsersOf(AccessOptions options)
    {
        using var folder = DataFolder.Open(new DataOptions(_folder.FullName));
        await using var journals = await JournalStores.OpenAsync(folder, ReadOptions(), static _ => { });
        using var system = ActorSystem.Create("access", journals.SetupOf(Settings));
        var access = system.ActorOf(AccessActor.Props(AccessCommand.TheEntity, Started.With(options)));
        var table = await access.Ask<AccessTableChanged>(new SubscribeAccess(), TimeSpan.FromSeconds(20));
        await system.Terminate();
        return table.Changes.OfType<UserCreated>().Select(static created => created.User.Name);
    }

    private List<(int SequenceNr, string Manifest, int Serializer)> Rows()
    {
        var file = Path.Combine(_folder.FullName, ReadOptions().File);
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT sequence_number, manifest, identifier FROM journal ORDER BY sequence_number";
        using var reader = command.ExecuteReader();
        var rows = new List<(int, string, int)>();
        while (reader.Read())
        {
            rows.Add((reader.GetInt32(0), reader.GetString(1), reader.GetInt32(2)));
        }

        return rows;
    }
}
