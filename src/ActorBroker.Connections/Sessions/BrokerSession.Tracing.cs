using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Sessions;

/// <content>
/// Tracing: copies are published like the messages of the client, on the same ways and in the same window, which slows the
/// client down when the queues of the trace do not keep up.
/// </content>
public sealed partial class BrokerSession
{
    // Deliveries make copies without asking the window. What is beyond so many windows is left out.
    private const int TraceWindowsMax = 8;
    private const int TraceTargetsMax = 1024;

    private RouteResult? _routeOfTrace;
    private TracingSwitch? _tracing;
    private TracerOfSession? _tracer;

    private RouteResult RouteOfTrace => _routeOfTrace ??= new RouteResult { IsOfBroker = true };

    /// <inheritdoc/>
    public SessionTracer? Tracer =>
        (_tracing ??= _services.RoutingTables.TracingOf(_virtualHost)) is { IsOn: true } ? _tracer ??= new TracerOfSession(this) : null;

    private sealed class TracerOfSession(BrokerSession session) : SessionTracer
    {
        private readonly Dictionary<string, SessionTarget> _targets = new(StringComparer.Ordinal);

        // Copies that wait until the node knows the trace exchange's bindings. They have arrays of their own.
        private readonly Queue<(SessionTarget Target, PublishedMessage Copy)> _held = new();
        private long _heldBytes;

        /// <inheritdoc/>
        public override string Node => session._services.Node;

        /// <inheritdoc/>
        public override string Connection { get; } = $"{session._peer} -> {session._local}";

        /// <inheritdoc/>
        public override bool HasUnderWay => _held.Count > 0 || session._bytesUnaccepted + session._pendingBytes > 0;

        /// <inheritdoc/>
        public override IReadOnlyList<string> QueuesOf(PublishTarget target, string[] moreKeys)
        {
            var to = (SessionTarget)target;
            if (to.IsReply)
            {
                return [];
            }

            var names = IsRoutedAlone(to, moreKeys) ? session.RouteOfMessage.Queues : to.Links.Select(static link => link.Queue);
            return [.. names.Where(static name => !Stage.IsName(name))];
        }

        /// <inheritdoc/>
        public override void Publish(string routingKey, in PublishedMessage copy)
        {
            var windowBytes = session._services.PublishWindowBytes;
            if (session._bytesUnaccepted + session._pendingBytes + copy.RecordLength > TraceWindowsMax * windowBytes)
            {
                return;
            }

            var target = TargetOf(routingKey);
            if (_held.Count > 0 || !TrySend(target, copy))
            {
                Hold(target, copy, windowBytes);
            }
        }

        private SessionTarget TargetOf(string routingKey)
        {
            if (_targets.TryGetValue(routingKey, out var target))
            {
                return target;
            }

            if (_targets.Count >= TraceTargetsMax)
            {
                _targets.Clear();
            }

            target = new SessionTarget(
                MessageRoute.Create(PredeclaredExchanges.Trace, routingKey),
                new ExchangeKey(session._virtualHost, PredeclaredExchanges.Trace), routingKey, isOfBroker: true);
            _targets.Add(routingKey, target);
            return target;
        }

        // False when the copy has to wait; SendHeld then runs in time.
        private bool TrySend(SessionTarget target, in PublishedMessage copy)
        {
            var status = session.Prepare(target, [], SendHeld);
            if (status == TargetStatus.Ready)
            {
                session.Publish(target, copy, [], PublishConfirm.None);
            }

            return status != TargetStatus.Loading;
        }

        private void Hold(SessionTarget target, in PublishedMessage copy, long windowBytes)
        {
            // The first one is held whatever its size: else nobody would be there for whom SendHeld runs.
            if (_held.Count > 0 && _heldBytes + copy.RecordLength > windowBytes)
            {
                return;
            }

            var properties = copy.PropertiesSource.AsSpan(copy.PropertiesOffset, copy.PropertiesLength).ToArray();
            var body = copy.BodySource.AsSpan(copy.BodyOffset, copy.BodyLength).ToArray();
            _held.Enqueue((target, PublishedMessage.InPlaces(
                properties, 0, properties.Length, body, 0, body.Length, copy.Format, copy.Flags, copy.Priority)));
            _heldBytes += copy.RecordLength;
        }

        private void SendHeld()
        {
            while (_held.TryPeek(out var next) && TrySend(next.Target, next.Copy))
            {
                _held.Dequeue();
                _heldBytes -= next.Copy.RecordLength;
            }

            session.EndOfRead();
        }
    }
}
