using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Options;
using ActorBroker.Server.Composition;

namespace ActorBroker.Server.Commands;

/// <summary>The store that a command works on.</summary>
/// <param name="Folder">The data folder's absolute path.</param>
/// <param name="Journal">How the broker uses its file.</param>
internal sealed record StoredNode(string Folder, JournalOptions Journal)
{
    /// <summary>Path of the journal.</summary>
    public string File => Path.Combine(Folder, Journal.File);

    /// <exception cref="StartupException">The configuration is wrong, or its store is not a file.</exception>
    public static StoredNode Of(NodeArguments arguments)
    {
        var options = arguments.ReadOptions(arguments.LoadConfiguration());
        return options.Journal.Provider == JournalProvider.Sqlite
            ? new StoredNode(Path.GetFullPath(options.Data.Directory), options.Journal)
            : throw new StartupException(
                "the store is in PostgreSQL: copy it with pg_dump or pg_basebackup, restore it with pg_restore, and check it with pg_amcheck");
    }

    /// <summary>Checks that there is a store that this version reads.</summary>
    /// <exception cref="StartupException">There is none, or a newer version wrote it.</exception>
    public StoredNode MustExist()
    {
        if (!Directory.Exists(Folder))
        {
            throw new StartupException($"data folder {Folder} does not exist");
        }

        DataFolder.FormatOf(Folder);
        return System.IO.File.Exists(File) ? this : throw new StartupException($"journal {File} does not exist");
    }
}
