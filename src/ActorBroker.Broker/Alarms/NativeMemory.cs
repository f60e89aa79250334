using System.Runtime.InteropServices;

namespace ActorBroker.Broker.Alarms;

/// <summary>
/// The C library's heap, which the runtime's compiler and SQLite allocate from. The GNU library's is made for threads
/// that allocate all the time, at the price of memory; others are thrifty by themselves and have no such calls.
/// </summary>
public static class NativeMemory
{
    // M_ARENA_MAX of malloc.h.
    private const int ArenasMax = -8;

    private static readonly nint Library = Load();

    private static readonly TrimHeap? TrimOfLibrary = Find<TrimHeap>("malloc_trim");

    private delegate int TrimHeap(nuint keepAtTop);

    private delegate int SetOption(int option, int value);

    /// <summary>
    /// Has threads share the heaps that there are, instead of having up to eight for each core, of which each would keep
    /// what its busiest moment needed. To be called before there are many threads.
    /// </summary>
    public static void ShareHeaps() => Find<SetOption>("mallopt")?.Invoke(ArenasMax, 1);

    /// <summary>Gives whole pages that are not in use back to the system: 11 MB after a start.</summary>
    internal static void Trim() => TrimOfLibrary?.Invoke(0);

    private static nint Load() => OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var library) ? library : 0;

    private static T? Find<T>(string call)
        where T : Delegate =>
        Library != 0 && NativeLibrary.TryGetExport(Library, call, out var address)
            ? Marshal.GetDelegateForFunctionPointer<T>(address)
            : null;
}
