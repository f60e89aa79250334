using ActorBroker.Benchmarks;
using BenchmarkDotNet.Running;

// What each benchmark allocates, in the form of allocations.txt: bytes a call, and its name.
if (args is ["--allocations"])
{
    foreach (var (name, measure) in AllocationCheck.All)
    {
        Console.WriteLine($"{measure()} {name}");
    }

    return;
}

// Someone waits for it: short, and in this process, as building another one takes longer than measuring. A --job of one's
// own brings the usual separation back.
string[] arguments = args.Contains("--job") || args.Contains("-j") ? args : [.. args, "--job", "short", "--inProcess"];
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(arguments);
