using System.Net;
using ActorBroker.Contracts.Options;
using ActorBroker.Management.Nodes;
using Xunit;

namespace ActorBroker.Management.Tests.Api;

/// <summary>The configuration that a node has, as an operator is told it.</summary>
public sealed class ConfigurationTests(ApiFixture fixture) : ApiSpec(fixture)
{
    private static readonly string[] Telling = ["pass", "secret", "token", "credential", "connection", "private"];

    [Fact]
    public async Task An_administrator_is_told_every_setting_and_nobody_else_is()
    {
        var told = (await GetAsync("config/effective")).Json.AsObject();

        Assert.Equal("guest", (string?)told["actorbroker.access.default-user"]);
        Assert.Equal(EffectiveConfiguration.Secret, (string?)told["actorbroker.access.default-pass"]);
        Assert.Equal("guest", (string?)Assert.Single(told["actorbroker.access.loopback-users"]!.AsArray()));
        Assert.NotEmpty((string)told["actorbroker.data.directory"]!);
        var keys = SettingKeys.In(BrokerConfiguration.Shipped(BrokerConfiguration.Test));
        Assert.Equal(keys.Order(StringComparer.Ordinal), told.Select(static setting => setting.Key).Where(keys.Contains));
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync("config/effective", await UserAsync("monitoring"))).Status);
    }

    [Fact]
    public void No_password_is_told_wherever_it_stands()
    {
        string[] settings =
        [
            "actorbroker.access.default-pass=hidden", "actorbroker.tls.password=hidden", "actorbroker.cluster.tls.password=hidden",
            "actorbroker.tls.server-names=[{ name = a, certificate = a.pfx, password = hidden }]",
            "actorbroker.journal.connection-string=Host=db,db2;Username=u;PassWord=hidden;PWD=hidden;SSL Password=hidden;Database=d;Passfile=/hidden",
            "actorbroker.journals.more.connection-string=Host=other;Password=\"hid;den\"",
            "actorbroker.login.http.user-url=http://u:hidden@host:99/path?key=hidden#hidden", "actorbroker.telemetry.otlp-endpoint=https://hidden@host/",
        ];
        var config = BrokerConfiguration.Load(BrokerConfiguration.Embedded, null, settings);

        var told = EffectiveConfiguration.Of(config, BrokerOptions.Read(BrokerConfiguration.Shipped(BrokerConfiguration.Embedded)));

        Assert.DoesNotContain("hid", told.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("host=db,db2;database=d;username=u", (string?)told["actorbroker.journal.connection-string"]);
        Assert.Equal("host=other", (string?)told["actorbroker.journals.more.connection-string"]);
        Assert.Equal("http://host:99/path", (string?)told["actorbroker.login.http.user-url"]);
        Assert.Equal(EffectiveConfiguration.Secret, (string?)told["actorbroker.tls.server-names"]![0]!["password"]);
    }

    [Fact]
    public void What_is_no_connection_string_is_not_told_at_all()
    {
        var config = BrokerConfiguration.With(BrokerConfiguration.Shipped(BrokerConfiguration.Embedded), "actorbroker.journal.connection-string=hidden");

        var told = EffectiveConfiguration.Of(config, BrokerOptions.Read(BrokerConfiguration.Shipped(BrokerConfiguration.Embedded)));

        Assert.Equal(EffectiveConfiguration.Secret, (string?)told["actorbroker.journal.connection-string"]);
    }

    // A setting that comes to be and whose name says that it is secret is to be among those that are hidden.
    [Fact]
    public void Settings_whose_names_say_that_they_are_secret_are_hidden()
    {
        string[] harmless =
        [
            "actorbroker.access.password-hashing", "actorbroker.journal.connections", "actorbroker.amqp091.max-connections", "actorbroker.queue.passivate-after",
        ];
        var suspicious = SettingKeys.In(BrokerConfiguration.Shipped(BrokerConfiguration.Embedded))
            .Where(static key => Array.Exists(Telling, word => key[(key.LastIndexOf('.') + 1)..].Contains(word, StringComparison.Ordinal)))
            .Where(static key => !EffectiveConfiguration.IsSecret(key[(key.LastIndexOf('.') + 1)..]) && !key.EndsWith("connection-string", StringComparison.Ordinal));

        Assert.Equal(harmless.Order(StringComparer.Ordinal), suspicious.Order(StringComparer.Ordinal));
    }
}
