namespace ActorBroker.Testing.History;

/// <summary>
/// What is found is what was confirmed. A change of unknown outcome may have happened or not, until somebody looks; and
/// a binding is never there without what it binds.
/// </summary>
public static class TopologyRules
{
    private const string Absent = "absent";

    public static IEnumerable<Violation> Check(Chronicle chronicle)
    {
        var possible = new Dictionary<TopologyItem, HashSet<string>>();
        foreach (var happened in chronicle.Events)
        {
            switch (happened)
            {
                case HistoryEvent.TopologyChanged { Outcome: Outcome.Done } changed:
                    possible[changed.Item] = [changed.Definition ?? Absent];
                    break;
                case HistoryEvent.TopologyChanged { Outcome: Outcome.Unknown } changed:
                    Of(possible, changed.Item).Add(changed.Definition ?? Absent);
                    break;
                case HistoryEvent.TopologySeen seen:
                    var found = seen.Definition ?? Absent;
                    if (!Of(possible, seen.Item).Contains(found))
                    {
                        yield return new Violation(
                            ViolationKind.TopologyDiffers,
                            $"{seen.Item} is {found} and should be {string.Join(" or ", Of(possible, seen.Item))}");
                    }

                    possible[seen.Item] = [found];
                    if (seen is { Item.IsBinding: true, Definition: not null } && MissingEnd(possible, seen.Item) is { } missing)
                    {
                        yield return new Violation(ViolationKind.TopologyDiffers, $"{seen.Item} is there and {missing} is not");
                    }

                    break;
            }
        }
    }

    private static TopologyItem? MissingEnd(Dictionary<TopologyItem, HashSet<string>> possible, TopologyItem binding)
    {
        foreach (var end in new[] { TopologyItem.OfQueue(binding.Queue), TopologyItem.OfExchange(binding.Exchange) })
        {
            if (Of(possible, end) is { Count: 1 } only && only.Contains(Absent))
            {
                return end;
            }
        }

        return null;
    }

    private static HashSet<string> Of(Dictionary<TopologyItem, HashSet<string>> possible, TopologyItem item) =>
        possible.TryGetValue(item, out var definitions) ? definitions : possible[item] = [Absent];
}
