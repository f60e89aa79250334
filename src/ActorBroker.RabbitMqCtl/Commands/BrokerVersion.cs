using System.Reflection;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Invocation;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>The version of RabbitMQ that clients see, for scripts that decide by it.</summary>
internal static class BrokerVersion
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The broker's; the tool's own where none answers.</summary>
    public static async Task<string> OfAsync(Request request)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(request.Ended);
        limit.CancelAfter(Patience);
        try
        {
            var answer = await request.Client.GetAsync(ApiPath.Of("version"), limit.Token).ConfigureAwait(false);
            return (string?)answer ?? OfTool();
        }
        catch (Exception failure) when (failure is ApiException or ApiUnreachableException or OperationCanceledException)
        {
            return OfTool();
        }
    }

    private static string OfTool() => typeof(BrokerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
}
