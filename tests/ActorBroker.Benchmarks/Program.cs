using BenchmarkDotNet.Running;

// Someone waits for it: short, and in this process, as building another one takes longer than measuring. A --job of one's
// own brings the usual separation back.
string[] arguments = args.Contains("--job") || args.Contains("-j") ? args : [.. args, "--job", "short", "--inProcess"];
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(arguments);
