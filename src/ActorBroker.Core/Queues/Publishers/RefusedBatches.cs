using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Publishers;

/// <summary>Sequences of a link's batches of which messages were refused. Bounded: the oldest runs grow together.</summary>
internal sealed class RefusedBatches
{
    private const int RunsMax = 64;

    private readonly PositionSet _sequences = new();

    public void Add(PositionRange sequences)
    {
        _sequences.Add(sequences);
        if (_sequences.IntervalCount > RunsMax)
        {
            var oldest = _sequences.Interval(0);
            _sequences.Add(new PositionRange(oldest.First, _sequences.Interval(1).First - oldest.First));
        }
    }

    public void AddAll(PositionRange[] sequences) => Array.ForEach(sequences, Add);

    public PositionRange[] ToArray() => _sequences.ToArray();
}
