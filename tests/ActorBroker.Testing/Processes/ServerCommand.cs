using System.Diagnostics;

namespace ActorBroker.Testing.Processes;

/// <summary>A command of the built server that ends by itself, such as <c>verify</c>.</summary>
public static class ServerCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            },
        };
        foreach (var argument in arguments.Prepend(BrokerProcess.ServerAssembly()))
        {
            process.StartInfo.ArgumentList.Add(argument);
        }

        process.Start();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Limit);
        await process.WaitForExitAsync().WaitAsync(Limit);
        return (process.ExitCode, output + await errors);
    }
}
