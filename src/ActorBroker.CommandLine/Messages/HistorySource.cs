using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;
using ActorBroker.CommandLine.Output;

namespace ActorBroker.CommandLine.Messages;

/// <summary>
/// What a queue keeps (a stream, a queue with retention), by position; of one that keeps nothing what is in it, so that
/// messages that consumers take at once are missed.
/// </summary>
/// <param name="context">The command that follows it.</param>
/// <param name="queue">The queue.</param>
/// <param name="last">How many of those that are there to begin with.</param>
/// <param name="filters">What the API is to select by.</param>
internal sealed class HistorySource(CommandContext context, string queue, int last, JsonObject filters) : IMessageSource
{
    private const string PageSize = "100";

    private string _part = "history";
    private long _next;

    /// <inheritdoc/>
    public async Task OpenAsync()
    {
        JsonObject page;
        try
        {
            page = await LastAsync().ConfigureAwait(false);
        }
        catch (ApiException failure) when (failure.Status == HttpStatusCode.BadRequest)
        {
            _part = "messages";
            page = await LastAsync().ConfigureAwait(false);
            await context.Console.Errors
                .WriteLineAsync($"queue '{TextCell.OneLine(queue)}' keeps no history: what consumers take at once is not shown, but with --trace it is").ConfigureAwait(false);
        }

        var (first, end) = ((long)page["first"]!, (long)page["end"]!);
        _next = Math.Max(first, end - last);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JsonObject>> NextAsync()
    {
        var path = PartPath().Where("from", "position").Where("start", _next.ToString(CultureInfo.InvariantCulture)).Where("count", PageSize);
        foreach (var (name, value) in filters)
        {
            path = path.Where(name, value?.ToString());
        }

        var page = await PageAsync(path).ConfigureAwait(false);
        _next = (long)page["next"]!;
        return [.. page["items"]!.AsArray().Select(static item => item!.AsObject())];
    }

    /// <inheritdoc/>
    public Task CloseAsync() => Task.CompletedTask;

    private ApiPath PartPath() => ApiPath.Of("queues", context.VirtualHost, queue, _part);

    private Task<JsonObject> LastAsync() => PageAsync(PartPath()
        .Where("from", "last").Where("start", Math.Max(last, 1).ToString(CultureInfo.InvariantCulture)).Where("count", "1").Where("body_bytes", "0"));

    private async Task<JsonObject> PageAsync(ApiPath path) => await context.Api.GetAsync(path, context.Ended).ConfigureAwait(false) as JsonObject ?? [];
}
