namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>What a <see cref="RouteResult"/> was computed from: by it one knows whether routing would still find the same. For any thread.</summary>
public readonly struct RouteSources
{
    private readonly (Versioned Source, int Version)[]? _sources;

    internal RouteSources((Versioned Source, int Version)[] sources) => _sources = sources;

    /// <summary>None of it has changed. A few comparisons: as many as exchanges were visited. False for those of no result.</summary>
    public bool AreCurrent() => AreCurrent(_sources);

    internal static bool AreCurrent(ReadOnlySpan<(Versioned Source, int Version)> sources)
    {
        foreach (var (source, version) in sources)
        {
            if (source.Version != version)
                return false;
        }

        return !sources.IsEmpty;
    }
}
