using System.Net;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Access;
using ActorBroker.Core.Names;

namespace ActorBroker.Connections.Logins;

/// <summary>
/// Decides what one user may do by asking a service by HTTP, and remembers the answers for a while. A service that does not
/// answer refuses, which is not remembered for longer than <see cref="FailureKept"/>.
/// </summary>
/// <param name="user">The user.</param>
/// <param name="tags">Its tags, which are told to the service.</param>
/// <param name="address">Where it is, which is told to the service.</param>
/// <param name="options">Where the service is, and how long its answers hold.</param>
/// <param name="questions">Asks it.</param>
/// <param name="clock">Elapsed time.</param>
public sealed class HttpAuthorization(
    string user, IReadOnlyList<string> tags, IPAddress address, HttpLoginOptions options, HttpQuestions questions, TimeProvider clock) : IAuthorization
{
    /// <summary>How long a question that was not answered counts as refused.</summary>
    public static readonly TimeSpan FailureKept = TimeSpan.FromSeconds(1);

    // A client that makes names up is not to fill the memory with answers.
    private const int AnswersMax = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<object, Answer> _answers = [];
    private readonly string _tags = string.Join(' ', tags);

    /// <summary>Another one whenever an answer's time may be over.</summary>
    public long Version => clock.GetTimestamp() / Math.Max(1, (long)(options.CacheFor.TotalSeconds * clock.TimestampFrequency));

    /// <inheritdoc/>
    public AccessDecision Enter(string virtualHost, Action decided) =>
        Decide(virtualHost, options.VirtualHostUrl, () => [new("vhost", virtualHost), new("ip", address.ToString())], decided);

    /// <inheritdoc/>
    public AccessDecision Decide(in ResourceAccess access, Action decided)
    {
        var asked = access;
        return Decide(
            asked,
            options.ResourceUrl,
            () =>
            [
                new("vhost", asked.VirtualHost),
                new("resource", asked.Kind == DestinationKind.Queue ? "queue" : "exchange"),
                new("name", asked.Name),
                new("permission", Word(asked.Right)),
            ],
            decided);
    }

    /// <inheritdoc/>
    public AccessDecision Decide(in TopicAccess access, Action decided)
    {
        var asked = access;
        return Decide(
            asked,
            options.TopicUrl,
            () =>
            [
                new("vhost", asked.VirtualHost),
                new("resource", "topic"),
                new("name", asked.Exchange),
                new("permission", Word(asked.Right)),
                new("routing_key", asked.RoutingKey),
                new("variable_map.username", user),
                new("variable_map.vhost", asked.VirtualHost),
            ],
            decided);
    }

    private static string Word(AccessRight right) => right switch
    {
        AccessRight.Configure => "configure",
        AccessRight.Write => "write",
        _ => "read",
    };

    private AccessDecision Decide(object question, Uri url, Func<KeyValuePair<string, string>[]> parameters, Action decided)
    {
        Answer answer;
        lock (_lock)
        {
            if (_answers.TryGetValue(question, out var known) && (known.Waiting is not null || clock.GetElapsedTime(known.At) < known.HoldsFor))
            {
                known.Waiting?.Add(decided);
                return known.Decision;
            }

            if (_answers.Count >= AnswersMax)
            {
                Forget();
            }

            answer = new Answer { Waiting = [decided] };
            _answers[question] = answer;
        }

        _ = AskAsync(answer, url, parameters());
        return AccessDecision.Pending;
    }

    private async Task AskAsync(Answer answer, Uri url, KeyValuePair<string, string>[] parameters)
    {
        var (decision, holdsFor) = (AccessDecision.Refused, FailureKept);
        try
        {
            KeyValuePair<string, string>[] all = [new("username", user), .. parameters, new("tags", _tags)];
            var allowed = await questions.AskAsync(url, all, CancellationToken.None).ConfigureAwait(false);
            (decision, holdsFor) = (allowed is null ? AccessDecision.Refused : AccessDecision.Allowed, options.CacheFor);
        }
        catch (HttpRequestException)
        {
            // Nobody knows: refused, for a moment.
        }

        List<Action> waiting;
        lock (_lock)
        {
            waiting = answer.Waiting!;
            (answer.Waiting, answer.Decision, answer.HoldsFor, answer.At) = (null, decision, holdsFor, clock.GetTimestamp());
        }

        foreach (var decided in waiting)
        {
            decided();
        }
    }

    private void Forget()
    {
        foreach (var (question, _) in _answers.Where(static known => known.Value.Waiting is null).ToArray())
        {
            _answers.Remove(question);
        }
    }

    private sealed class Answer
    {
        public AccessDecision Decision { get; set; }

        public List<Action>? Waiting { get; set; }

        public long At { get; set; }

        public TimeSpan HoldsFor { get; set; }
    }
}
