using System.CommandLine;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Output;

namespace ActorBroker.CommandLine.Invocation;

/// <summary>A command as it was given, and what it needs to be carried out.</summary>
/// <param name="Parsed">Its arguments and options.</param>
/// <param name="Api">The broker.</param>
/// <param name="Console">What it reads and writes.</param>
/// <param name="Result">Prints what comes out.</param>
/// <param name="GivenVirtualHost">The virtual host that was given; null where none was.</param>
/// <param name="Ended">It is to end.</param>
internal sealed record CommandContext(
    ParseResult Parsed, ManagementClient Api, CommandConsole Console, ResultWriter Result, string? GivenVirtualHost, CancellationToken Ended)
{
    /// <summary>The virtual host that a command about one is about.</summary>
    public string VirtualHost => GivenVirtualHost ?? "/";

    /// <summary>The value of an option, or its default.</summary>
    public T? Value<T>(Option<T> option) => Parsed.GetValue(option);

    /// <summary>The value of an argument that has to be there.</summary>
    public T Value<T>(Argument<T> argument)
        where T : notnull => Parsed.GetRequiredValue(argument);

    /// <summary>A resource that lists what is in the virtual host that was given, or in all.</summary>
    public ApiPath ListOf(string kind) => GivenVirtualHost is { } virtualHost ? ApiPath.Of(kind, virtualHost) : ApiPath.Of(kind);
}
