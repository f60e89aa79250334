using ActorBroker.CommandLine.Tests.Commands;
using Xunit;

namespace ActorBroker.CommandLine.Tests.RabbitMqCtl;

public sealed class UserCommandTests(BrokerFixture fixture) : CtlSpec(fixture)
{
    private const string Granting = "Done. Don't forget to grant the user permissions to some virtual hosts! See 'rabbitmqctl help set_permissions' to learn more.";

    [Fact]
    public async Task A_user_is_added_listed_changed_and_deleted()
    {
        var user = NewName("u");

        Assert.Equal($"Adding user \"{user}\" ...\n{Granting}\n", await OutputAsync("add_user", user, "secret"));
        Assert.Contains($"{user}\t[]", await LinesAsync("list_users"));
        Assert.Equal($"Setting tags for user \"{user}\" to [administrator, monitoring] ...\n", await OutputAsync("set_user_tags", user, "administrator", "monitoring"));
        Assert.Contains($"{user}\t[administrator, monitoring]", await LinesAsync("list_users"));
        Assert.StartsWith("Listing users ...\nuser\ttags\n", await OutputAsync("list_users"), StringComparison.Ordinal);
        Assert.Equal($"Authenticating user \"{user}\" ...\nSuccess\n", await OutputAsync("authenticate_user", user, "secret"));
        Assert.Equal($"Changing password for user \"{user}\" ...\n", await OutputAsync("change_password", user, "other"));
        await FailsAsync(65, Refused(user), "authenticate_user", user, "secret");
        Assert.Equal("Success\n", await OutputAsync("authenticate_user", user, "other", "-q"));
        Assert.Contains($"{user}\t[administrator, monitoring]", await LinesAsync("list_users"));
        Assert.Equal($"Clearing password for user \"{user}\" ...\n", await OutputAsync("clear_password", user));
        await FailsAsync(65, Refused(user), "authenticate_user", user, "other");
        Assert.Equal($"Deleting user \"{user}\" ...\n", await OutputAsync("delete_user", user));
        await FailsAsync(67, $"Error:\nUser \"{user}\" does not exist\n", "delete_user", user);
    }

    [Fact]
    public async Task A_user_without_a_tag_is_authenticated_though_the_api_is_not_for_it()
    {
        var user = NewName("u");
        await OutputAsync("add_user", user, "secret");

        Assert.Equal("Success\n", await OutputAsync("-q", "authenticate_user", user, "secret"));
    }

    [Fact]
    public async Task A_password_that_is_not_given_is_read_from_standard_input()
    {
        var user = NewName("u");

        var asked = await TryOnAsync("from a pipe\n", "add_user", user);
        Assert.Equal($"Adding user \"{user}\" ...\nPassword: \n{Granting}\n", asked.Output);
        Assert.Equal("Success\n", await OutputAsync("-q", "authenticate_user", user, "from a pipe"));
        Assert.Equal((0, ""), (await TryOnAsync("again", "-q", "change_password", user)) is var quiet ? (quiet.ExitCode, quiet.Output) : default);

        await FailsAsync(65, "Error:\nPassword is not provided via argument or stdin\n", "add_user", NewName("u"));
        await FailsAsync(70, "Error:\nPassword is not provided via argument or stdin\n", "change_password", user);
    }

    [Fact]
    public async Task What_is_wrong_with_a_user_is_said_in_words_and_in_json()
    {
        var user = NewName("u");
        await OutputAsync("add_user", user, "secret");

        await FailsAsync(70, $"Error:\nUser \"{user}\" already exists\n", "add_user", user, "secret");
        await FailsAsync(
            69, $$"""{"message":"User {{user}} already exists","node":"node@here","result":"error"}""" + "\n", "add_user", user, "secret", "--formatter", "json");
        await FailsAsync(67, "Error:\nUser \"nobody\" does not exist\n", "set_user_tags", "nobody", "management");
        await FailsAsync(67, "Error:\nUser \"nobody\" does not exist\n", "change_password", "nobody", "secret");
        await FailsAsync(69, "Error:\n{:no_such_user, \"nobody\"}\n", "clear_password", "nobody");
        await FailsAsync(69, """{"message":"User nobody does not exists","node":"node@here","result":"error"}""" + "\n", "delete_user", "nobody", "--formatter", "json");
    }

