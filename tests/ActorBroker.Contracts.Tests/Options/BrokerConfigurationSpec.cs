using ActorBroker.Contracts.Options;
using Xunit;

namespace ActorBroker.Contracts.Tests.Options;

public sealed class BrokerConfigurationSpec : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData(BrokerConfiguration.Embedded)]
    [InlineData(BrokerConfiguration.Test)]
    [InlineData(BrokerConfiguration.Client)]
    public void Every_shipped_key_is_read_and_every_key_read_is_shipped(string profile)
    {
        var config = BrokerConfiguration.Shipped(profile);
        var settings = new SettingReader(config);

        BrokerOptions.Read(settings);

        Assert.Equal(SettingKeys.In(config).Order(StringComparer.Ordinal), settings.KeysRead);
    }

    [Fact]
    public void A_profile_adds_no_key_of_ours()
    {
        Assert.Equal(
            SettingKeys.In(BrokerConfiguration.Shipped(BrokerConfiguration.Embedded)).Order(StringComparer.Ordinal),
            SettingKeys.In(BrokerConfiguration.Shipped(BrokerConfiguration.Test)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_file_wins_over_what_is_shipped_and_a_setting_over_the_file()
    {
        File.WriteAllText(_file, "actorbroker { amqp091 { heartbeat = 30s, channel-max = 100 } }");

        var options = Load("actorbroker.amqp091.channel-max=7", "actorbroker.amqp091.channel-max=8");

        Assert.Equal(TimeSpan.FromSeconds(30), options.Amqp091.Heartbeat);
        Assert.Equal(8, options.Amqp091.ChannelMax);
        Assert.Equal(131072, options.Amqp091.FrameMax);
    }

    [Fact]
    public void Keys_of_akka_can_be_set_too()
    {
        var config = BrokerConfiguration.Load(BrokerConfiguration.Embedded, null, ["akka.cluster.roles=[edge]", "akka.loglevel = DEBUG"]);

        Assert.Equal("DEBUG", config.GetString("akka.loglevel"));
        Assert.Equal(["edge"], config.GetStringList("akka.cluster.roles"));
        Assert.Equal("ddata", config.GetString("akka.cluster.sharding.state-store-mode"));
    }

    [Theory]
    [InlineData("actorbroker.data.directory=C:\\broker data\\\"a\"", "C:\\broker data\\\"a\"")]
    [InlineData("actorbroker.data.directory=/var/lib/a{b}#c", "/var/lib/a{b}#c")]
    [InlineData("actorbroker.data.directory=a=b", "a=b")]
    public void A_setting_is_taken_as_it_is_written(string setting, string directory)
    {
        Assert.Equal(directory, Load(setting).Data.Directory);
    }

    [Fact]
    public void An_unknown_key_is_refused_with_the_nearest_known_one()
    {
        var failure = Assert.Throws<StartupException>(() => Load("actorbroker.amqp091.hartbeat=5s"));

        Assert.Equal(
            "--set: unknown key actorbroker.amqp091.hartbeat; the nearest known key is actorbroker.amqp091.heartbeat",
            failure.Message);
    }

    [Fact]
    public void An_unknown_key_in_a_file_is_refused_with_the_name_of_the_file()
    {
        File.WriteAllText(_file, "actorbroker.listeners.amqq.port = 1");

        var failure = Assert.Throws<StartupException>(() => Load());

        Assert.Equal(
            $"{_file}: unknown key actorbroker.listeners.amqq.port; the nearest known key is actorbroker.listeners.amqp.port",
            failure.Message);
    }

    [Theory]
    [InlineData("port")]
    [InlineData("=5")]
    [InlineData("a b=5")]
    [InlineData("actorbroker.x{y=5")]
    public void A_setting_that_is_not_a_pair_is_refused(string setting)
    {
        var failure = Assert.Throws<StartupException>(() => Load(setting));

        Assert.StartsWith($"--set {setting}: expected KEY=VALUE", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("actorbroker { amqp091 = [1, 2")]
    [InlineData("actorbroker = ${nothing.there}")]
    public void A_file_that_is_not_HOCON_is_refused_in_one_line(string text)
    {
        File.WriteAllText(_file, text);

        var failure = Assert.Throws<StartupException>(() => Load());

        Assert.StartsWith(_file, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void A_file_that_does_not_exist_is_refused()
    {
        File.Delete(_file);

        var failure = Assert.Throws<StartupException>(() => Load());

        Assert.StartsWith($"--config {_file}: ", failure.Message, StringComparison.Ordinal);
    }

    private BrokerOptions Load(params string[] settings) =>
        BrokerOptions.Read(BrokerConfiguration.Load(BrokerConfiguration.Embedded, _file, settings));
}
