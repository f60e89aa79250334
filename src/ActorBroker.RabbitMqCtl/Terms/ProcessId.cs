using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace ActorBroker.RabbitMqCtl.Terms;

/// <summary>
/// What RabbitMQ's tools call the process of a connection, channel or queue: <c>&lt;NODE.A.B.C&gt;</c>. There are no such
/// processes here, but scripts look a connection's up to close it; so it is made of the node and the name, always the same.
/// </summary>
/// <param name="Node">Where it is.</param>
/// <param name="Number">Made of its name.</param>
/// <param name="Serial">The number of a channel; 0 for everything else.</param>
internal readonly partial record struct ProcessId(string Node, ulong Number, long Serial)
{
    /// <summary>That of a connection, or of one of its channels.</summary>
    public static ProcessId OfConnection(string node, string name, long channel = 0) => new(node, Hash($"connection {name}"), channel);

    /// <summary>That of a queue.</summary>
    public static ProcessId OfQueue(string node, string virtualHost, string name) => new(node, Hash($"queue {virtualHost.Length} {virtualHost} {name}"), 0);

    /// <summary>Whether the text could be one.</summary>
    public static bool IsWellFormed(string text) => WellFormed().IsMatch(text);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"<{Node}.{Number >> 32}.{Number & uint.MaxValue}.{Serial}>");

    [GeneratedRegex(@"^<.+\.\d+\.\d+\.\d+>$")]
    private static partial Regex WellFormed();

    private static ulong Hash(string name) => BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}
