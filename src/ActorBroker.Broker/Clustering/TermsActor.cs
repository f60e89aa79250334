using ActorBroker.Contracts.Clustering;
using Akka.Actor;
using Akka.Cluster;

namespace ActorBroker.Broker.Clustering;

/// <summary>
/// Tells other nodes what this one must have alike with them, and knows what those have that may begin a cluster as it may:
/// nodes that differ do not let each other in, and their databases know nothing of each other, so that each would begin a
/// cluster of its own. One a node, found by its path; it asks until the node is a member.
/// </summary>
public sealed class TermsActor : UntypedActor, IWithTimers
{
    /// <summary>Its name on every node.</summary>
    public const string Name = "cluster-terms";

    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(250);

    // One that is silent for two seconds is not there any more.
    private const int TicksKept = 8;

    private readonly ClusterTerms _terms;
    private readonly IReadOnlyList<Address> _others;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Dictionary<Address, (ToldTerms Told, int Tick)> _told = [];
    private int _tick;

    /// <summary>Use <see cref="Props"/>.</summary>
    public TermsActor(ClusterTerms terms, IReadOnlyList<Address> others)
    {
        _terms = terms;
        _others = others;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsMember => _cluster.State.Members.Any(member => member.Address == _cluster.SelfAddress);

    /// <summary>The actor of a node.</summary>
    /// <param name="terms">The node's own.</param>
    /// <param name="others">Whom it asks: the other nodes that may begin a cluster, or none where this one may not.</param>
    public static Props Props(ClusterTerms terms, IReadOnlyList<Address> others) => Akka.Actor.Props.Create(() => new TermsActor(terms, others));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        if (_others.Count > 0)
        {
            Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TimeSpan.Zero, AskEvery);
        }
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AskTerms:
                Sender.Tell(new TermsTold([.. _terms.Roles], IsMember));
                break;
            case TermsTold told:
                var node = Sender.Path.Address;
                _told[node] = (new ToldTerms(node, told.Terms, told.IsMember), _tick);
                break;
            case MayBegin:
                var present = _told.Values.Where(known => _tick - known.Tick <= TicksKept).Select(static known => known.Told);
                Sender.Tell(new BeginAnswer(_terms.RefusalBeside([.. present])));
                break;
            case Tick:
                OnTick();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnTick()
    {
        if (IsMember)
        {
            Timers.Cancel(Tick.Instance);
            return;
        }

        _tick++;
        foreach (var node in _others)
        {
            Context.ActorSelection(new RootActorPath(node) / "user" / Name).Tell(new AskTerms());
        }
    }

    /// <summary>From the node itself: may it begin a cluster? Answered by <see cref="BeginAnswer"/>.</summary>
    public sealed record MayBegin : INoSerializationVerificationNeeded;

    /// <summary>The answer to <see cref="MayBegin"/>, as far as the other nodes have told.</summary>
    /// <param name="Refusal">Why not; null when it may.</param>
    public sealed record BeginAnswer(string? Refusal) : INoSerializationVerificationNeeded;

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}
