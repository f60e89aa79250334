using ActorBroker.Contracts.Options;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Policies;
using Xunit;

namespace ActorBroker.Contracts.Tests.Options;

public sealed class BrokerOptionsSpec
{
    [Fact]
    public void The_shipped_values_are_those_that_clients_of_RabbitMQ_expect()
    {
        var options = Read();

        Assert.Equal(131072, options.Amqp091.FrameMax);
        Assert.Equal(2047, options.Amqp091.ChannelMax);
        Assert.Equal(TimeSpan.FromSeconds(60), options.Amqp091.Heartbeat);
        Assert.Equal(16 * 1024 * 1024, options.Amqp091.MaxMessageSize);
        Assert.Equal(new ListenerOptions("amqp", Enabled: true, "*", 5672), options.Listener("amqp"));
        Assert.Equal([ListenerOptions.Amqp, ListenerOptions.Http, ListenerOptions.Prometheus], options.Listeners.Where(listener => listener.Enabled).Select(listener => listener.Name));
        Assert.Equal(("guest", "guest", "/"), (options.Access.DefaultUser, options.Access.DefaultPassword, options.Access.DefaultVirtualHost));
        Assert.Equal(["guest"], options.Access.LoopbackUsers);
        Assert.Equal(JournalSync.Full, options.Journal.Sync);
        Assert.Equal(16384, options.Journal.PageSize);
    }

