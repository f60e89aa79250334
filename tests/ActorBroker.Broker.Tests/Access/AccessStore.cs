using ActorBroker.Broker.Access;
using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Access;
using ActorBroker.Testing.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Tests.Access;

/// <summary>The access entity on the real journal, in a folder of the test's own.</summary>
internal sealed class AccessStore : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorbroker-access-");

    private static Config Settings { get; } =
        ConfigurationFactory.ParseString("akka { actor.provider = local, loglevel = OFF, stdout-loglevel = OFF }")
            .WithFallback(ConfigurationFactory.ParseString(InProcessSerializer.Bindings))
            .WithFallback(BrokerConfiguration.Shipped(BrokerConfiguration.Test));

    private static JournalOptions Options => JournalOptions.Read(new SettingReader(Settings));

    /// <summary>What a process does from start to end.</summary>
    public async Task<T> UseAsync<T>(AccessSettings settings, Func<IActorRef, Task<T>> use)
    {
        using var folder = DataFolder.Open(new DataOptions(_folder.FullName));
        await using var journals = await JournalStores.OpenAsync(folder, Options, static _ => { });
        using var system = ActorSystem.Create("access", journals.SetupOf(Settings));
        var result = await use(system.ActorOf(AccessActor.Props(AccessCommand.TheEntity, settings)));
        await system.Terminate();
        return result;
    }

    /// <summary>All that there is, in the order of its texts; or why it cannot be known.</summary>
    public static async Task<IReadOnlyList<AccessEvent>> TableAsync(IActorRef access) =>
        await access.Ask<object>(new SubscribeAccess(), Patience) switch
        {
            AccessTableChanged table =>
                [.. table.Changes.Aggregate(AccessSnapshot.Empty, static (current, change) => current.After(change)).ToEvents().OrderBy(static change => $"{change}", StringComparer.Ordinal)],
            AccessTableRefused refused => throw new InvalidOperationException(refused.Refusal.Text),
            var other => throw new InvalidOperationException($"{other}"),
        };

    /// <summary>Makes a change.</summary>
    public static async Task ChangeAsync(IActorRef access, AccessChange change)
    {
        if ((await access.Ask<AccessChangeDone>(change, Patience)).Refusal is { } refusal)
        {
            throw new InvalidOperationException(refusal.Text);
        }
    }

    /// <summary>Asks the file until the answer is as it should be: entities do not wait for what they delete.</summary>
    public async Task<long> ToldAsync(string statement, Predicate<long> isRight)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            var told = (long)Read(statement, static row => row.IsDBNull(0) ? 0 : row.GetInt64(0))[0];
            if (isRight(told) || limit.IsCancellationRequested)
            {
                return told;
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>Rows of the file.</summary>
    public List<T> Read<T>(string statement, Func<SqliteDataReader, T> row)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.FullName, Options.File)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own.
        command.CommandText = statement;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
