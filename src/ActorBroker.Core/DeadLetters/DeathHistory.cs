using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.DeadLetters;

/// <summary>
/// The header x-death: an entry for each queue and reason that a message has died by, the latest first, with how often.
/// <para>
/// What a client sent as x-death counts as history, as in RabbitMQ up to 3.13: libraries that retry by publishing a
/// message again rely on it. (RabbitMQ 4 starts anew whenever a client publishes.) A header of that name that is not an
/// array is taken for none.
/// </para>
/// </summary>
public static class DeathHistory
{
    private const string Header = "x-death";
    private const string CountField = "count";
    private const string QueueField = "queue";
    private const string ReasonField = "reason";

    /// <summary>The headers that change when a message dies, in RabbitMQ's form.</summary>
    /// <param name="headers">The message's headers so far.</param>
    /// <param name="death">What happened to it.</param>
    public static ArgumentTable Record(ArgumentTable headers, Death death)
    {
        ArgumentNullException.ThrowIfNull(headers);
        ArgumentNullException.ThrowIfNull(death);
        var reason = ArgumentValue.FromString(Death.NameOf(death.Reason));
        var queue = ArgumentValue.FromString(death.Queue);
        var exchange = ArgumentValue.FromString(death.Exchange);
        var changed = new ArgumentTable.Builder().Add(Header, Added(EntriesOf(headers), death));
        if (!headers.ContainsKey(Header))
        {
            changed.Add("x-first-death-exchange", exchange).Add("x-first-death-queue", queue).Add("x-first-death-reason", reason);
        }

        return changed
            .Add("x-last-death-exchange", exchange).Add("x-last-death-queue", queue).Add("x-last-death-reason", reason)
            .Build();
    }

    /// <summary>
    /// A message that would come back to this queue by itself: it died there, and no consumer has rejected it since.
    /// Such a message goes round for ever, so it is dropped.
    /// </summary>
    /// <param name="headers">The message's headers, its last death recorded.</param>
    /// <param name="queue">Where it is about to go.</param>
    public static bool IsCycle(ArgumentTable headers, string queue)
    {
        ArgumentNullException.ThrowIfNull(headers);
        foreach (var entry in EntriesOf(headers))
        {
            // What is no entry was put there by a client, and with a client in it the cycle is not automatic.
            if (!entry.TryGetTable(out var death) || Is(death, ReasonField, Death.NameOf(DeathReason.Rejected)))
            {
                return false;
            }

            if (Is(death, QueueField, queue))
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<ArgumentValue> EntriesOf(ArgumentTable headers) =>
        headers.TryGetValue(Header, out var value) && value.Kind == ArgumentKind.Array ? value.AsArray().AsSpan() : [];

    private static ArgumentValue Added(ReadOnlySpan<ArgumentValue> entries, Death death)
    {
        var reason = Death.NameOf(death.Reason);
        var joined = Joined(entries);
        var index = joined.FindIndex(known => known.Key == (death.Queue, reason));
        var latest = index < 0 ? New(death, reason) : Again(joined[index].Entry.AsTable(), More(joined[index].Times, 1));
        if (index >= 0)
        {
            joined.RemoveAt(index);
        }

        return ArgumentValue.FromArray([ArgumentValue.FromTable(latest), .. joined.Select(static known => known.Counted())]);
    }

    // One for each queue and reason, where the first one is. Before RabbitMQ 3.6 each death had an entry of its own, without
    // a count, and RabbitMQ up to 3.13 joins those of a message that is published again.
    private static List<KnownDeath> Joined(ReadOnlySpan<ArgumentValue> entries)
    {
        var joined = new List<KnownDeath>(entries.Length);
        var places = new Dictionary<(string Queue, string Reason), int>();
        foreach (var entry in entries)
        {
            if (!entry.TryGetTable(out var table) || !TryGetText(table, QueueField, out var queue) || !TryGetText(table, ReasonField, out var reason))
            {
                joined.Add(new KnownDeath(entry, null, 0));
            }
            else if (places.TryAdd((queue, reason), joined.Count))
            {
                joined.Add(new KnownDeath(entry, (queue, reason), TimesOf(table)));
            }
            else
            {
                var place = places[(queue, reason)];
                joined[place] = joined[place] with { Times = More(joined[place].Times, TimesOf(table)) };
            }
        }

        return joined;
    }

    /// <param name="Entry">As it was sent.</param>
    /// <param name="Key">Queue and reason; null when it is no entry, but something that a client put there.</param>
    /// <param name="Times">How often; 0 without a key.</param>
    private readonly record struct KnownDeath(ArgumentValue Entry, (string Queue, string Reason)? Key, long Times)
    {
        public ArgumentValue Counted() =>
            Key is null || (Entry.AsTable().TryGetValue(CountField, out var count) && count.TryGetInt64(out var number) && number == Times)
                ? Entry
                : ArgumentValue.FromTable(Again(Entry.AsTable(), Times));
    }

    private static long TimesOf(ArgumentTable entry) =>
        entry.TryGetValue(CountField, out var count) && count.TryGetInt64(out var times) ? Math.Max(times, 0) : 1;

    // A client may have made up any count.
    private static long More(long times, long others) => others < long.MaxValue - times ? times + others : long.MaxValue;

    private static ArgumentTable New(Death death, string reason)
    {
        var entry = new ArgumentTable.Builder()
            .Add(CountField, ArgumentValue.FromInt64(1))
            .Add(ReasonField, ArgumentValue.FromString(reason))
            .Add(QueueField, ArgumentValue.FromString(death.Queue))
            .Add("time", ArgumentValue.FromTimestamp((ulong)death.At))
            .Add("exchange", ArgumentValue.FromString(death.Exchange))
            .Add("routing-keys", ArgumentValue.FromArray([.. death.RoutingKeys]));
        if (death.Expiration is { } expiration)
        {
            entry.Add("original-expiration", ArgumentValue.FromString(expiration.ToString(CultureInfo.InvariantCulture)));
        }

        return entry.Build();
    }

    // Everything else stays as of the first time, the time included.
    private static ArgumentTable Again(ArgumentTable entry, long times)
    {
        var again = new ArgumentTable.Builder().Add(CountField, ArgumentValue.FromInt64(times));
        foreach (var (name, value) in entry)
        {
            if (name != CountField)
            {
                again.Add(name, value);
            }
        }

        return again.Build();
    }

    private static bool Is(ArgumentTable entry, string field, string text) => TryGetText(entry, field, out var found) && found == text;

    private static bool TryGetText(ArgumentTable entry, string field, [NotNullWhen(true)] out string? text)
    {
        text = null;
        return entry.TryGetValue(field, out var value) && value.TryGetString(out text);
    }
}
