using System.Text;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;

namespace ActorBroker.Broker.Routing;

/// <summary>
/// Cuts long lists into parts that fit between nodes: a message is at most 1 MiB there and best kept far below. A
/// single entry is never cut: its size is bounded by the client's frame.
/// </summary>
internal static class MessageParts
{
    /// <summary>About so many bytes of entries in one part.</summary>
    public const int PartBytes = 64 * 1024;

    // What an entry takes besides its texts.
    private const int EntryBytes = 16;
    private const int ArgumentBytes = 48;

    /// <summary>Bindings in parts; one empty part when there are none.</summary>
    public static IEnumerable<IReadOnlyList<Binding>> Of(IEnumerable<Binding> bindings) => Cut(bindings, Weigh);

    /// <summary>Names in parts; one empty part when there are none.</summary>
    public static IEnumerable<IReadOnlyList<CatalogueName>> Of(IEnumerable<CatalogueName> names) => Cut(names, Weigh);

    /// <summary>Changes in parts; one empty part when there are none.</summary>
    public static IEnumerable<IReadOnlyList<RouteChange>> Of(IEnumerable<RouteChange> changes) =>
        Cut(changes, change => Weigh(change.Binding));

    /// <summary>Changes in parts; one empty part when there are none.</summary>
    public static IEnumerable<IReadOnlyList<NameChange>> Of(IEnumerable<NameChange> changes) =>
        Cut(changes, change => Weigh(change.Name));

    /// <summary>About the size of a binding's written form.</summary>
    public static int Weigh(Binding binding) =>
        EntryBytes + Weigh(binding.Destination.Name) + Weigh(binding.RoutingKey) + Weigh(binding.Arguments);

    private static int Weigh(CatalogueName name) => EntryBytes + Weigh(name.Name);

    private static int Weigh(string text) => Encoding.UTF8.GetByteCount(text);

    private static int Weigh(ArgumentTable arguments) =>
        arguments.Count == 0 ? 0 : Math.Max(arguments.Count * ArgumentBytes, ArgumentTableCodec.Encode(arguments).Length);

    private static IEnumerable<IReadOnlyList<T>> Cut<T>(IEnumerable<T> entries, Func<T, int> weigh)
    {
        var part = new List<T>();
        var weight = 0;
        foreach (var entry in entries)
        {
            var entryWeight = weigh(entry);
            if (part.Count > 0 && weight + entryWeight > PartBytes)
            {
                yield return part;
                part = [];
                weight = 0;
            }

            part.Add(entry);
            weight += entryWeight;
        }

        yield return part;
    }
}
