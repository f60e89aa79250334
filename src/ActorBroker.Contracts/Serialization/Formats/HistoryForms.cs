using ActorBroker.Core.History;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>The Protobuf forms of which part of a history, and which of its messages, are meant.</summary>
internal static class HistoryForms
{
    public static Proto.HistoryRange ToForm(this HistoryRange range)
    {
        var form = new Proto.HistoryRange { From = (uint)range.From, Start = range.Start };
        if (range.UntilPosition is { } position)
        {
            form.UntilPosition = position;
        }

        if (range.UntilTime is { } time)
        {
            form.UntilTime = time;
        }

        return form;
    }

    public static HistoryRange ToHistoryRange(this Proto.HistoryRange? form)
    {
        if (form is not { From: <= (uint)HistoryStart.Time })
        {
            throw new InvalidDataException("A range of a history has no start.");
        }

        return new HistoryRange(
            (HistoryStart)form.From, form.Start, form.HasUntilPosition ? form.UntilPosition : null, form.HasUntilTime ? form.UntilTime : null);
    }

    public static Proto.HistoryExtent ToForm(this HistoryExtent extent) => new() { First = extent.First, End = extent.End };

    public static HistoryExtent? ToHistoryExtent(this Proto.HistoryExtent? form) => form is null ? null : new HistoryExtent(form.First, form.End);

    public static Proto.MessageCriteria ToForm(this MessageCriteria criteria)
    {
        var form = new Proto.MessageCriteria { Headers = criteria.Headers.ToForm(), MatchUnfiltered = criteria.MatchUnfiltered };
        form.FilterValues.AddRange(criteria.FilterValues);
        if (criteria.RoutingKey is { } key)
        {
            form.RoutingKey = key;
        }

        if (criteria.Exchange is { } exchange)
        {
            form.Exchange = exchange;
        }

        SetProperties(form, criteria);
        return form;
    }

    public static MessageCriteria ToCriteria(this Proto.MessageCriteria? form) => form is null
        ? throw new InvalidDataException("The criteria are missing.")
        : new MessageCriteria(
            form.HasRoutingKey ? form.RoutingKey : null,
            form.HasExchange ? form.Exchange : null,
            form.Headers.ToArguments(),
            form.HasType ? form.Type : null,
            form.HasAppId ? form.AppId : null,
            form.HasCorrelationId ? form.CorrelationId : null,
            form.HasMessageId ? form.MessageId : null,
            [.. form.FilterValues],
            form.MatchUnfiltered) { Text = form.HasText ? form.Text : null };

    private static void SetProperties(Proto.MessageCriteria form, MessageCriteria criteria)
    {
        if (criteria.Type is { } type)
        {
            form.Type = type;
        }

        if (criteria.AppId is { } appId)
        {
            form.AppId = appId;
        }

        if (criteria.CorrelationId is { } correlationId)
        {
            form.CorrelationId = correlationId;
        }

        if (criteria.MessageId is { } messageId)
        {
            form.MessageId = messageId;
        }

        if (criteria.Text is { } text)
        {
            form.Text = text;
        }
    }
}
