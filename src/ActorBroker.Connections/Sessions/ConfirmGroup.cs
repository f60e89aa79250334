using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Sessions;

/// <summary>
/// The publishes of one slab that want confirms: safe when every queue batch made of the slab is. Told per channel as
/// one range of tags.
/// </summary>
internal sealed class ConfirmGroup
{
    private readonly List<(int Channel, ulong First, ulong Last)> _ranges = new(1);

    // Where in the slab a run of consecutive tags of one channel begins: one run, unless channels take turns.
    private readonly List<(int Index, PublishConfirm First)> _runs = new(1);
    private BatchConfirm? _whole;

    /// <summary>Queue batches that have not been confirmed.</summary>
    public int Pending { get; set; }

    /// <summary>A queue batch may be lost.</summary>
    public bool IsNegative { get; set; }

    /// <summary>Some of the publishes have been told of already, as refused.</summary>
    public bool IsPartlyTold { get; set; }

    /// <summary>The batches are those of a transaction, whose end is told to this.</summary>
    public Action<bool>? Committed { get; init; }

    /// <summary>The tags of each channel.</summary>
    public IReadOnlyList<(int Channel, ulong First, ulong Last)> Ranges => _ranges;

    /// <summary>For a queue that gets the whole slab.</summary>
    public BatchConfirm Whole => _whole ??= new BatchConfirm(this, null);

    /// <summary>A channel's tags rise by one with each publish, so a slab holds one range of each channel.</summary>
    public void Extend(PublishConfirm confirm)
    {
        for (var i = _ranges.Count - 1; i >= 0; i--)
        {
            if (_ranges[i].Channel == confirm.Channel)
            {
                _ranges[i] = (confirm.Channel, _ranges[i].First, confirm.Tag);
                return;
            }
        }

        _ranges.Add((confirm.Channel, confirm.Tag, confirm.Tag));
    }

    /// <summary>The message at that index of the slab asks for that confirm, or for none. Indexes rise.</summary>
    public void Place(int index, PublishConfirm confirm)
    {
        if (_runs.Count == 0 || At(_runs[^1], index) != confirm)
        {
            _runs.Add((index, confirm));
        }
    }

    /// <summary>The confirm that the message at an index of the slab asks for.</summary>
    public PublishConfirm ConfirmOf(int index)
    {
        var run = _runs.FindLastIndex(run => run.Index <= index);
        return run < 0 ? PublishConfirm.None : At(_runs[run], index);
    }

    private static PublishConfirm At((int Index, PublishConfirm First) run, int index) =>
        run.First.IsWanted ? run.First with { Tag = run.First.Tag + (ulong)(index - run.Index) } : run.First;
}

/// <summary>One queue's batch of a slab.</summary>
/// <param name="Group">The slab's publishes.</param>
/// <param name="Indexes">Where in the slab the batch's messages are; null when it is the whole slab.</param>
internal sealed record BatchConfirm(ConfirmGroup Group, SlabIndexes? Indexes)
{
    /// <summary>The confirm that a message of the batch asks for.</summary>
    public PublishConfirm ConfirmOf(int index) => Group.ConfirmOf(Indexes is null ? index : Indexes[index]);
}

/// <summary>Which messages of a slab are in a batch, as runs.</summary>
internal sealed class SlabIndexes
{
    private readonly List<(int Batch, int Slab)> _runs = new(1);
    private int _count;

    /// <summary>Where in the slab a message of the batch is.</summary>
    public int this[int index]
    {
        get
        {
            var (batch, slab) = _runs[_runs.FindLastIndex(run => run.Batch <= index)];
            return slab + (index - batch);
        }
    }

    /// <summary>The batch's next message is there in the slab.</summary>
    public void Add(int slabIndex)
    {
        if (_runs.Count == 0 || _runs[^1].Slab + (_count - _runs[^1].Batch) != slabIndex)
        {
            _runs.Add((_count, slabIndex));
        }

        _count++;
    }
}
