using System.Globalization;
using ActorBroker.Contracts.Options;

namespace ActorBroker.Broker.Persistence;

/// <summary>
/// The folder of everything that a node keeps, held by this process from <see cref="Open"/> to <see cref="Dispose"/>.
/// </summary>
public sealed class DataFolder : IDisposable
{
    /// <summary>Version of the layout of the folder and of what the journal keeps, written into a new one.</summary>
    public const int FormatVersion = 1;

    private const string LockFile = "lock";
    private const string FormatFile = "format";

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    /// <summary>Absolute path of the folder.</summary>
    public string Path { get; }

    /// <summary>Creates the folder when absent, checks that it can be used and takes it for this process.</summary>
    /// <exception cref="StartupException">
    /// It cannot be created or written, another process holds it, or a newer version wrote it.
    /// </exception>
    public static DataFolder Open(DataOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var path = System.IO.Path.GetFullPath(options.Directory);
        Create(path);
        var folder = new DataFolder(path, TakeLock(path));
        try
        {
            folder.CheckFormat();
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Gives the folder back. The lock file stays: removing it would let two processes lock two files.</summary>
    public void Dispose() => _lock.Dispose();

    private static void Create(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw NotUsable(path, failure);
        }
    }

    private static FileStream TakeLock(string path)
    {
        var file = System.IO.Path.Combine(path, LockFile);
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure) when (File.Exists(file))
        {
            throw new StartupException($"data folder {path} is in use by another process", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw NotUsable(path, failure);
        }
    }

    /// <summary>The version of a folder's format; null when it has none yet.</summary>
    /// <exception cref="StartupException">It cannot be read, or a newer version wrote it.</exception>
    public static int? FormatOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            var file = System.IO.Path.Combine(path, FormatFile);
            if (!File.Exists(file))
            {
                return null;
            }

            var text = File.ReadAllText(file).Trim();
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            {
                throw new StartupException($"data folder {path}: {FormatFile} does not hold a version number");
            }

            return version <= FormatVersion
                ? version
                : throw new StartupException(
                    $"data folder {path} has format {version}, written by a newer version; this one reads up to {FormatVersion}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw NotUsable(path, failure);
        }
    }

    /// <summary>Writes this version's number into a folder.</summary>
    /// <exception cref="StartupException">It cannot be written.</exception>
    public static void WriteFormat(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            File.WriteAllText(
                System.IO.Path.Combine(path, FormatFile), FormatVersion.ToString(CultureInfo.InvariantCulture) + "\n");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw NotUsable(path, failure);
        }
    }

    private void CheckFormat()
    {
        if (FormatOf(Path) is null)
        {
            WriteFormat(Path);
        }
    }

    private static StartupException NotUsable(string path, Exception failure) =>
        new($"data folder {path} cannot be used: {failure.Message.ReplaceLineEndings(" ")}", failure);
}
