using ActorBroker.Contracts.Management;

namespace ActorBroker.Management.Metrics;

/// <summary>What is the same wherever it is asked, and so only told where it is asked for: virtual hosts and exchanges by name.</summary>
/// <param name="view">What there is.</param>
/// <param name="isWanted">Which virtual hosts are.</param>
internal sealed class ClusterMetrics(IManagementView view, Func<string, bool> isWanted)
{
    /// <summary>The families that are asked for.</summary>
    public async Task WriteAsync(MetricsText text, IReadOnlySet<string> families)
    {
        if (families.Contains("vhost_status"))
        {
            await WriteVirtualHostsAsync(text).ConfigureAwait(false);
        }

        if (families.Contains("exchange_names"))
        {
            await WriteExchangesAsync(
                text, "exchange_name", "Enumerates exchanges without any additional info. This value is cluster-wide", static _ => 1).ConfigureAwait(false);
        }

        if (families.Contains("exchange_bindings"))
        {
            var bindings = await view.ListBindingsAsync(virtualHost: null, CancellationToken.None).ConfigureAwait(false);
            var counts = bindings.CountBy(static binding => (binding.VirtualHost, binding.Source)).ToDictionary();
            await WriteExchangesAsync(
                text, "exchange_bindings", "Number of bindings for an exchange. This value is cluster-wide",
                exchange => counts.GetValueOrDefault((exchange.VirtualHost, exchange.Name))).ConfigureAwait(false);
        }
    }

    private async Task WriteVirtualHostsAsync(MetricsText text)
    {
        text.Begin("vhost_status", isCounter: false, "Whether a given vhost is running");
        foreach (var host in await view.ListVirtualHostsAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (isWanted(host.Name))
            {
                text.Sample("vhost_status", MetricsText.Labels(("vhost", host.Name)), 1);
            }
        }
    }

    // As RabbitMQ, without the default exchange and those that clients do not publish to.
    private async Task WriteExchangesAsync(MetricsText text, string name, string help, Func<ExchangeInfo, int> value)
    {
        text.Begin(name, isCounter: false, help);
        foreach (var exchange in await view.ListExchangesAsync(virtualHost: null, CancellationToken.None).ConfigureAwait(false))
        {
            if (exchange is { Name.Length: > 0, Definition.Internal: false } && isWanted(exchange.VirtualHost))
            {
                text.Sample(
                    name, MetricsText.Labels(("vhost", exchange.VirtualHost), ("exchange", exchange.Name), ("type", exchange.Definition.Type)), value(exchange));
            }
        }
    }
}
