using System.Buffers;
using ActorBroker.Connections.Sockets;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.TestKit.Xunit2;

namespace ActorBroker.Connections.Tests.Sockets;

/// <summary>A socket stage on one end of a loopback connection, joined with a probe; the test holds the other end.</summary>
public abstract class SocketStageSpec : TestKit
{
    /// <summary>More than the kernel keeps for both ends of a loopback connection.</summary>
    internal const int MoreThanTheKernelHolds = 4 * 1024 * 1024;

    private readonly List<SocketPair> _pairs = [];

    protected SocketStageSpec()
        : base("akka { loglevel = WARNING, actor.serialize-messages = on }")
    {
        Materializer = Sys.Materializer();
        Options = new SocketStageOptions { Pool = Pool, CloseTimeout = TimeSpan.FromSeconds(30) };
    }

    internal CountingPool Pool { get; } = new();

    internal SocketStageOptions Options { get; set; }

    protected ActorMaterializer Materializer { get; }

    internal (SocketProbe Probe, SocketPair Pair) Connect()
    {
        var pair = Pair();
        var probe = Flow.FromGraph(new SocketStage(pair.Local, Options)).JoinMaterialized(Flow.FromGraph(new SocketProbe()), Keep.Right).Run(Materializer);
        return (probe, pair);
    }

    /// <summary>Two sockets that end with the test.</summary>
    internal SocketPair Pair()
    {
        var pair = SocketPair.Connect();
        _pairs.Add(pair);
        return pair;
    }

    internal OutgoingBuffer Outgoing(params ReadOnlySpan<byte> bytes)
    {
        var buffer = OutgoingBuffer.Rent(bytes.Length, Pool);
        buffer.Write(bytes);
        return buffer;
    }

    internal OutgoingBuffer Borrowing(byte[] bytes)
    {
        var buffer = OutgoingBuffer.Rent(16, Pool);
        buffer.AppendBorrowed(bytes);
        return buffer;
    }

    internal static byte[] RandomBytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Ends when the stage has closed its socket and given back all but <paramref name="outstanding"/> arrays (null: any number).</summary>
    internal async Task ExpectClosedAsync(SocketPair pair, int? outstanding = 0) =>
        await AwaitConditionAsync(
            () => Task.FromResult(pair.Local.SafeHandle.IsClosed && Pool.Outstanding == (outstanding ?? Pool.Outstanding)),
            SocketProbe.Patience,
            TimeSpan.FromMilliseconds(5),
            $"a closed socket and {outstanding} arrays out");

    protected override void AfterAll()
    {
        base.AfterAll();
        foreach (var pair in _pairs)
            pair.Dispose();
    }
}
