using System.Threading.Channels;
using ActorBroker.Connections.Sockets;
using Akka.Streams;
using Akka.Streams.Stage;
using Xunit;

namespace ActorBroker.Connections.Tests.Sockets;

/// <summary>
/// Stands where a connection stage will stand, and does only what the test tells it: pulls, pushes, finishes. What it
/// sees comes out as <see cref="Signal"/>s, in order.
/// </summary>
internal sealed class SocketProbe : GraphStageWithMaterializedValue<FlowShape<IncomingBuffer, OutgoingBuffer>, SocketProbe>
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<Signal> _signals = Channel.CreateUnbounded<Signal>();
    private readonly TaskCompletionSource<Action<Action<Logic>>> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Inlet<IncomingBuffer> _in = new("Probe.in");
    private readonly Outlet<OutgoingBuffer> _out = new("Probe.out");

    public SocketProbe() => Shape = new FlowShape<IncomingBuffer, OutgoingBuffer>(_in, _out);

    public override FlowShape<IncomingBuffer, OutgoingBuffer> Shape { get; }

    /// <summary>Deals with a received buffer while it is lent; takes all of it unless a test replaces it.</summary>
    public Func<IncomingBuffer, byte[]> Take { get; set; } = TakeAll;

    public override ILogicAndMaterializedValue<SocketProbe> CreateLogicAndMaterializedValue(Attributes inheritedAttributes) =>
        new LogicAndMaterializedValue<SocketProbe>(new Logic(this), this);

    public static byte[] TakeAll(IncomingBuffer incoming)
    {
        var bytes = incoming.Unconsumed.ToArray();
        incoming.Consume(bytes.Length);
        return bytes;
    }

    public Task PullAsync() => TellAsync(logic => logic.Demand());

    public Task PushAsync(OutgoingBuffer buffer) => TellAsync(logic => logic.Send(buffer));

    public Task FinishAsync() => TellAsync(logic => logic.Finish());

    public Task FailAsync(Exception e) => TellAsync(logic => logic.Abort(e));

    public Task CancelAsync() => TellAsync(logic => logic.CancelIn());

    public async Task<Signal> NextAsync() => await _signals.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public async Task<T> ExpectAsync<T>()
        where T : Signal => Assert.IsType<T>(await NextAsync());

    /// <summary>Pulls until <paramref name="count"/> bytes have come, or all of them when null; sends that complete meanwhile are passed over.</summary>
    public async Task<byte[]> ReceiveAsync(int? count = null)
    {
        using var received = new MemoryStream();
        await PullAsync();
        while (true)
        {
            switch (await NextAsync())
            {
                case Signal.Received got:
                    received.Write(got.Bytes);
                    if (received.Length >= count)
                        return received.ToArray();
                    await PullAsync();
                    break;
                case Signal.Ended:
                    Assert.Null(count);
                    return received.ToArray();
                case Signal.Wanted:
                    break;
                case var other:
                    Assert.Fail($"Unexpected {other}");
                    break;
            }
        }
    }

    public bool HasSignal => _signals.Reader.TryPeek(out _);

    /// <summary>Ends when everything that the stages had been told before has been dealt with.</summary>
    public async Task SettleAsync()
    {
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await TellAsync(_ => settled.SetResult());
        await settled.Task.WaitAsync(Patience);
    }

    private async Task TellAsync(Action<Logic> action) => (await _started.Task.WaitAsync(Patience))(action);

    /// <summary>What the probe saw.</summary>
    internal abstract record Signal
    {
        /// <summary>The stage under test pulled: the last write is done.</summary>
        public sealed record Wanted : Signal;

        public sealed record Received(byte[] Bytes) : Signal;

        public sealed record Ended : Signal;

        public sealed record Failed(Exception Cause) : Signal;

        public sealed record Cancelled(Exception Cause) : Signal;
    }

    internal sealed class Logic : GraphStageLogic
    {
        private readonly SocketProbe _probe;

        public Logic(SocketProbe probe)
            : base(probe.Shape)
        {
            _probe = probe;
            SetHandler(
                probe._in,
                onPush: () => Signalled(new Signal.Received(probe.Take(Grab(probe._in)))),
                onUpstreamFinish: () => Signalled(new Signal.Ended()),
                onUpstreamFailure: e => Signalled(new Signal.Failed(e)));
            SetHandler(
                probe._out,
                onPull: () => Signalled(new Signal.Wanted()),
                onDownstreamFinish: cause => Signalled(new Signal.Cancelled(cause)));
        }

        public override void PreStart() => _probe._started.SetResult(GetAsyncCallback<Action<Logic>>(action => action(this)));

        public void Demand()
        {
            if (!IsClosed(_probe._in))
                Pull(_probe._in);
        }

        public void Send(OutgoingBuffer buffer) => Push(_probe._out, buffer);

        public void Finish() => Complete(_probe._out);

        public void Abort(Exception e) => Fail(_probe._out, e);

        public void CancelIn() => Cancel(_probe._in);

        private void Signalled(Signal signal) => _probe._signals.Writer.TryWrite(signal);
    }
}
