namespace ActorBroker.Contracts.Options;

/// <summary>Limits and identity of AMQP 0-9-1 connections.</summary>
/// <param name="FrameMax">Largest frame offered in connection.tune, bytes, header and end octet included.</param>
/// <param name="ChannelMax">Highest channel number offered in connection.tune.</param>
/// <param name="Heartbeat">Interval offered in connection.tune, whole seconds; zero for none.</param>
/// <param name="HandshakeTimeout">From accept to connection.open-ok.</param>
/// <param name="MaxMessageSize">Largest message body, bytes.</param>
/// <param name="MaxConnections">Most connections of the node; 0 for no limit.</param>
/// <param name="MaxConsumersPerChannel">Most consumers of one channel; 0 for no limit.</param>
/// <param name="Product">`product` of the server properties.</param>
/// <param name="Version">`version` of the server properties.</param>
/// <param name="ReadBuffer">Bytes of one socket read.</param>
/// <param name="PublishWindow">Bytes that a connection may publish ahead of the queues' acceptance.</param>
/// <param name="ConsumerWindow">Bytes that a queue may send ahead to a consumer before the connection has encoded them for its socket.</param>
/// <param name="OperationTimeout">How long an entity may take to answer, and a queue whose node was lost to be found again.</param>
public sealed record Amqp091Options(
    int FrameMax,
    ushort ChannelMax,
    TimeSpan Heartbeat,
    TimeSpan HandshakeTimeout,
    int MaxMessageSize,
    int MaxConnections,
    int MaxConsumersPerChannel,
    string Product,
    string Version,
    int ReadBuffer,
    long PublishWindow,
    long ConsumerWindow,
    TimeSpan OperationTimeout)
{
    // AMQP 0-9-1 §4.2.3: every peer must take frames of 4096 bytes.
    private const int FrameMinSize = 4096;
    private const int FrameMaxLimit = 16 * 1024 * 1024;
    private const int MessageLimit = 512 * 1024 * 1024;
    private const int ReadBufferLimit = 80 * 1024;
    private const long WindowLimit = 1L << 30;

    public static Amqp091Options Read(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new Amqp091Options(
            settings.ArrayBytes("actorbroker.amqp091.frame-max", FrameMinSize, FrameMaxLimit),
            (ushort)settings.WholeNumber("actorbroker.amqp091.channel-max", 1, ushort.MaxValue),
            WholeSeconds(settings, "actorbroker.amqp091.heartbeat"),
            settings.Duration("actorbroker.amqp091.handshake-timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)),
            settings.ArrayBytes("actorbroker.amqp091.max-message-size", 1, MessageLimit),
            settings.WholeNumber("actorbroker.amqp091.max-connections", 0, int.MaxValue),
            settings.WholeNumber("actorbroker.amqp091.max-consumers-per-channel", 0, int.MaxValue),
            settings.Text("actorbroker.amqp091.product"),
            settings.Text("actorbroker.amqp091.version"),
            settings.ArrayBytes("actorbroker.amqp091.read-buffer", FrameMinSize, ReadBufferLimit),
            settings.Bytes("actorbroker.amqp091.publish-window", FrameMinSize, WindowLimit),
            settings.Bytes("actorbroker.amqp091.consumer-window", FrameMinSize, WindowLimit),
            settings.Duration("actorbroker.amqp091.operation-timeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)));
    }

    // connection.tune carries the interval as a 16-bit number of seconds.
    private static TimeSpan WholeSeconds(SettingReader settings, string key)
    {
        var interval = settings.Duration(key, TimeSpan.Zero, TimeSpan.FromSeconds(ushort.MaxValue));
        return interval.Ticks % TimeSpan.TicksPerSecond == 0
            ? interval
            : throw SettingReader.Expected(key, SettingUnits.Format(interval), "whole seconds");
    }
}
