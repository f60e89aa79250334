using BenchmarkDotNet.Running;

// Short unless told otherwise: someone waits for it.
string[] arguments = args.Contains("--job") || args.Contains("-j") ? args : [.. args, "--job", "short"];
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(arguments);
