using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ActorBroker.Interop.Tests.Fuzz;

/// <summary>What became of fuzzed requests, counted. For any thread.</summary>
internal sealed class HttpAnswers
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Operation, int Status), int> _counts = [];
    private readonly List<string> _failures = [];
    private (TimeSpan Time, string Operation) _slowest;

    /// <summary>Requests that failed within the broker, with their status.</summary>
    public IReadOnlyList<string> Failures
    {
        get
        {
            lock (_lock)
            {
                return [.. _failures];
            }
        }
    }

    /// <summary>All answers.</summary>
    public int Count => CountOf(static (_, _) => true);

    /// <summary>Answers of requests that an operation has dealt with: let in, and not without what they name.</summary>
    public int Handled => CountOf(static (_, status) => IsHandled(status));

    /// <summary>Answers of requests that have done something.</summary>
    public int Succeeded => CountOf(static (_, status) => status < 400);

    /// <summary>Of these operations, those that have dealt with no request.</summary>
    public IReadOnlyList<string> Missing(IEnumerable<(string Method, string Path)> operations)
    {
        lock (_lock)
        {
            var reached = _counts.Keys.Where(static key => IsHandled(key.Status)).Select(static key => key.Operation).ToHashSet();
            return [.. operations.Select(static operation => $"{operation.Method} {operation.Path}").Where(operation => !reached.Contains(operation))];
        }
    }

    /// <summary>Notes the answer of a request.</summary>
    /// <param name="request">As it was sent.</param>
    /// <param name="status">What was answered.</param>
    /// <param name="since">Timestamp of when it was waited for.</param>
    public void Add(FuzzedRequest request, int status, long since)
    {
        var time = Stopwatch.GetElapsedTime(since);
        lock (_lock)
        {
            _counts[(request.Operation, status)] = _counts.GetValueOrDefault((request.Operation, status)) + 1;
            if (IsFailure(request.Path, status))
            {
                _failures.Add($"{status}: {Encoding.UTF8.GetString(request.Bytes)}");
            }

            if (time > _slowest.Time)
            {
                _slowest = (time, request.Operation);
            }
        }
    }

    private int CountOf(Func<string, int, bool> isCounted)
    {
        lock (_lock)
        {
            return _counts.Where(one => isCounted(one.Key.Operation, one.Key.Status)).Sum(static one => one.Value);
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        lock (_lock)
        {
            var statuses = string.Join(", ", _counts.GroupBy(static one => one.Key.Status, static one => one.Value).OrderBy(static one => one.Key)
                .Select(static one => $"{one.Key}: {one.Sum()}"));
            return string.Create(CultureInfo.InvariantCulture, $"{statuses}; slowest {_slowest.Time.TotalSeconds:0.0} s ({_slowest.Operation})");
        }
    }

    // Checks of health say by 503 that something is not as it should be, and so does what has to wait for the end of a virtual
    // host that is being deleted, and a queue of another type than it is asked as.
    private static bool IsFailure(string path, int status) => status == 500
        || (status == 503 && !Array.Exists(["health", "/vhosts/", "definitions", "all-configuration", "queues/quorum/"], part => path.Contains(part, StringComparison.Ordinal)));

    private static bool IsHandled(int status) => status is not (401 or 404 or 405);
}
