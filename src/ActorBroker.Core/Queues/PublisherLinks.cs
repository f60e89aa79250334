namespace ActorBroker.Core.Queues;

/// <summary>Who publishes to a queue, and what each has been told.</summary>
internal sealed class PublisherLinks(IQueueEffects effects)
{
    private readonly Dictionary<int, PublisherLink> _links = [];

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

    /// <summary>Tells a connection how far its batches have come; while publishers are held back, not that they are accepted.</summary>
    public void Tell(PublisherLink link, bool isWithholding)
    {
        _hasWithheld |= isWithholding;
        link.Tell(effects, accept: !isWithholding);
    }

    /// <summary>Tells those who are <see cref="Committed"/>.</summary>
    public void TellCommitted(bool isWithholding)
    {
        foreach (var link in Committed)
        {
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

    /// <summary>A connection is gone: nobody is told of its batches.</summary>
    public void Close(int connection)
    {
        if (_links.Remove(connection, out var link))
        {
            link.Close();
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
}
