using System.Globalization;

namespace ActorBroker.Core.Exchanges;

/// <summary>The binding key of an <c>x-consistent-hash</c> exchange: how large the destination's share is.</summary>
internal static class BindingWeight
{
    /// <summary>RabbitMQ's text against a key, or null when it is a weight.</summary>
    public static string? Check(string key)
    {
        if (!int.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var weight))
            return $"The binding key must be an integer: <<\"{key}\">>";
        return weight < 1 ? "The binding key must be greater than 0" : null;
    }

    /// <summary>The weight that a key means which has been checked.</summary>
    public static int Parse(string key) => int.Parse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
