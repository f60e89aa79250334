using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Invocation;

namespace ActorBroker.CommandLine.Access;

/// <summary>The password that a user is to have: given, asked for twice, or read from the input.</summary>
internal sealed class NewPassword
{
    private readonly Option<string?> _given = new("--new-password")
    {
        Description = "The user's password. Without it, it is asked for, or read from the input's first line.",
        HelpName = "TEXT",
    };

    private readonly Option<bool> _none = new("--no-password") { Description = "It cannot log in by a password." };

    public Symbol[] Symbols => [_given, _none];

    /// <summary>The password as the API takes it.</summary>
    public async Task<JsonObject> ReadAsync(CommandContext context, string user)
    {
        if (context.Value(_none))
        {
            return new JsonObject { ["password_hash"] = "" };
        }

        var password = context.Value(_given) ?? (context.Console.CanAsk
            ? Ask(context.Console, user)
            : await ReadLineAsync(context).ConfigureAwait(false));
        return password.Length > 0
            ? new JsonObject { ["password"] = password }
            : throw new FormatException("the new password is empty; --no-password is for users that log in otherwise");
    }

    private static string Ask(CommandConsole console, string user)
    {
        var first = console.AskSecret($"New password of {user}:");
        var again = console.AskSecret("Once more:");
        return first == again ? first : throw new CommandFailedException("the two passwords differ");
    }

    private static async Task<string> ReadLineAsync(CommandContext context)
    {
        using var reader = new StreamReader(context.Console.OpenInput(), Encoding.UTF8, leaveOpen: true);
        return await reader.ReadLineAsync(context.Ended).ConfigureAwait(false) ?? "";
    }
}
