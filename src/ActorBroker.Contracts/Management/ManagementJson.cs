using System.Text.Json;
using System.Text.Json.Serialization;
using ActorBroker.Core.Arguments;

namespace ActorBroker.Contracts.Management;

/// <summary>Reports between nodes, as JSON: what one node does not know of another's it passes over.</summary>
public static class ManagementJson
{
    private static readonly ReportContext Context = new(new JsonSerializerOptions
    {
        Converters = { new ArgumentTableConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });

    /// <summary>The report's bytes.</summary>
    public static byte[] Write(NodeReport report) => JsonSerializer.SerializeToUtf8Bytes(report, Context.NodeReport);

    /// <summary>Reads what <see cref="Write"/> has written.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static NodeReport Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, Context.NodeReport) ?? throw new InvalidDataException("a report is missing");
        }
        catch (JsonException failure)
        {
            throw new InvalidDataException($"a report cannot be read: {failure.Message}", failure);
        }
    }

    // Kinds of values matter to those who compare: the table's own written form keeps them.
    private sealed class ArgumentTableConverter : JsonConverter<ArgumentTable>
    {
        public override ArgumentTable Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            ArgumentTableCodec.Read(reader.GetBytesFromBase64());

        public override void Write(Utf8JsonWriter writer, ArgumentTable value, JsonSerializerOptions options) =>
            writer.WriteBase64StringValue(ArgumentTableCodec.Encode(value));
    }
}

[JsonSerializable(typeof(NodeReport))]
internal sealed partial class ReportContext : JsonSerializerContext;
