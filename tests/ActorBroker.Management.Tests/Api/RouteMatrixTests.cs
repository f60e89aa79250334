using System.Net;
using ActorBroker.Management.Http;
using Xunit;

namespace ActorBroker.Management.Tests.Api;

/// <summary>Every operation of the API against users with and without each right to it.</summary>
public sealed class RouteMatrixTests(ApiFixture fixture) : ApiSpec(fixture)
{
    private static readonly string[] Tags = ["management", "policymaker", "monitoring", "administrator"];

    // Paths whose values are of their own kinds.
    private static readonly Dictionary<string, string> Values = new(StringComparer.Ordinal)
    {
        ["dtype"] = "q", ["protocol"] = "amqp", ["component"] = "operator_policy", ["name"] = "max-queues",
    };

    [Fact]
    public async Task Whoever_may_not_use_an_operation_is_refused_and_whoever_may_is_not()
    {
        var (mine, foreign) = (await VirtualHostAsync(), await VirtualHostAsync());
        var users = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in Tags)
        {
            users[tag] = await UserAsync(tag);
            await PermitAsync(users[tag], mine);
        }

        List<string> wrong = [];
        foreach (var route in ApiTable.Create().Routes.Where(static route => route.Method == "GET"))
        {
            foreach (var host in (string[])[mine, foreign])
            {
                foreach (var tag in Tags)
                {
                    var answer = await SendAsync(HttpMethod.Get, PathOf(route, host), null, users[tag]);
                    var isLetIn = answer.Status != HttpStatusCode.Unauthorized;
                    if (isLetIn != IsAllowed(route, tag, host == mine) || answer.Status == HttpStatusCode.InternalServerError)
                    {
                        wrong.Add($"{tag} {route.Template} {(host == mine ? "mine" : "foreign")}: {answer.Status} {answer.Text}");
                    }
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Nothing_is_changed_by_whoever_may_not()
    {
        var foreign = await VirtualHostAsync();
        var user = await UserAsync("management");
        List<string> wrong = [];
        foreach (var route in ApiTable.Create().Routes.Where(static route => route.Method != "GET" && (route.IsWithinVirtualHost || route.Access == ApiAccess.Administrator)))
        {
            var answer = await SendAsync(new HttpMethod(route.Method), PathOf(route, foreign), "{}", user);
            if (answer.Status != HttpStatusCode.Unauthorized)
            {
                wrong.Add($"{route.Method} {route.Template}: {answer.Status} {answer.Text}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task What_a_path_does_not_do_is_said_by_what_it_does()
    {
        foreach (var path in ApiTable.Create().Routes.GroupBy(static route => route.Template))
        {
            var answer = await SendAsync(HttpMethod.Patch, PathOf(path.First(), "x"), null, user: null);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.Status);
        }
    }

    private static bool IsAllowed(ApiRoute route, string tag, bool isMine)
    {
        var isAdministrator = tag == "administrator";
        var mayEnter = isMine || !route.IsWithinVirtualHost || isAdministrator;
        return route.Access switch
        {
            ApiAccess.Administrator => isAdministrator,
            ApiAccess.Monitor => isAdministrator || tag == "monitoring",
            ApiAccess.PolicyMaker => isAdministrator || (tag == "policymaker" && mayEnter),
            ApiAccess.GlobalPolicyMaker => isAdministrator || tag == "policymaker",
            ApiAccess.Viewer => mayEnter || tag == "monitoring",
            _ => mayEnter && (isMine || !IsOfMessages(route)),
        };
    }

    // Administrators may do everything to a virtual host, but its messages are for those who may enter it.
    private static bool IsOfMessages(ApiRoute route) =>
        route.Segments.Any(static segment => segment is "history" or "replays" or "messages" or "aliveness-test");

    private static string PathOf(ApiRoute route, string host) => string.Join('/', route.Segments.Select(segment =>
        !ApiRoute.IsValue(segment) ? segment
        : segment == "{vhost}" ? host
        : Values.GetValueOrDefault(segment[1..^1], "some")));
}
