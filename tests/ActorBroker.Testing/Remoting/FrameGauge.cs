using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Remote.Transport;
using Google.Protobuf;

namespace ActorBroker.Testing.Remoting;

/// <summary>
/// What an actor system sends to others, frame by frame, below Akka.Remote and above the sockets; and a way to have some
/// of it lost.
/// </summary>
public sealed class FrameGauge
{
    /// <summary>Over the shipped configuration, for a system whose frames are looked at. (Akka.Remote takes a name with a blank in it for a quoted one.)</summary>
    public const string Settings =
        """
        akka.remote {
          adapters.gauged = "ActorBroker.Testing.Remoting.GaugedTransportProvider,ActorBroker.Testing"
          dot-netty.tcp.applied-adapters = ["gauged", "opened-connections"]
        }
        """;

    private static readonly ConcurrentDictionary<ActorSystem, FrameGauge> Gauges = new();
    private readonly ConcurrentDictionary<AssociationHandle, bool> _connections = new();
    private long _bytes;
    private int _largest;
    private int _lost;

    /// <summary>Bytes of the largest frame so far.</summary>
    public int Largest => _largest;

    /// <summary>Bytes of all frames so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Frames that were dropped.</summary>
    public int Lost => _lost;

    /// <summary>Says of a frame's length whether it is dropped; null while none is.</summary>
    public Func<int, bool>? Drops { get; set; }

    /// <summary>Says what a connection that the system is about to open waits for; null while none waits.</summary>
    public Func<Task>? Opening { get; set; }

    /// <summary>The gauge of a system.</summary>
    public static FrameGauge Of(ActorSystem system) => Gauges.GetOrAdd(system, static _ => new FrameGauge());

    /// <summary>Ends all connections that the system has with others, as a network does that forgets them.</summary>
    public void BreakConnections()
    {
        foreach (var connection in _connections.Keys)
        {
            _connections.TryRemove(connection, out _);
#pragma warning disable CS0618 // The other overloads log, and end in this one.
            connection.Disassociate();
#pragma warning restore CS0618
        }
    }

    internal void Add(AssociationHandle connection) => _connections.TryAdd(connection, true);

    // True when the frame may go.
    internal bool Admit(ByteString frame)
    {
        Interlocked.Add(ref _bytes, frame.Length);
        int largest;
        while ((largest = _largest) < frame.Length && Interlocked.CompareExchange(ref _largest, frame.Length, largest) != largest)
        {
        }

        if (Drops?.Invoke(frame.Length) is true)
        {
            Interlocked.Increment(ref _lost);
            return false;
        }

        return true;
    }
}

/// <summary>Named by <see cref="FrameGauge.Settings"/>.</summary>
public sealed class GaugedTransportProvider : ITransportAdapterProvider
{
    /// <inheritdoc/>
    public Transport Create(Transport wrappedTransport, ExtendedActorSystem system) =>
        new GaugedTransport(wrappedTransport, FrameGauge.Of(system));
}

// Addresses stay those of the transport below, so that systems without a gauge are understood.
internal sealed class GaugedTransport(Transport wrapped, FrameGauge gauge) : Transport
{
    public override string SchemeIdentifier => wrapped.SchemeIdentifier;

    public override long MaximumPayloadBytes => wrapped.MaximumPayloadBytes;

    public override bool IsResponsibleFor(Address remote) => wrapped.IsResponsibleFor(remote);

    public override async Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        var (address, below) = await wrapped.Listen();
        var above = new TaskCompletionSource<IAssociationEventListener>();
        below.SetResult(new Listener(above.Task, gauge));
        return (address, above);
    }

    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        await (gauge.Opening?.Invoke() ?? Task.CompletedTask);
        return new Handle(await wrapped.Associate(remoteAddress), gauge);
    }

    public override Task<bool> Shutdown() => wrapped.Shutdown();

    private sealed class Listener(Task<IAssociationEventListener> upstream, FrameGauge gauge) : IAssociationEventListener
    {
        public void Notify(IAssociationEvent ev)
        {
            var gauged = ev is InboundAssociation inbound ? new InboundAssociation(new Handle(inbound.Association, gauge)) : ev;
            upstream.ContinueWith(listener => listener.Result.Notify(gauged), TaskScheduler.Default);
        }
    }

    private sealed class Handle : AssociationHandle
    {
        private readonly AssociationHandle _below;
        private readonly FrameGauge _gauge;

        public Handle(AssociationHandle below, FrameGauge gauge)
            : base(below.LocalAddress, below.RemoteAddress)
        {
            _below = below;
            _gauge = gauge;
            gauge.Add(below);
            ReadHandlerSource.Task.ContinueWith(reader => _below.ReadHandlerSource.SetResult(reader.Result), TaskScheduler.Default);
        }

        public override bool Write(ByteString payload) => !_gauge.Admit(payload) || _below.Write(payload);

        [Obsolete("As below.")]
        public override void Disassociate() => _below.Disassociate();
    }
}
