using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;

namespace ActorBroker.CommandLine.Messages;

/// <summary><c>actorbroker tail</c>: follows messages without consuming them.</summary>
internal sealed class TailCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Argument<string?> _queue = new("queue")
    {
        Description = "A queue; a stream, or a queue with retention, is followed by its history.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _exchange = new("--exchange") { Description = "What comes to this exchange instead.", HelpName = "NAME" };
    private readonly Option<string[]> _keys = new("--key") { Description = "With --exchange: binding key; may be repeated. [default: # for topic exchanges, else none]", HelpName = "KEY" };
    private readonly Option<string[]> _arguments = new("--argument", "-a") { Description = "With --exchange: argument of the binding; may be repeated.", HelpName = "NAME=VALUE" };
    private readonly Option<bool> _trace = new("--trace") { Description = "Follow the virtual host's trace, which is turned on meanwhile: all that AMQP clients publish, or what of it goes to the queue or exchange." };
    private readonly Option<int> _last = new("--last", "-n") { Description = "Show so many of those that a queue keeps, or holds, first.", HelpName = "N", DefaultValueFactory = static _ => 10 };
    private readonly Option<string[]> _filters = MessageFilters.Option("Of the queue's messages");

    private readonly Option<long?> _count = new("--count") { Description = "End after so many messages.", HelpName = "N" };
    private readonly Option<bool> _noFollow = new("--no-follow") { Description = "End when all that is there has been shown." };
    private readonly Option<bool> _payload = new("--payload") { Description = "Print bodies only, as they are." };

    public static Command Create(CommandBuilder commands)
    {
        var given = new TailCommand();
        return commands.Leaf(
            "tail", "Follow messages without consuming them, until Ctrl-C.", given.RunAsync,
            given._queue, given._exchange, given._keys, given._arguments, given._trace, given._last, given._filters, given._count, given._noFollow, given._payload,
            commands.VirtualHost);
    }

    private async Task RunAsync(CommandContext context)
    {
        var source = await SourceAsync(context).ConfigureAwait(false);
        var view = new MessageView(context, context.Value(_payload));
        try
        {
            await source.OpenAsync().ConfigureAwait(false);
            await FollowAsync(context, source, view).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.Ended.IsCancellationRequested)
        {
            // It is how to end it.
        }
        finally
        {
            await source.CloseAsync().ConfigureAwait(false);
        }
    }

    private async Task FollowAsync(CommandContext context, IMessageSource source, MessageView view)
    {
        for (var left = context.Value(_count) ?? long.MaxValue; left > 0;)
        {
            var messages = await source.NextAsync().ConfigureAwait(false);
            foreach (var message in messages.Take((int)Math.Min(left, int.MaxValue)))
            {
                view.Show(message);
            }

            left -= messages.Count;
            if (messages.Count == 0)
            {
                if (context.Value(_noFollow))
                {
                    return;
                }

                await Task.Delay(Interval, context.Ended).ConfigureAwait(false);
            }
        }
    }

    private async Task<IMessageSource> SourceAsync(CommandContext context)
    {
        var (queue, exchange) = (context.Parsed.GetValue(_queue), context.Value(_exchange));
        if (context.Value(_trace))
        {
            return new TraceSource(context, exchange, queue);
        }

        if ((queue is null) == (exchange is null))
        {
            throw new FormatException("name a queue, or an exchange with --exchange, or give --trace");
        }

        return queue is not null
            ? new HistorySource(context, queue, Math.Max(context.Value(_last), 0), MessageFilters.Read(context, _filters))
            : new ExchangeSource(context, exchange!, await KeysAsync(context, exchange!).ConfigureAwait(false), GivenPairs.ObjectOf(_arguments.Name, context.Value(_arguments)));
    }

    private async Task<IReadOnlyList<string>> KeysAsync(CommandContext context, string exchange)
    {
        if (context.Value(_keys) is { Length: > 0 } keys)
        {
            return keys;
        }

        var found = await context.Api.GetAsync(ApiPath.Of("exchanges", context.VirtualHost, exchange), context.Ended).ConfigureAwait(false) as JsonObject ?? [];
        return (string?)found["type"] switch
        {
            "topic" => ["#"],
            "direct" => throw new FormatException($"exchange '{exchange}' is direct: say with --key which messages to follow, or give --trace for all"),
            _ => [""],
        };
    }
}
