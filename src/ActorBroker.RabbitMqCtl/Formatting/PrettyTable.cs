using System.Text;

namespace ActorBroker.RabbitMqCtl.Formatting;

/// <summary>A table with lines around its cells.</summary>
internal static class PrettyTable
{
    /// <summary>The table, without the last line's end.</summary>
    public static string Of(IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int[] widths = [.. names.Select((name, column) => rows.Select(row => WidthOf(row[column])).Append(WidthOf(name)).Max())];
        var text = new StringBuilder();
        text.Append(LineOf('┌', '┬', '┐', widths)).Append('\n');
        Append(text, names, widths, isTitle: true);
        foreach (var row in rows)
        {
            text.Append(LineOf('├', '┼', '┤', widths)).Append('\n');
            Append(text, row, widths);
        }

        return text.Append(LineOf('└', '┴', '┘', widths)).ToString();
    }

    private static int WidthOf(string cell) => cell.Split('\n').Max(static line => line.Length);

    private static string LineOf(char left, char middle, char right, int[] widths) =>
        left + string.Join(middle, widths.Select(static width => new string('─', width + 2))) + right;

    private static string Shown(string line, int width, bool isTitle) =>
        (isTitle ? $"\u001b[1m{line}\u001b[0m" : line) + new string(' ', width - line.Length);

    private static void Append(StringBuilder text, IReadOnlyList<string> cells, int[] widths, bool isTitle = false)
    {
        string[][] lines = [.. cells.Select(static cell => cell.Split('\n'))];
        for (var i = 0; i < lines.Max(static cell => cell.Length); i++)
        {
            var padded = lines.Select((cell, column) => $" {Shown(i < cell.Length ? cell[i] : "", widths[column], isTitle)} ");
            text.Append('│').AppendJoin('│', padded).Append("│\n");
        }
    }
}
