using System.Text.Json.Nodes;
using ActorBroker.Core.Sessions;
using Microsoft.AspNetCore.Http;

namespace ActorBroker.Management.Http;

/// <summary>A request is answered by an error of RabbitMQ's form: <c>{"error": …, "reason": …}</c>.</summary>
internal sealed class ApiErrorException(int status, string error, JsonNode reason) : Exception(error)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The kind of error.</summary>
    public string Error { get; } = error;

    /// <summary>What is wrong: text, or for some of RabbitMQ's errors an array.</summary>
    public JsonNode Reason { get; } = reason;

    /// <summary>The request makes no sense, or the broker refuses it.</summary>
    public static ApiErrorException BadRequest(string reason) => new(StatusCodes.Status400BadRequest, "bad_request", reason);

    /// <summary>A value is not what it should be, as RabbitMQ says it: <c>["not_integer", "x"]</c>.</summary>
    /// <param name="kind">What is wrong.</param>
    /// <param name="value">What was given.</param>
    public static ApiErrorException Of(string kind, JsonNode? value) => new(StatusCodes.Status400BadRequest, "bad_request", new JsonArray(kind, value));

    /// <summary>There is no such resource.</summary>
    public static ApiErrorException ObjectNotFound() => new(StatusCodes.Status404NotFound, "Object Not Found", "Not Found");

    /// <summary>Something that the request names is not there.</summary>
    public static ApiErrorException NotFound(string reason) => new(StatusCodes.Status404NotFound, "not_found", reason);

    /// <summary>The user may not do that.</summary>
    public static ApiErrorException NotAuthorised(string reason) => new(StatusCodes.Status401Unauthorized, "not_authorised", reason);

    /// <summary>The broker cannot do it now.</summary>
    public static ApiErrorException Unavailable(string reason) => new(StatusCodes.Status503ServiceUnavailable, "service_unavailable", reason);

    /// <summary>This version does not have that.</summary>
    public static ApiErrorException NotImplemented(string reason) => new(StatusCodes.Status501NotImplemented, "not_implemented", reason);

    /// <summary>Answers with what the broker refused, if it did.</summary>
    /// <exception cref="ApiErrorException">It did.</exception>
    public static void ThrowIf(Refusal? refusal)
    {
        if (refusal is not null)
        {
            throw Of(refusal);
        }
    }

    /// <summary>What the broker refused, as RabbitMQ answers it where it changes the topology.</summary>
    public static ApiErrorException Of(Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return refusal.Reason switch
        {
            RefusalReason.NotFound => NotFound(refusal.Text),
            RefusalReason.AccessRefused or RefusalReason.NotAllowed => NotAuthorised("Access refused."),
            RefusalReason.Unavailable or RefusalReason.Interrupted => Unavailable(refusal.Text),
            RefusalReason.NotImplemented => NotImplemented(refusal.Text),
            _ => BadRequest(refusal.Text),
        };
    }

    /// <summary>What the broker refused, as RabbitMQ answers it where it uses a channel: with the code of AMQP 0-9-1.</summary>
    public static ApiErrorException OfChannel(Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return refusal.Reason switch
        {
            RefusalReason.NotFound => NotFound($"NOT_FOUND - {refusal.Text}"),
            RefusalReason.AccessRefused => NotAuthorised($"ACCESS_REFUSED - {refusal.Text}"),
            RefusalReason.NotAllowed => NotAuthorised("Access refused."),
            RefusalReason.ResourceLocked => BadRequest($"405 RESOURCE_LOCKED - {refusal.Text}"),
            RefusalReason.NotImplemented => BadRequest($"540 NOT_IMPLEMENTED - {refusal.Text}"),
            RefusalReason.Unavailable or RefusalReason.Interrupted or RefusalReason.Damaged => BadRequest($"541 INTERNAL_ERROR - {refusal.Text}"),
            _ => BadRequest($"406 PRECONDITION_FAILED - {refusal.Text}"),
        };
    }
}
