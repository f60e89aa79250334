using System.Security.Cryptography;
using ActorBroker.Contracts.Management;
using ActorBroker.Core.Arguments;

namespace ActorBroker.Management.Topology;

/// <summary>
/// The part of a path that names a binding between two ends (RabbitMQ's <c>properties_key</c>): its routing key, escaped, and
/// for one with arguments a hash of them behind a tilde. An empty routing key without arguments is a tilde.
/// </summary>
internal static class BindingProperties
{
    private const char Separator = '~';

    /// <summary>A binding's name between its ends.</summary>
    public static string KeyOf(BindingInfo binding)
    {
        var key = binding.RoutingKey.Length == 0 ? "~" : Escape(binding.RoutingKey);
        return binding.Arguments.Count == 0 ? key : $"{key}{Separator}{HashOf(binding.Arguments)}";
    }

    // A tilde is no reserved character, but one here.
    private static string Escape(string routingKey) =>
        Uri.EscapeDataString(routingKey).Replace("~", "%7E", StringComparison.Ordinal);

    private static string HashOf(ArgumentTable arguments) =>
        Convert.ToHexStringLower(SHA256.HashData(ArgumentTableCodec.Encode(arguments)).AsSpan(0, 16));

    /// <summary>Whether a path's decoded part is the plain routing key of a binding without arguments: some clients escape it once only.</summary>
    public static bool IsRoutingKey(BindingInfo binding, string properties) =>
        binding.Arguments.Count == 0 && binding.RoutingKey.Length > 0 && binding.RoutingKey == properties;
}
