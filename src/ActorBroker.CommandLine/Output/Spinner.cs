using ActorBroker.CommandLine.Invocation;
using Spectre.Console;

namespace ActorBroker.CommandLine.Output;

/// <summary>Shows that something goes on, where somebody looks.</summary>
internal static class Spinner
{
    public static Task ShowAsync(CommandConsole console, string text, Func<Task> work) =>
        console.Dialog is { } dialog ? dialog.Status().StartAsync(text.EscapeMarkup(), _ => work()) : work();
}
