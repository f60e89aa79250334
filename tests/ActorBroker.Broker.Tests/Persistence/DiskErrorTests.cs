using System.Collections.Immutable;
using System.Runtime.InteropServices;
using ActorBroker.Broker.Persistence;
using Akka.Actor;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence;

/// <summary>The system refuses SQLite's writes with an error that is not a full disk.</summary>
public sealed class DiskErrorTests : SqliteJournalTest
{
    [LinuxFact]
    public async Task What_the_disk_does_not_take_is_rejected_and_may_be_written_again_when_it_does()
    {
        await WithSystem(async system =>
        {
            var writer = system.ActorOf(Ledger.Props("a"));
            await writer.Ask<Written>((byte)1, Patience);
            using (ReadOnlyLog.Of(File))
            {
                var rejected = await writer.Ask<NotWritten>((byte)2, Patience);
                Assert.Contains($"{nameof(JournalUnavailableException)}: SQLite Error 10: 'disk I/O error'", rejected.Reason, StringComparison.Ordinal);
            }

            await writer.Ask<Written>((byte)3, Patience);
        });

        await WithSystem(async system =>
            Assert.Equal([1, 3], await system.ActorOf(Ledger.Props("a")).Ask<ImmutableList<byte>>("values", Patience)));
    }

    private protected override void OnUpkeepFailure(Exception failure)
    {
    }

    /// <summary>Puts descriptors that cannot write in the place of those by which SQLite has its log open, until it is disposed of.</summary>
    private sealed class ReadOnlyLog : IDisposable
    {
        private readonly List<(int Descriptor, int Saved)> _replaced = [];

        public static ReadOnlyLog Of(string journal)
        {
            var log = new ReadOnlyLog();
            using var readOnly = System.IO.File.OpenHandle(journal + "-wal", share: FileShare.ReadWrite);
            foreach (var link in new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos())
            {
                var descriptor = int.Parse(link.Name, System.Globalization.CultureInfo.InvariantCulture);
                if (link.LinkTarget == journal + "-wal" && descriptor != (int)readOnly.DangerousGetHandle())
                {
                    log._replaced.Add((descriptor, Duplicate(descriptor)));
                    Assert.Equal(descriptor, Replace((int)readOnly.DangerousGetHandle(), descriptor));
                }
            }

            Assert.NotEmpty(log._replaced);
            return log;
        }

        public void Dispose()
        {
            foreach (var (descriptor, saved) in _replaced)
            {
                Assert.Equal(descriptor, Replace(saved, descriptor));
                using var done = new SafeFileHandle(saved, ownsHandle: true);
            }
        }

        [DllImport("libc", EntryPoint = "dup")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int Duplicate(int descriptor);

        [DllImport("libc", EntryPoint = "dup2")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int Replace(int by, int descriptor);
    }
}
