using System.Text;
using Spectre.Console;

namespace ActorBroker.CommandLine.Invocation;

/// <summary>What a command reads and writes, and what it is told by its surroundings.</summary>
internal sealed class CommandConsole
{
    private readonly Func<Stream> _openOutput;
    private readonly Func<Stream> _openInput;
    private readonly Func<string, string?> _variable;

    /// <summary>Somewhere that is no terminal.</summary>
    public CommandConsole(Stream output, TextWriter errors, Stream input, Func<string, string?> variable)
        : this(new StreamWriter(output, new UTF8Encoding(false)) { AutoFlush = true }, errors, () => output, () => input, variable)
    {
    }

    private CommandConsole(TextWriter output, TextWriter errors, Func<Stream> openOutput, Func<Stream> openInput, Func<string, string?> variable) =>
        (Output, Errors, _openOutput, _openInput, _variable) = (output, errors, openOutput, openInput, variable);

    /// <summary>Where results go.</summary>
    public TextWriter Output { get; }

    /// <summary>Where all goes that is no result: what went wrong, questions, progress.</summary>
    public TextWriter Errors { get; }

    /// <summary>Draws results, where the output is a terminal.</summary>
    public IAnsiConsole? Screen { get; init; }

    /// <summary>Draws progress and asks questions, where that is a terminal.</summary>
    public IAnsiConsole? Dialog { get; init; }

    /// <summary>Somebody is there to be asked.</summary>
    public bool CanAsk { get; init; }

    /// <summary>Asks for a password, which is not shown.</summary>
    public string AskSecret(string question, bool mayBeEmpty = false)
    {
        // The terminal shows what is typed until somebody looks for keys: not only when the question is read already.
        _ = Console.KeyAvailable;
        var prompt = new TextPrompt<string>(question.EscapeMarkup()).Secret();
        prompt.AllowEmpty = mayBeEmpty;
        return Dialog!.Prompt(prompt);
    }

    /// <summary>The streams of this process.</summary>
    public static CommandConsole OfProcess()
    {
        if (OperatingSystem.IsWindows())
        {
            Console.OutputEncoding = new UTF8Encoding(false);
        }

        return new CommandConsole(Console.Out, Console.Error, Console.OpenStandardOutput, Console.OpenStandardInput, Environment.GetEnvironmentVariable)
        {
            Screen = Console.IsOutputRedirected ? null : ConsoleOf(Console.Out),
            Dialog = Console.IsErrorRedirected ? null : ConsoleOf(Console.Error),
            CanAsk = !Console.IsErrorRedirected && !Console.IsInputRedirected,
        };
    }

    /// <summary>The output as bytes, at the place where the text written so far ends. The caller does not close it.</summary>
    public Stream OpenOutput()
    {
        Output.Flush();
        return _openOutput();
    }

    /// <summary>The input as bytes. The caller does not close it.</summary>
    public Stream OpenInput() => _openInput();

    /// <summary>A variable of the environment; null when it is not set or empty.</summary>
    public string? Variable(string name) => _variable(name) is { Length: > 0 } value ? value : null;

    private static IAnsiConsole ConsoleOf(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
}
