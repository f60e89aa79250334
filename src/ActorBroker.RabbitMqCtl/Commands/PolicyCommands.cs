using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Arguments;
using ActorBroker.RabbitMqCtl.Formatting;
using ActorBroker.RabbitMqCtl.Invocation;
using ActorBroker.RabbitMqCtl.Terms;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>Policies, and those of operators.</summary>
internal static class PolicyCommands
{
    private const string Policies = "policies";
    private const string OperatorPolicies = "operator-policies";

    private static readonly Switch[] OfSetting = [new("priority", SwitchKind.Number), new("apply-to", SwitchKind.Text)];

    private static readonly (string, string)[] Explanations =
    [
        ("<name>", "policy name (identifier)"),
        ("<pattern>", "regular expression pattern that will be used to match queues, exchanges, etc"),
        ("<definition>", "policy definition (arguments). Must be a valid JSON document"),
        ("--priority <priority>", "policy priority"),
        ("--apply-to <queues | exchanges | all>", "policy should only apply to queues, exchanges, or all entities (both of the above)"),
    ];

    public static IEnumerable<Command> All =>
    [
        Set("set_policy", "Sets or updates a policy", "policy", Policies),
        Set("set_operator_policy", "Sets an operator policy that overrides a subset of arguments in user policies", "operator policy override", OperatorPolicies),
        Clear("clear_policy", "Clears (removes) a policy", "policy", Policies),
        Clear("clear_operator_policy", "Clears an operator policy", "operator policy", OperatorPolicies),
        List("list_policies", "Lists all policies in a virtual host", "policies", Policies),
        List("list_operator_policies", "Lists operator policy overrides for a virtual host", "operator policy overrides", OperatorPolicies),
    ];

    private static Command Set(string name, string description, string what, string kind) =>
        new(name, HelpSection.Policies, name + " [--vhost <vhost>] [--priority <priority>] [--apply-to <apply-to>] <name> <pattern> <definition>", description)
        {
            Takes = (3, 3),
            Switches = OfSetting,
            Explanations = Explanations,
            Banner = request =>
                $"Setting {what} \"{request.Arguments[0]}\" for pattern \"{request.Arguments[1]}\" to \"{request.Arguments[2]}\" with priority \"{request.Number("priority") ?? 0}\" for vhost \"{request.VirtualHost}\" ...",
            Run = request => SetAsync(request, kind),
        };

    private static Command Clear(string name, string description, string what, string kind) =>
        new(name, HelpSection.Policies, name + " [--vhost <vhost>] <name>", description)
        {
            Takes = (1, 1),
            Banner = request => $"Clearing {what} \"{request.Arguments[0]}\" on vhost \"{request.VirtualHost}\" ...",
            Run = async request => await request.RemoveAsync(ApiPath.Of(kind, request.VirtualHost, request.Arguments[0])).ConfigureAwait(false)
                ? new Outcome.Done()
                : throw CommandFailedException.Of(ExitCodes.Unavailable, "Parameter does not exist"),
        };

    private static Command List(string name, string description, string what, string kind) =>
        new(name, HelpSection.Policies, name + " [--vhost <vhost>] [--no-table-headers]", description)
        {
            HasTimeout = true,
            IsDiagnostics = true,
            Formatter = FormatterKind.Table,
            Banner = request => $"Listing {what} for vhost \"{request.VirtualHost}\" ...",
            Run = request => ListAsync(request, kind),
        };

    private static async Task<Outcome> SetAsync(Request request, string kind)
    {
        var body = new JsonObject
        {
            ["pattern"] = request.Arguments[1],
            ["definition"] = JsonArgument.ObjectOf(request.Arguments[2]),
            ["priority"] = request.Number("priority") ?? 0,
            ["apply-to"] = request.Text("apply-to") ?? "all",
        };
        await request.PutAsync(ApiPath.Of(kind, request.VirtualHost, request.Arguments[0]), body).ConfigureAwait(false);
        return new Outcome.Done();
    }

    // In the order in which RabbitMQ keeps it.
    private static string DefinitionOf(JsonNode definition) => TermJson.Write(definition is JsonObject members
        ? new JsonObject(members.OrderBy(static member => member.Key, StringComparer.Ordinal).Select(static member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())))
        : definition);

    private static async Task<Outcome> ListAsync(Request request, string kind)
    {
        var all = await request.ListAsync(ApiPath.Of(kind, request.VirtualHost)).ConfigureAwait(false);
        return new Outcome.Rows(
        [
            .. all.Select(static policy => new Row(
                ("vhost", Term.Of(policy!["vhost"])),
                ("name", Term.Of(policy["name"])),
                ("pattern", Term.Of(policy["pattern"])),
                ("apply-to", Term.Of(policy["apply-to"])),
                ("definition", Term.Of(DefinitionOf(policy["definition"]!))),
                ("priority", Term.Of(policy["priority"])))),
        ],
            IsWhole: true);
    }
}
