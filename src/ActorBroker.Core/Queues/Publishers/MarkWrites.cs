namespace ActorBroker.Core.Queues.Publishers;

/// <summary>Links whose batches the next journal event is to tell of.</summary>
internal sealed class MarkWrites
{
    private readonly List<PublisherLink> _links = [];

    /// <summary>The batch is in the next event, or needs none.</summary>
    public void Add(PublisherLink? link, long sequence)
    {
        if (link is { Publisher: not 0 } && link.BeginMark(sequence))
        {
            _links.Add(link);
        }
    }

    /// <summary>Takes what the event that begins tells.</summary>
    public PublisherMark[] Take()
    {
        if (_links.Count == 0)
        {
            return [];
        }

        // Of links that are closed, too: a node that is given up takes its clients' nodes for gone, and what it writes last
        // is asked for by connections that are there.
        var marks = new PublisherMark[_links.Count];
        for (var i = 0; i < marks.Length; i++)
        {
            marks[i] = _links[i].TakeMark();
        }

        _links.Clear();
        return marks;
    }
}
