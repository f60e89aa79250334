namespace ActorBroker.Broker.Persistence;

/// <summary>Which of several journals keeps which virtual host: for good, from its first use on.</summary>
public interface IVirtualHostPlaces
{
    /// <summary>There is a further journal of this name.</summary>
    bool Has(string journal);

    /// <summary>Has a virtual host kept in a journal, unless one keeps it already.</summary>
    /// <param name="virtualHost">Its name.</param>
    /// <param name="journal">Name of a further journal; null for the main one.</param>
    /// <returns>The journal that keeps it; null for the main one.</returns>
    Task<string?> PlaceAsync(string virtualHost, string? journal);
}
