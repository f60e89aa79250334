using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;
using ActorBroker.CommandLine.Output;

namespace ActorBroker.CommandLine.Access;

/// <summary><c>actorbroker vhosts</c>.</summary>
internal static class VirtualHostCommands
{
    public static Command Create(CommandBuilder commands)
    {
        var list = new ListOptions(
            "vhosts",
            Column.Text("name"), Column.Text("description"), Column.Text("tags"), Column.Text("default_queue_type", "queue type"), Column.Text("journal"), Column.Flag("tracing", "traced"),
            Column.Flag("protected_from_deletion", "protected"), Column.Count("messages_ready", "ready"), Column.Count("messages_unacknowledged", "unacked"));
        return CommandBuilder.Group(
            "vhosts", "Virtual hosts: list, add, delete, limit and trace.",
            list.Command(commands, "List virtual hosts.", static _ => ApiPath.Of("vhosts")),
            Add(commands),
            Delete(commands),
            LimitCommands.Create(commands, "virtual host", "vhost", "max-connections or max-queues"),
            Trace(commands));
    }

    private static Argument<string> Name() => new("vhost") { Description = "Its name." };

    private static Command Add(CommandBuilder commands)
    {
        var name = Name();
        var description = new Option<string?>("--description") { Description = "What it is for.", HelpName = "TEXT" };
        var tags = new Option<string?>("--tags") { Description = "Tags, with commas between them.", HelpName = "TAGS" };
        var type = new Option<string?>("--default-queue-type") { Description = "Type of queues that are declared without one.", HelpName = "TYPE" };
        var journal = new Option<string?>("--journal") { Description = "Which of the broker's journals keeps it, for good. [default: the main one]", HelpName = "NAME" };
        return commands.Leaf(
            "add", "Add a virtual host, or change what is said of one.",
            async context =>
            {
                var body = new JsonObject();
                body.SetIfGiven("description", context.Value(description));
                body.SetIfGiven("tags", context.Value(tags));
                body.SetIfGiven("default_queue_type", context.Value(type));
                body.SetIfGiven("journal", context.Value(journal));
                var isNew = await context.Api.PutAsync(ApiPath.Of("vhosts", context.Value(name)), body, context.Ended).ConfigureAwait(false);
                context.Result.Done($"virtual host '{context.Value(name)}' {(isNew ? "added" : "changed")}", new JsonObject { ["created"] = isNew });
            },
            name, description, tags, type, journal);
    }

    private static Command Delete(CommandBuilder commands)
    {
        var name = Name();
        return commands.Leaf(
            "delete", "Delete a virtual host with all that is in it; its connections are closed.",
            async context =>
            {
                await context.Api.DeleteAsync(ApiPath.Of("vhosts", context.Value(name)), cancelled: context.Ended).ConfigureAwait(false);
                context.Result.Done($"virtual host '{context.Value(name)}' deleted", new JsonObject { ["deleted"] = true });
            },
            name);
    }

    private static Command Trace(CommandBuilder commands)
    {
        var name = Name();
        var off = new Option<bool>("--off") { Description = "No longer." };
        return commands.Leaf(
            "trace", "Have copies of all messages of a virtual host published to its exchange amq.rabbitmq.trace.",
            async context =>
            {
                var isOn = !context.Value(off);

                // It is not to be made by being traced.
                await context.Api.GetAsync(ApiPath.Of("vhosts", context.Value(name)), context.Ended).ConfigureAwait(false);
                await context.Api.PutAsync(ApiPath.Of("vhosts", context.Value(name)), new JsonObject { ["tracing"] = isOn }, context.Ended).ConfigureAwait(false);
                context.Result.Done($"virtual host '{context.Value(name)}' is {(isOn ? "" : "no longer ")}traced", new JsonObject { ["tracing"] = isOn });
            },
            name, off);
    }
}
