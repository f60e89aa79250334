using System.Text;

namespace ActorBroker.RabbitMqCtl.Invocation;

/// <summary>What a command reads and writes, and the environment that it runs in.</summary>
/// <param name="In">Standard input: passwords and definitions that are not on the command line.</param>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Variable">A variable of the environment; null or empty when it is not set.</param>
internal sealed record Terminal(TextReader In, TextWriter Out, TextWriter Error, Func<string, string?> Variable)
{
    private const char EndOfInput = '\u0004';

    /// <summary>Somebody types, and should not see passwords that are typed.</summary>
    public bool IsTyped { get; init; }

    /// <summary>That of the process.</summary>
    public static Terminal OfProcess() => new(Console.In, Console.Out, Console.Error, Environment.GetEnvironmentVariable) { IsTyped = !Console.IsInputRedirected };

    /// <summary>Has the terminal show no more of what is typed: before it is asked for, since it may be typed at once.</summary>
    public void ExpectSecret() => _ = IsTyped && Console.KeyAvailable;

    /// <summary>Reads a line that is not to be seen; null when there is none.</summary>
    public async Task<string?> ReadSecretAsync(CancellationToken ended) =>
        IsTyped ? await Task.Run(ReadUnseen, ended).ConfigureAwait(false) : await In.ReadLineAsync(ended).ConfigureAwait(false);

    private static string? ReadUnseen()
    {
        var line = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            switch (key)
            {
                case { KeyChar: EndOfInput } when line.Length == 0:
                    return null;
                case { Key: ConsoleKey.Backspace }:
                    line.Length = Math.Max(0, line.Length - 1);
                    break;
                case { KeyChar: var typed } when !char.IsControl(typed):
                    line.Append(typed);
                    break;
            }
        }

        return line.ToString();
    }
}
