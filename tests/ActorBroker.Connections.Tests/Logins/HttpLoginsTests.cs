using System.Net;
using ActorBroker.Connections.Logins;
using ActorBroker.Connections.Tests.Sessions;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Access;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Testing.Networks;
using Xunit;

namespace ActorBroker.Connections.Tests.Logins;

public sealed class HttpLoginsTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly HttpClient Client = new() { Timeout = Patience };

    private readonly ManualClock _clock = new();
    private readonly List<HttpStub> _services = [];

    private HttpStub Service => _services[^1];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_service_says_who_comes_in_and_what_tags_it_has(bool posts)
    {
        var logins = Logins((_, parameters) => parameters.Contains("password=right & true", StringComparison.Ordinal) ? "allow administrator management" : "deny", posts);

        Assert.Equal(["administrator", "management"], (await LoginAsync(logins, "right & true")).Identity!.Tags);
        Assert.Equal(RefusalReason.AccessRefused, (await LoginAsync(logins, "wrong")).Refusal!.Reason);
        Assert.Equal("/user?username=alice&password=wrong", Service.Requests[^1]);
    }

    [Theory]
    [InlineData("maybe")]
    [InlineData("")]
    public async Task Any_other_answer_is_none(string answer) =>
        Assert.Equal(RefusalReason.Unavailable, (await LoginAsync(Logins((_, _) => answer), "right")).Refusal!.Reason);

    [Fact]
    public async Task What_it_may_do_is_asked_once_for_a_while_in_RabbitMQ_s_words()
    {
        var authorization = (await LoginAsync(Logins((path, _) => path == "/topic" ? "deny not this one" : "allow"), "right")).Identity!.Authorization;
        var write = new ResourceAccess(AccessRight.Write, DestinationKind.Exchange, "/", "x");

        Assert.Equal(AccessDecision.Allowed, await DecidedAsync(decided => authorization.Enter("/", decided)));
        Assert.Equal(AccessDecision.Allowed, await DecidedAsync(decided => authorization.Decide(write, decided)));
        Assert.Equal(AccessDecision.Refused, await DecidedAsync(decided => authorization.Decide(new TopicAccess(AccessRight.Write, "/", "x", "a.b"), decided)));
        string[] asked =
        [
            "/user?username=alice&password=right",
            "/vhost?username=alice&vhost=/&ip=127.0.0.1&tags=",
            "/resource?username=alice&vhost=/&resource=exchange&name=x&permission=write&tags=",
            "/topic?username=alice&vhost=/&resource=topic&name=x&permission=write&routing_key=a.b&variable_map.username=alice&variable_map.vhost=/&tags=",
        ];
        Assert.Equal(asked, Service.Requests);

        var version = authorization.Version;
        Assert.Equal(AccessDecision.Allowed, authorization.Decide(write, Never));
        _clock.Advance(TimeSpan.FromSeconds(15));
        Assert.NotEqual(version, authorization.Version);
        Assert.Equal(AccessDecision.Allowed, await DecidedAsync(decided => authorization.Decide(write, decided)));
        Assert.Equal(asked.Length + 1, Service.Requests.Count);
    }

    [Fact]
    public async Task Those_who_ask_the_same_meanwhile_wait_for_one_answer()
    {
        using var release = new ManualResetEventSlim();
        var authorization = (await LoginAsync(
            Logins((path, _) =>
            {
                if (path == "/resource")
                {
                    release.Wait(Patience);
                }

                return "allow";
            }),
            "right")).Identity!.Authorization;
        var read = new ResourceAccess(AccessRight.Read, DestinationKind.Queue, "/", "q");
        var asking = Enumerable.Range(0, 5).Select(_ => DecidedAsync(decided => authorization.Decide(read, decided))).ToArray();
        release.Set();

        Assert.All(await Task.WhenAll(asking), static decision => Assert.Equal(AccessDecision.Allowed, decision));
        Assert.Equal(2, Service.Requests.Count);
    }

    [Fact]
    public async Task A_service_that_has_gone_refuses_for_a_moment()
    {
        var authorization = (await LoginAsync(Logins((_, _) => "allow"), "right")).Identity!.Authorization;
        await Service.DisposeAsync();
        Assert.Equal(AccessDecision.Refused, await DecidedAsync(decided => authorization.Enter("/", decided)));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }
    }

    private static void Never() => Assert.Fail("Answered at once.");

    private static async Task<AccessDecision> DecidedAsync(Func<Action, AccessDecision> ask)
    {
        while (true)
        {
            var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (ask(told.SetResult) is var decision and not AccessDecision.Pending)
            {
                return decision;
            }

            await told.Task.WaitAsync(Patience);
        }
    }

    private static Task<LoginResult> LoginAsync(HttpLogins logins, string password) => logins.LoginAsync(
        new LoginAttempt(new Credential.Password("alice", password), IPAddress.Loopback), CancellationToken.None);

    private HttpLogins Logins(Func<string, string, string> answer, bool posts = false)
    {
        _services.Add(new HttpStub(answer));
        var options = new HttpLoginOptions(
            new Uri(Service.Url, "user"), new Uri(Service.Url, "vhost"), new Uri(Service.Url, "resource"), new Uri(Service.Url, "topic"),
            posts, Patience, TimeSpan.FromSeconds(15), Authority: null);
        return new HttpLogins(options, new HttpQuestions(Client, posts), _clock);
    }
}
