using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace ActorBroker.Benchmarks;

/// <summary>
/// Runs every benchmark a few times with each of its parameters and counts the bytes that one call allocates, which do not
/// depend on the machine as its times do.
/// </summary>
public static class AllocationCheck
{
    // Enough for lists and pools to have grown as far as they do.
    private const int WarmUpCalls = 200;
    private const int Calls = 100;
    private const int Rounds = 5;

    /// <summary>The file of recorded numbers, beside the program: lines of a benchmark's name and bytes.</summary>
    public static string RecordPath => Path.Combine(AppContext.BaseDirectory, "allocations.txt");

    /// <summary>Every benchmark with each of its parameters, by name: <c>Class.Method(Parameter=value)</c>.</summary>
    public static IReadOnlyDictionary<string, Func<long>> All { get; } = Find();

    /// <summary>The recorded numbers by name.</summary>
    public static IReadOnlyDictionary<string, long> Recorded() => File.ReadLines(RecordPath)
        .Where(static line => line.Length > 0 && !line.StartsWith('#'))
        .Select(static line => line.Split(' ', 2))
        .ToDictionary(static parts => parts[1], static parts => long.Parse(parts[0], CultureInfo.InvariantCulture));

    /// <summary>What a benchmark may allocate before it counts as more than recorded: other runtimes lay out a little differently.</summary>
    public static long LimitOf(long recorded) => recorded + (recorded / 50) + 16;

    private static SortedDictionary<string, Func<long>> Find()
    {
        var all = new SortedDictionary<string, Func<long>>(StringComparer.Ordinal);
        foreach (var type in typeof(AllocationCheck).Assembly.GetTypes().Where(static type => type.IsDefined(typeof(MemoryDiagnoserAttribute))))
        {
            var parameters = type.GetProperties().Where(static property => property.IsDefined(typeof(ParamsAttribute))).ToArray();
            var methods = type.GetMethods().Where(static method => method.IsDefined(typeof(BenchmarkAttribute)));
            foreach (var method in methods)
            {
                foreach (var values in ValuesOf(parameters, index: 0))
                {
                    all.Add(NameOf(type, method, values), () => Measure(type, method, values));
                }
            }
        }

        return all;
    }

    private static IEnumerable<(PropertyInfo Property, object? Value)[]> ValuesOf(PropertyInfo[] parameters, int index) =>
        index == parameters.Length
            ? [[]]
            : from value in parameters[index].GetCustomAttribute<ParamsAttribute>()!.Values
              from others in ValuesOf(parameters, index + 1)
              select (ValueTuple<PropertyInfo, object?>[])[(parameters[index], value), .. others];

    private static string NameOf(Type type, MethodInfo method, (PropertyInfo Property, object? Value)[] values) =>
        $"{type.Name}.{method.Name}({string.Join(", ", values.Select(static set => string.Create(CultureInfo.InvariantCulture, $"{set.Property.Name}={set.Value}")))})";

    private static long Measure(Type type, MethodInfo method, (PropertyInfo Property, object? Value)[] values)
    {
        var benchmarks = Activator.CreateInstance(type)!;
        foreach (var (property, value) in values)
        {
            property.SetValue(benchmarks, value);
        }

        Call<GlobalSetupAttribute>(benchmarks);
        try
        {
            return BytesPerCall(ActionOf(benchmarks, method));
        }
        finally
        {
            Call<GlobalCleanupAttribute>(benchmarks);
        }
    }

    private static void Call<TAttribute>(object benchmarks)
        where TAttribute : Attribute
    {
        foreach (var method in benchmarks.GetType().GetMethods().Where(static method => method.IsDefined(typeof(TAttribute))))
        {
            method.Invoke(benchmarks, null);
        }
    }

    // Reflection would box every result.
    private static Action ActionOf(object benchmarks, MethodInfo method)
    {
        var discard = typeof(AllocationCheck).GetMethod(nameof(Discard), BindingFlags.NonPublic | BindingFlags.Static)!;
        return (Action)discard.MakeGenericMethod(method.ReturnType).Invoke(null, [benchmarks, method])!;
    }

    private static Action Discard<TResult>(object benchmarks, MethodInfo method)
    {
        var run = method.CreateDelegate<Func<TResult>>(benchmarks);
        return () => run();
    }

    // At best of a few rounds: the runtime allocates a little of its own now and then, on whatever thread it meets.
    private static long BytesPerCall(Action run)
    {
        for (var call = 0; call < WarmUpCalls; call++)
        {
            run();
        }

        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var call = 0; call < Calls; call++)
            {
                run();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least / Calls;
    }
}