    [Fact]
    public async Task Done_is_said_in_json()
    {
        var user = NewName("u");

        Assert.Equal($$"""{"message":"{{Granting}}","node":"node@here","status":"ok"}""" + "\n", await OutputAsync("add_user", user, "secret", "--formatter", "json"));
        Assert.Equal("""{"node":"node@here","result":"ok"}""" + "\n", await OutputAsync("delete_user", user, "--formatter", "json"));
    }

    [Fact]
    public async Task Permissions_are_set_listed_and_cleared()
    {
        var host = await VirtualHostAsync();
        var user = NewName("u");
        await OutputAsync("add_user", user, "secret");

        Assert.Equal($"Setting permissions for user \"{user}\" in vhost \"{host}\" ...\n", await OutputAsync("set_permissions", "-p", host, user, "^a", "^b", "^c"));
        Assert.Equal(
            $"Listing permissions for vhost \"{host}\" ...\nuser\tconfigure\twrite\tread\nguest\t.*\t.*\t.*\n{user}\t^a\t^b\t^c\n",
            await OutputAsync("list_permissions", "--vhost", host));
        Assert.Equal(
            $"Listing permissions for user \"{user}\" ...\nvhost\tconfigure\twrite\tread\n{host}\t^a\t^b\t^c\n", await OutputAsync("list_user_permissions", user));
        await OutputAsync("clear_permissions", "-p", host, user);
        await OutputAsync("clear_permissions", "-p", host, user);
        Assert.Equal($"Listing permissions for user \"{user}\" ...\n\n", await OutputAsync("list_user_permissions", user));
        Assert.Equal("[]\n", await OutputAsync("list_user_permissions", user, "--formatter=json"));

        await FailsAsync(67, "Error:\nUser nobody does not exist\n", "set_permissions", "nobody", ".*", ".*", ".*");
        await FailsAsync(69, "Error:\nVirtual host nowhere does not exist\n", "set_permissions", "-p", "nowhere", user, ".*", ".*", ".*");
        await FailsAsync(65, "Virtual host 'nowhere' does not exist\n", "list_permissions", "-p", "nowhere");
        await FailsAsync(69, "Error:\n{:no_such_user, \"nobody\"}\n", "list_user_permissions", "nobody");
    }

    [Fact]
    public async Task Topic_permissions_are_set_listed_and_cleared()
    {
        var host = await VirtualHostAsync();
        var user = NewName("u");
        await OutputAsync("add_user", user, "secret");

        Assert.Equal(
            $"Setting topic permissions on \"amq.topic\" for user \"{user}\" in vhost \"{host}\" ...\n",
            await OutputAsync("set_topic_permissions", "-p", host, user, "amq.topic", "^w", "^r"));
        await OutputAsync("set_topic_permissions", "-p", host, user, "other", "^x", "^y");
        Assert.Equal([$"{user}\tamq.topic\t^w\t^r", $"{user}\tother\t^x\t^y"], await LinesAsync("list_topic_permissions", "-p", host));
        Assert.Equal(
            $"Listing topic permissions for user \"{user}\" ...\n{host}\tamq.topic\t^w\t^r\n{host}\tother\t^x\t^y\n",
            await OutputAsync("list_user_topic_permissions", user));
        await OutputAsync("clear_topic_permissions", "-p", host, user, "other");
        Assert.Equal([$"{user}\tamq.topic\t^w\t^r"], await LinesAsync("list_topic_permissions", "-p", host));
        await OutputAsync("clear_topic_permissions", "-p", host, user);
        Assert.Empty(await LinesAsync("list_topic_permissions", "-p", host));
    }

    private static string Refused(string user) => $"Error:\nError: failed to authenticate user \"{user}\"\nuser '{user}' - invalid credentials\n";
}
