namespace ActorBroker.CommandLine.Output;

/// <summary>Which columns a terminal has room for: a table whose words are broken is hard to read.</summary>
internal static class ScreenFit
{
    // A line before each, and a blank on both sides.
    private const int Frame = 3;

    /// <summary>The places of the columns to show: those in which there is something, as many of them as there is room for, and at least two.</summary>
    public static IReadOnlyList<int> Choose(IReadOnlyList<Column> columns, IReadOnlyList<string[]> rows, int width)
    {
        List<int> shown = [];
        var taken = 1;
        for (var index = 0; index < columns.Count; index++)
        {
            if (rows.Count > 0 && rows.All(row => row[index].Length == 0))
            {
                continue;
            }

            taken += Frame + rows.Select(row => row[index].Length).Append(columns[index].Title.Length).Max();
            if (taken > width && shown.Count >= 2)
            {
                break;
            }

            shown.Add(index);
        }

        return shown;
    }
}
