using System.Net;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Invocation;

namespace ActorBroker.RabbitMqCtl;

/// <summary>What is said of a broker that does not answer, or refuses.</summary>
internal static class BrokerErrors
{
    /// <summary>Nobody answers: where RabbitMQ's tools look for a node, these look for its API.</summary>
    public static string TextOf(Request request, ApiUnreachableException failure) =>
        $"""
        Error: unable to perform an operation on node '{request.Node}'. Please see diagnostics information and suggestions below.

        Most common reasons for this are:

         * Target node is not running
         * Its management API is turned off (actorbroker.listeners.http.enabled) or listens elsewhere: {BrokerAddress.UrlVariable} says where
         * Target node is unreachable (e.g. due to hostname resolution, TCP connection or firewall issues)

        DIAGNOSTICS
        ===========

        {failure.Message}
        """;

    /// <summary>The broker refuses.</summary>
    public static string TextOf(Request request, ApiException failure) => failure.Status switch
    {
        HttpStatusCode.Unauthorized =>
            $"Error:\n{failure.Message}: {BrokerAddress.UserVariable} and {BrokerAddress.PasswordVariable} have to be those of a user with the tag administrator (user '{BrokerAddress.Of(request.Terminal).User}')",
        _ => $"Error:\n{failure.Message}",
    };
}
