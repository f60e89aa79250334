namespace ActorBroker.Contracts.Options;

/// <summary>Where OpenTelemetry's figures and traces of the node go.</summary>
/// <param name="Endpoint">An OTLP collector; null for nowhere.</param>
/// <param name="IsGrpc">By gRPC; else by HTTP, <c>/v1/traces</c> and <c>/v1/metrics</c> below the endpoint.</param>
/// <param name="Traces">What becomes of messages whose publishers trace them.</param>
/// <param name="Metrics">Figures of the node.</param>
/// <param name="Interval">How often figures go out.</param>
public sealed record TelemetryOptions(Uri? Endpoint, bool IsGrpc, bool Traces, bool Metrics, TimeSpan Interval)
{
    /// <summary>Nothing goes anywhere.</summary>
    public static TelemetryOptions Off { get; } = new(null, IsGrpc: false, Traces: false, Metrics: false, TimeSpan.FromMinutes(1));

    /// <exception cref="StartupException">A value cannot be used; the message names its key.</exception>
    public static TelemetryOptions Read(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        const string Key = "actorbroker.telemetry.otlp-endpoint";
        var text = settings.TextIfAny(Key);
        if (text is not null && !(Uri.TryCreate(text, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"))
        {
            throw SettingReader.Expected(Key, text, "the address of a collector, such as http://127.0.0.1:4317");
        }

        return new TelemetryOptions(
            text is null ? null : new Uri(text),
            settings.OneOf("actorbroker.telemetry.protocol", ("grpc", true), ("http/protobuf", false)),
            settings.Switch("actorbroker.telemetry.traces"),
            settings.Switch("actorbroker.telemetry.metrics"),
            settings.Duration("actorbroker.telemetry.interval", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)));
    }
}