    [Theory]
    [InlineData("actorbroker.listeners.amqp.port=70000", "a whole number from 0 to 65535")]
    [InlineData("actorbroker.listeners.amqp.port=-1", "a whole number from 0 to 65535")]
    [InlineData("actorbroker.listeners.amqp.port=amqp", "a whole number from 0 to 65535")]
    [InlineData("actorbroker.listeners.amqp.enabled=maybe", "one of on, off, true, false, yes, no")]
    [InlineData("actorbroker.amqp091.frame-max=100", "a size from 4096 to 16777216 bytes, such as 65536, 64KiB or 16MiB")]
    [InlineData("actorbroker.amqp091.frame-max=4096 apples", "a size from 4096 to 16777216 bytes, such as 65536, 64KiB or 16MiB")]
    [InlineData("actorbroker.amqp091.heartbeat=1500ms", "whole seconds")]
    [InlineData("actorbroker.amqp091.heartbeat=60", "a duration from 0s to 65535s, such as 100ms, 10s or 5m")]
    [InlineData("actorbroker.amqp091.handshake-timeout=0s", "a duration from 100ms to 600s, such as 100ms, 10s or 5m")]
    [InlineData("actorbroker.access.loopback-users=guest", "a list such as [\"a\", \"b\"]")]
    [InlineData("actorbroker.access.default-user=", "a text that is not empty")]
    [InlineData("actorbroker.journal.sync=always", "one of full, normal")]
    [InlineData("actorbroker.journal.page-size=5000", "a power of two")]
    [InlineData("actorbroker.journal.file=../other.db", "a file name without a folder")]
    [InlineData("actorbroker.log.level=loud", "one of debug, info, warning, error")]
    [InlineData("actorbroker.log.level=[info]", "a single value")]
    public void A_bad_value_is_refused_with_its_key_and_what_was_expected(string setting, string expectation)
    {
        var failure = Assert.Throws<StartupException>(() => Read(setting));

        Assert.StartsWith(setting[..setting.IndexOf('=', StringComparison.Ordinal)], failure.Message, StringComparison.Ordinal);
        Assert.EndsWith($": expected {expectation}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_listener_that_this_version_cannot_serve_is_refused()
    {
        var failure = Assert.Throws<StartupException>(() => Read("actorbroker.listeners.mqtt.enabled=on"));

        Assert.Equal("actorbroker.listeners.mqtt.enabled = on: this version serves amqp, amqps, http, https, prometheus only", failure.Message);
    }

    [Theory]
    [InlineData("65536", 65536)]
    [InlineData("64KiB", 65536)]
    [InlineData("64 kib", 65536)]
    [InlineData("1MB", 1000000)]
    [InlineData("0.5MiB", 524288)]
    public void Sizes_are_read_with_their_unit(string text, long bytes)
    {
        Assert.Equal(bytes, Read($"actorbroker.amqp091.publish-window={text}").Amqp091.PublishWindow);
    }

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("2s", 2000)]
    [InlineData("0.5m", 30000)]
    public void Durations_are_read_with_their_unit(string text, double milliseconds)
    {
        Assert.Equal(milliseconds, Read($"actorbroker.queue.settle-flush-interval={text}").Queue.SettleFlushInterval.TotalMilliseconds);
    }

    [Fact]
    public void The_password_is_not_part_of_the_printed_options()
    {
        Assert.DoesNotContain("hidden", Read("actorbroker.access.default-pass=hidden").ToString(), StringComparison.Ordinal);
    }

    private static BrokerOptions Read(params string[] settings) =>
        BrokerOptions.Read(BrokerConfiguration.Load(BrokerConfiguration.Embedded, null, settings));

    [Fact]
    public void Policies_are_read_with_numbers_where_their_keys_take_numbers()
    {
        var options = BrokerOptions.Read(BrokerConfiguration.Load(BrokerConfiguration.Embedded, null,
        [
            "actorbroker.policies=[{ name = a, pattern = \"^a\\\\.\", apply-to = queues, priority = 3, definition { message-ttl = 10, dead-letter-exchange = 5 } }]",
            "actorbroker.operator-policies=[{ vhost = v, name = b, pattern = b, definition { max-length = 7 } }]",
        ]));
        Assert.Equal(
            [
                new PolicyOptions("/", new Policy(
                    "a", false, @"^a\.", PolicyTarget.Queues, 3,
                    ArgumentTable.Of(("message-ttl", ArgumentValue.FromInt64(10)), ("dead-letter-exchange", ArgumentValue.FromString("5"))))),
                new PolicyOptions("v", new Policy("b", true, "b", PolicyTarget.All, 0, ArgumentTable.Of(("max-length", ArgumentValue.FromInt64(7))))),
            ],
            options.Policies);
    }

    [Fact]
    public void No_virtual_host_is_traced_unless_it_is_listed()
    {
        Assert.Empty(Read().TracedVirtualHosts);
        Assert.Equal(["/", "v"], Read("actorbroker.traced-virtual-hosts=[\"/\", v]").TracedVirtualHosts);
    }

    [Fact]
    public void Limits_are_read_and_what_is_left_out_or_negative_is_no_limit()
    {
        var options = BrokerOptions.Read(BrokerConfiguration.Load(BrokerConfiguration.Embedded, null,
        [
            "actorbroker.limits=[{ max-connections = 3, max-queues = 0 }, { vhost = v, max-queues = -1 }, { user = u, max-connections = 1, max-channels = 7 }]",
        ]));
        Assert.Equal(
            [new LimitOptions("/", null, 3, 0, null), new LimitOptions("v", null, null, null, null), new LimitOptions(null, "u", 1, null, 7)],
            options.Limits);
    }

    [Theory]
    [InlineData("[{ vhost = v, max-channels = 1 }]", "max-channels")]
    [InlineData("[{ user = u, max-queues = 1 }]", "max-queues")]
    [InlineData("[{ user = u, vhost = v, max-connections = 1 }]", "vhost")]
    [InlineData("[{ max-queues = many }]", "max-queues = many")]
    public void A_limit_that_cannot_be_set_is_refused_at_start(string limits, string what)
    {
        var failure = Assert.Throws<StartupException>(() => BrokerOptions.Read(BrokerConfiguration.Load(BrokerConfiguration.Embedded, null, [$"actorbroker.limits={limits}"])));
        Assert.Contains("actorbroker.limits[0]", failure.Message, StringComparison.Ordinal);
        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[{ name = a, pattern = a, definition { max-length = -1 } }]", "-1 is not a valid maximum length")]
    [InlineData("[{ name = a, pattern = a, apply-to = nothing, definition { max-length = 1 } }]", "apply-to = nothing")]
    [InlineData("[{ name = a, pattern = a, priority = high, definition { max-length = 1 } }]", "priority = high")]
    [InlineData("[{ name = a, patern = a, definition { max-length = 1 } }]", "patern")]
    [InlineData("[a]", "a list such as")]
    [InlineData("a", "a list such as")]
    public void A_policy_that_cannot_be_set_is_refused_at_start(string policies, string what)
    {
        var failure = Assert.Throws<StartupException>(() => BrokerOptions.Read(BrokerConfiguration.Load(BrokerConfiguration.Embedded, null, [$"actorbroker.policies={policies}"])));
        Assert.Contains("actorbroker.policies", failure.Message, StringComparison.Ordinal);
        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
    }
}
