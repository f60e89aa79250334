using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Tls;
using ActorBroker.Management.Http;
using Microsoft.AspNetCore.Http;

namespace ActorBroker.Management.Nodes;

/// <summary>Whether a certificate of this node's listeners expires within some time: RabbitMQ's health check of that.</summary>
internal static class CertificateCheck
{
    private const long WithinMax = 100_000;
    private const string Section = "actorbroker.tls";

    private static readonly string[] SecureListeners = [ListenerOptions.Amqps, ListenerOptions.Https];

    public static async Task AnswerAsync(ApiRequest request)
    {
        var limit = LimitOf(request.Value("within"), request.Value("unit"), request.Broker.Clock.GetUtcNow());
        var nodes = await request.Broker.View.ListNodesAsync(request.Ended).ConfigureAwait(false);
        var secure = nodes.Where(node => node.Name == request.Broker.Node).SelectMany(static node => node.Listeners)
            .Where(static listener => SecureListeners.Contains(listener.Protocol)).ToList();
        var expiring = secure.Count == 0 ? [] : ExpiringBy(request.Broker.Options.Tls, limit);
        if (expiring.Count == 0)
        {
            await request.Json(new JsonObject { ["status"] = "ok" }).ConfigureAwait(false);
            return;
        }

        await request.WriteAsync(StatusCodes.Status503ServiceUnavailable, new JsonObject
        {
            ["status"] = "failed",
            ["reason"] = "Certificates expiring",
            ["expired"] = new JsonArray([.. secure.SelectMany(listener => expiring.Select(one => (JsonNode)ObjectOf(listener, one)))]),
        }).ConfigureAwait(false);
    }

    private static JsonObject ObjectOf(ListenerInfo listener, (string File, DateTimeOffset At) expiring) => new JsonObject
    {
        ["node"] = listener.Node,
        ["protocol"] = Listeners.ProtocolOf(listener.Protocol),
        ["interface"] = listener.Address,
        ["port"] = listener.Port,
        ["certfile"] = expiring.File,
        ["certfile_expires_on"] = expiring.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
    };

    private static List<(string File, DateTimeOffset At)> ExpiringBy(TlsOptions options, DateTimeOffset limit)
    {
        List<(string, DateTimeOffset)> expiring = [];
        foreach (var files in options.ServerNames.Values.Append(options.Certificate).OfType<CertificateFiles>())
        {
            using var certificate = CertificateLoader.Load(files, Section);
            if (certificate.NotAfter <= limit)
            {
                expiring.Add((files.Certificate, certificate.NotAfter));
            }
        }

        return expiring;
    }

    private static DateTimeOffset LimitOf(string within, string unit, DateTimeOffset now)
    {
        if (!int.TryParse(within, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > WithinMax)
        {
            throw ApiErrorException.BadRequest("Invalid expiration value.");
        }

        try
        {
            return unit switch
            {
                "days" => now.AddDays(count),
                "weeks" => now.AddDays(7.0 * count),
                "months" => now.AddMonths(count),
                "years" => now.AddYears(count),
                _ => throw ApiErrorException.BadRequest("Time unit not recognised. Supported units: days, weeks, months, years."),
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            return DateTimeOffset.MaxValue;
        }
    }
}
