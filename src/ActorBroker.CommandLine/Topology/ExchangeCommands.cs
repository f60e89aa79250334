using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;
using ActorBroker.CommandLine.Output;

namespace ActorBroker.CommandLine.Topology;

/// <summary><c>actorbroker exchanges</c>.</summary>
internal static class ExchangeCommands
{
    public static Command Create(CommandBuilder commands)
    {
        var list = new ListOptions(
            "exchanges",
            Column.Text("vhost"), Column.Text("name"), Column.Text("type"), Column.Flag("durable"), Column.Flag("auto_delete", "auto-delete"), Column.Flag("internal"),
            Column.Text("arguments"), Column.Text("policy"), Column.Rate("message_stats.publish_in_details.rate", "in/s"),
            Column.Rate("message_stats.publish_out_details.rate", "out/s"));
        return CommandBuilder.Group(
            "exchanges", "Exchanges: list, declare and delete.",
            list.Command(commands, "List exchanges.", static context => context.ListOf("exchanges"), commands.VirtualHost),
            Declare(commands),
            Delete(commands));
    }

    private static Argument<string> Name() => new("exchange") { Description = "Its name." };

    private static ApiPath PathOf(CommandContext context, string exchange) => ApiPath.Of("exchanges", context.VirtualHost, exchange);

    private static Command Declare(CommandBuilder commands)
    {
        var name = Name();
        var type = new Option<string>("--type") { Description = "direct, fanout, topic, headers, or another.", HelpName = "TYPE", DefaultValueFactory = static _ => "direct" };
        var transient = new Option<bool>("--transient") { Description = "It need not outlive a restart." };
        var autoDelete = new Option<bool>("--auto-delete") { Description = "It goes with its last binding." };
        var isInternal = new Option<bool>("--internal") { Description = "Only other exchanges publish to it." };
        var arguments = new Option<string[]>("--argument", "-a")
        {
            Description = "An argument such as alternate-exchange=others; may be repeated.",
            HelpName = "NAME=VALUE",
        };
        return commands.Leaf(
            "declare", "Declare an exchange, durable unless told otherwise.",
            async context =>
            {
                var body = new JsonObject
                {
                    ["type"] = context.Value(type),
                    ["durable"] = !context.Value(transient),
                    ["auto_delete"] = context.Value(autoDelete),
                    ["internal"] = context.Value(isInternal),
                    ["arguments"] = GivenPairs.ObjectOf(arguments.Name, context.Value(arguments)),
                };
                var isNew = await context.Api.PutAsync(PathOf(context, context.Value(name)), body, context.Ended).ConfigureAwait(false);
                context.Result.Done(
                    $"exchange '{context.Value(name)}' {(isNew ? "declared" : "was there already, declared alike")}", new JsonObject { ["created"] = isNew });
            },
            name, type, transient, autoDelete, isInternal, arguments, commands.VirtualHost);
    }

    private static Command Delete(CommandBuilder commands)
    {
        var name = Name();
        var ifUnused = new Option<bool>("--if-unused") { Description = "Only when nothing is bound to it." };
        return commands.Leaf(
            "delete", "Delete an exchange with its bindings.",
            async context =>
            {
                var path = PathOf(context, context.Value(name)).Where("if-unused", context.Value(ifUnused) ? "true" : null);
                await context.Api.DeleteAsync(path, cancelled: context.Ended).ConfigureAwait(false);
                context.Result.Done($"exchange '{context.Value(name)}' deleted", new JsonObject { ["deleted"] = true });
            },
            name, ifUnused, commands.VirtualHost);
    }
}
