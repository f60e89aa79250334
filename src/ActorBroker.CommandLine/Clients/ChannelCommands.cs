using System.CommandLine;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;
using ActorBroker.CommandLine.Output;

namespace ActorBroker.CommandLine.Clients;

/// <summary><c>actorbroker channels</c> and <c>actorbroker consumers</c>.</summary>
internal static class ChannelCommands
{
    public static Command Create(CommandBuilder commands)
    {
        var list = new ListOptions(
            "channels",
            Column.Text("name"), Column.Text("vhost"), Column.Text("user"), Column.Text("state"), Column.Flag("confirm"), Column.Flag("transactional"),
            Column.Count("consumer_count", "consumers"), Column.Count("prefetch_count", "prefetch"), Column.Count("messages_unacknowledged", "unacked"),
            Column.Count("messages_unconfirmed", "unconfirmed"), Column.Rate("message_stats.publish_details.rate", "in/s"),
            Column.Rate("message_stats.deliver_get_details.rate", "out/s"));
        return CommandBuilder.Group(
            "channels", "Channels of connections: list.",
            list.Command(
                commands, "List channels.",
                static context => context.GivenVirtualHost is { } host ? ApiPath.Of("vhosts", host, "channels") : ApiPath.Of("channels"), commands.VirtualHost));
    }

    public static Command CreateConsumers(CommandBuilder commands)
    {
        var list = new ListOptions(
            "consumers",
            Column.Text("queue.vhost", "vhost"), Column.Text("queue.name", "queue"), Column.Text("consumer_tag", "tag"), Column.Text("channel_details.name", "channel"),
            Column.Text("channel_details.user", "user"), Column.Flag("ack_required", "acknowledges"), Column.Flag("exclusive"), Column.Count("prefetch_count", "prefetch"),
            Column.Text("activity_status", "status"), Column.Text("arguments"));
        return CommandBuilder.Group(
            "consumers", "Consumers of queues: list.",
            list.Command(commands, "List consumers.", static context => context.ListOf("consumers"), commands.VirtualHost));
    }
}
