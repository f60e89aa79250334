namespace ActorBroker.Core.Queues.Publishers;

/// <summary>Who publishes to a queue, what each has been told, and what the journal knows of each.</summary>
internal sealed class PublisherLinks(IQueueEffects effects)
{
    private readonly Dictionary<int, PublisherLink> _links = [];
    private readonly RecoveredMarks _recovered = new();

    // Some link may have been told less than all it sent.
    private bool _hasWithheld;

    /// <summary>Links whose batches were committed, or need no commit any more, and who have yet to be told.</summary>
    public List<PublisherLink> Committed { get; } = [];

    /// <summary>A connection's link, from its first batch on.</summary>
    public PublisherLink Of(int connection)
    {
        if (!_links.TryGetValue(connection, out var link))
        {
            link = new PublisherLink(connection);
            _links.Add(connection, link);
        }

        return link;
    }

    /// <summary>A publisher says who it is, before its first batch to this incarnation: what is known of it.</summary>
    public LinkStanding Open(int connection, LinkOpening opening)
    {
        var link = Of(connection);
        if (link.Publisher != opening.Publisher || link.Received == 0)
        {
            Close(connection);
            link = Of(connection);
            link.Open(opening, _recovered.Take(opening.Publisher));
        }

        return link.Standing;
    }

    /// <summary>Whether a batch is the next one of its connection; the connection hears of it if not.</summary>
    public bool Expects(int connection, long sequence) => Of(connection).Expects(sequence, effects);

    /// <summary>Tells a connection how far its batches have come; while publishers are held back, not that they are accepted.</summary>
    public void Tell(PublisherLink link, bool isWithholding)
    {
        _hasWithheld |= isWithholding;
        link.Tell(effects, accept: !isWithholding);
    }

    /// <summary>Tells those who are <see cref="Committed"/>.</summary>
    public void TellCommitted(bool isWithholding, long now)
    {
        foreach (var link in Committed)
        {
            link.MarkedAt = now;
            Tell(link, isWithholding);
        }

        Committed.Clear();
    }

    /// <summary>Tells everyone who was held back, if nobody is any more.</summary>
    public void AcceptWithheld(bool isWithholding)
    {
        if (_hasWithheld && !isWithholding)
        {
            _hasWithheld = false;
            foreach (var link in _links.Values)
            {
                link.Tell(effects, accept: true);
            }
        }
    }

    /// <summary>
    /// A connection is gone: nobody is told of its batches. When only its node is said to be gone (<paramref name="isHearsay"/>),
    /// it may ask the queue's next incarnation about them.
    /// </summary>
    public void Close(int connection, bool isHearsay = false)
    {
        if (_links.Remove(connection, out var link))
        {
            link.Close();
            if (isHearsay && link is { Publisher: not 0, Marked: > 0 })
            {
                _recovered.Add(link.Mark);
            }
        }
    }

    /// <summary>Whatever is not confirmed may be lost.</summary>
    public void Fail()
    {
        foreach (var link in _links.Values)
        {
            link.Fail(effects);
        }
    }

    /// <summary>Everything received counts as safe.</summary>
    public void Finish()
    {
        foreach (var link in _links.Values)
        {
            link.Finish(effects);
        }
    }

    /// <summary>For a snapshot: what the events up to the last committed one tell of publishers.</summary>
    public PublisherMark[] Marks(long now) =>
        _recovered.With(_links.Values.Where(static link => link is { Publisher: not 0, Marked: > 0 }).Select(static link => link.Mark), now);

    /// <summary>Restores what a snapshot says.</summary>
    public void Recover(PublisherMark[] marks) => Array.ForEach(marks, _recovered.Add);

    /// <summary>Restores what an event says that was written then.</summary>
    public void Recover(PublisherMark[] marks, long at) => Array.ForEach(marks, mark => _recovered.Add(mark with { At = at }));

    /// <summary>The journal has been replayed.</summary>
    public void RecoveryCompleted(long now) => _recovered.Forget(now);
}
