using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;
using ActorBroker.CommandLine.Output;

namespace ActorBroker.CommandLine.Topology;

/// <summary><c>actorbroker queues</c>.</summary>
internal static class QueueCommands
{
    private static readonly Column[] Details =
    [
        Column.Text("name"), Column.Text("vhost"), Column.Text("type"), Column.Text("state"), Column.Text("node"), Column.Flag("durable"),
        Column.Flag("exclusive"), Column.Flag("auto_delete"), Column.Text("arguments"), Column.Text("policy"), Column.Text("operator_policy"),
        Column.Text("effective_policy_definition", "policy in effect"), Column.Count("messages"), Column.Count("messages_ready", "ready"),
        Column.Count("messages_unacknowledged", "unacknowledged"), Column.Bytes("message_bytes", "size"), Column.Bytes("memory", "in memory"),
        Column.Count("consumers"), Column.Rate("message_stats.publish_details.rate", "in/s"), Column.Rate("message_stats.deliver_get_details.rate", "out/s"),
        Column.Rate("message_stats.ack_details.rate", "acknowledged/s"), Column.Text("idle_since", "idle since"),
    ];

    public static Command Create(CommandBuilder commands)
    {
        var list = new ListOptions(
            "queues",
            Column.Text("vhost"), Column.Text("name"), Column.Text("type"), Column.Text("state"), Column.Count("messages_ready", "ready"),
            Column.Count("messages_unacknowledged", "unacked"), Column.Bytes("message_bytes", "size"), Column.Count("consumers"),
            Column.Rate("message_stats.publish_details.rate", "in/s"), Column.Rate("message_stats.deliver_get_details.rate", "out/s"), Column.Text("policy"));
        return CommandBuilder.Group(
            "queues", "Queues: list, declare, delete, purge and move.",
            list.Command(commands, "List queues.", static context => context.ListOf("queues"), commands.VirtualHost),
            Show(commands),
            Declare(commands),
            Delete(commands),
            Purge(commands),
            MoveMessages(commands));
    }

    private static Argument<string> Name() => new("queue") { Description = "Its name." };

    private static ApiPath PathOf(CommandContext context, string queue) => ApiPath.Of("queues", context.VirtualHost, queue);

    private static Command Show(CommandBuilder commands)
    {
        var name = Name();
        return commands.Leaf(
            "show", "Show a queue.",
            async context =>
            {
                var queue = await context.Api.GetAsync(PathOf(context, context.Value(name)), context.Ended).ConfigureAwait(false);
                context.Result.Item(queue as JsonObject ?? [], Details);
            },
            name, commands.VirtualHost);
    }

    private static Command Declare(CommandBuilder commands)
    {
        var name = Name();
        var type = new Option<string?>("--type") { Description = "classic, quorum or stream. [default: the virtual host's]", HelpName = "TYPE" };
        var transient = new Option<bool>("--transient") { Description = "It need not outlive a restart." };
        var autoDelete = new Option<bool>("--auto-delete") { Description = "It goes with its last consumer." };
        var arguments = new Option<string[]>("--argument", "-a") { Description = "An argument such as x-max-length=1000; may be repeated.", HelpName = "NAME=VALUE" };
        return commands.Leaf(
            "declare", "Declare a queue, durable unless told otherwise.",
            async context =>
            {
                var given = GivenPairs.ObjectOf(arguments.Name, context.Value(arguments));
                if (context.Value(type) is { } word)
                {
                    given["x-queue-type"] = word;
                }

                var body = new JsonObject { ["durable"] = !context.Value(transient), ["auto_delete"] = context.Value(autoDelete), ["arguments"] = given };
                var isNew = await context.Api.PutAsync(PathOf(context, context.Value(name)), body, context.Ended).ConfigureAwait(false);
                context.Result.Done(
                    $"queue '{context.Value(name)}' {(isNew ? "declared" : "was there already, declared alike")}", new JsonObject { ["created"] = isNew });
            },
            name, type, transient, autoDelete, arguments, commands.VirtualHost);
    }

    private static Command Delete(CommandBuilder commands)
    {
        var name = Name();
        var ifEmpty = new Option<bool>("--if-empty") { Description = "Only when it holds no messages." };
        var ifUnused = new Option<bool>("--if-unused") { Description = "Only when it has no consumers." };
        return commands.Leaf(
            "delete", "Delete a queue with all that is in it.",
            async context =>
            {
                var path = PathOf(context, context.Value(name))
                    .Where("if-empty", context.Value(ifEmpty) ? "true" : null)
                    .Where("if-unused", context.Value(ifUnused) ? "true" : null);
                await context.Api.DeleteAsync(path, cancelled: context.Ended).ConfigureAwait(false);
                context.Result.Done($"queue '{context.Value(name)}' deleted", new JsonObject { ["deleted"] = true });
            },
            name, ifEmpty, ifUnused, commands.VirtualHost);
    }

    private static Command Purge(CommandBuilder commands)
    {
        var name = Name();
        return commands.Leaf(
            "purge", "Take the messages that wait in a queue away.",
            async context =>
            {
                await context.Api.DeleteAsync(PathOf(context, context.Value(name)).Then("contents"), cancelled: context.Ended).ConfigureAwait(false);
                context.Result.Done($"queue '{context.Value(name)}' purged", new JsonObject { ["purged"] = true });
            },
            name, commands.VirtualHost);
    }

    private static Command MoveMessages(CommandBuilder commands)
    {
        var name = Name();
        var to = new Argument<string>("to") { Description = "The queue that gets the messages, or the exchange." };
        var toExchange = new Option<bool>("--to-exchange") { Description = "Publish them to an exchange of that name." };
        var key = new Option<string?>("--key") { Description = "Routing key there. [default: each message's own]", HelpName = "KEY" };
        var count = new Option<long?>("--count") { Description = "How many at most. [default: all that wait]", HelpName = "N" };
        return commands.Leaf(
            "move", "Move the messages that wait in a queue to another, one by one; none is lost when it is interrupted.",
            async context =>
            {
                var body = new JsonObject { ["destination"] = context.Value(to), ["destination_type"] = context.Value(toExchange) ? "exchange" : "queue" };
                body.SetIfGiven("routing_key", context.Value(key));
                if (context.Value(count) is { } most)
                {
                    body["count"] = most;
                }

                var moved = await context.Api.PostAsync(PathOf(context, context.Value(name)).Then("move"), body, context.Ended).ConfigureAwait(false) as JsonObject ?? [];
                context.Result.Done($"{moved["moved"]} messages moved", moved);
            },
            name, to, toExchange, key, count, commands.VirtualHost);
    }
}
