namespace ActorBroker.CommandLine.Output;

/// <summary>A list where no terminal is: aligned columns with two blanks between them, a line of titles above.</summary>
internal static class PlainTable
{
    private const string Gap = "  ";

    public static void Write(TextWriter output, IReadOnlyList<Column> columns, IReadOnlyList<string[]> rows)
    {
        var widths = columns.Select((column, index) => rows.Select(row => row[index].Length).Append(column.Title.Length).Max()).ToArray();
        output.WriteLine(LineOf([.. columns.Select(static column => column.Title)], columns, widths));
        foreach (var row in rows)
        {
            output.WriteLine(LineOf(row, columns, widths));
        }
    }

    private static string LineOf(string[] cells, IReadOnlyList<Column> columns, int[] widths) =>
        string.Join(Gap, cells.Select((cell, index) => columns[index].IsNumber ? cell.PadLeft(widths[index]) : cell.PadRight(widths[index]))).TrimEnd();
}
