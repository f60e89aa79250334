using System.Globalization;
using ActorBroker.Contracts.Audit;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.History;
using ActorBroker.Management.Http;

namespace ActorBroker.Management.Audit;

/// <summary>Which records of the audit trail a request asks for.</summary>
internal sealed record AuditQuery(MessageCriteria Criteria, long? Since, long? Until, bool NewestFirst, long? From, int Count)
{
    private const int CountDefault = 100;

    /// <exception cref="ApiErrorException">It makes no sense.</exception>
    public static AuditQuery Read(ApiRequest request, string? virtualHost)
    {
        var headers = new ArgumentTable.Builder();
        foreach (var name in (ReadOnlySpan<string>)[AuditTrail.UserHeader, AuditTrail.AddressHeader, AuditTrail.NameHeader])
        {
            Add(headers, name, request.Query(name));
        }

        Add(headers, AuditTrail.VirtualHostHeader, virtualHost ?? request.Query(AuditTrail.VirtualHostHeader));
        var criteria = MessageCriteria.None with
        {
            Headers = headers.Build(),
            FilterValues = (virtualHost ?? request.Query(AuditTrail.VirtualHostHeader)) is { } wanted ? [wanted] : [],
            RoutingKey = $"{WordOf(request, "kind")}.{WordOf(request, "action")}",
        };
        ApiErrorException.ThrowIf(criteria.Check());
        return new AuditQuery(
            criteria,
            TimeOf(request, "since"),
            TimeOf(request, "until"),
            request.Query("order") switch
            {
                null or "desc" => true,
                "asc" => false,
                var other => throw ApiErrorException.BadRequest($"order is asc or desc, not '{other}'"),
            },
            NumberOf(request, "from"),
            (int)Math.Clamp(NumberOf(request, "count") ?? CountDefault, 1, PageLimits.CountMax));
    }

    private static void Add(ArgumentTable.Builder headers, string name, string? value)
    {
        if (value is not null)
        {
            headers.Add(name, ArgumentValue.FromString(value));
        }
    }

    // Letters and underscores: nothing that means something in a pattern.
    private static string WordOf(ApiRequest request, string name) => request.Query(name) switch
    {
        null => "*",
        { Length: > 0 and < 64 } word when word.All(static c => char.IsAsciiLetterLower(c) || c == '_') => word,
        var other => throw ApiErrorException.BadRequest($"{name} is a word such as queue or deleted, not '{other}'"),
    };

    private static long? NumberOf(ApiRequest request, string name) => request.Query(name) switch
    {
        null => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw ApiErrorException.BadRequest($"not_integer: {text}"),
    };

    // Unix time in milliseconds.
    private static long? TimeOf(ApiRequest request, string name) => request.Query(name) switch
    {
        null => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        var text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            && time >= DateTimeOffset.UnixEpoch => time.ToUnixTimeMilliseconds(),
        var text => throw ApiErrorException.BadRequest($"{name} is a time such as 2026-01-31T12:00:00Z, or milliseconds since 1970, not '{text}'"),
    };
}
