using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ActorBroker.Server.Composition;

/// <summary>Sends figures and traces to a collector, as long as the process lives.</summary>
internal sealed class TelemetrySubsystem : IDisposable
{
    private const string TracesPath = "v1/traces";
    private const string MetricsPath = "v1/metrics";

    private readonly TracerProvider? _traces;
    private readonly MeterProvider? _metrics;

    private TelemetrySubsystem(TelemetryOptions options)
    {
        var resource = ResourceBuilder.CreateDefault().AddService(BrokerTraces.Name);
        _traces = options.Traces
            ? Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(BrokerTraces.Name)
                .AddOtlpExporter(exporter => Aim(exporter, options, TracesPath)).Build()
            : null;
        _metrics = options.Metrics
            ? Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(BrokerTraces.Name)
                .AddOtlpExporter((exporter, reader) =>
                {
                    Aim(exporter, options, MetricsPath);
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.Interval.TotalMilliseconds;
                }).Build()
            : null;
    }

    /// <summary>Null where the settings name no collector: nothing is loaded for it then.</summary>
    public static IDisposable? Start(TelemetryOptions options) => options.Endpoint is null ? null : new TelemetrySubsystem(options);

    /// <summary>Sends what is left.</summary>
    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private static void Aim(OtlpExporterOptions exporter, TelemetryOptions options, string path)
    {
        exporter.Protocol = options.IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = options.IsGrpc ? options.Endpoint! : new Uri($"{options.Endpoint!.AbsoluteUri.TrimEnd('/')}/{path}");
    }
}
