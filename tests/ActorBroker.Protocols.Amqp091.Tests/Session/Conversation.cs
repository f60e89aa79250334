using System.Text;
using ActorBroker.Core.Messages;
using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

/// <summary>The machine between a scripted client and a recording broker, driven as a socket stage would.</summary>
internal sealed class Conversation
{
    private readonly List<byte> _unconsumed = [];
    private byte _random;

    public Conversation(Amqp091ConnectionSettings? settings = null)
    {
        Connection = new Amqp091Connection(Session, settings ?? new Amqp091ConnectionSettings(), span => span.Fill(++_random), nowMs: 0);
    }

    public RecordingSession Session { get; } = new();

    public Amqp091Connection Connection { get; }

    public CollectedOutput Output { get; } = new();

    public long NowMs { get; set; }

    /// <summary>A conversation that is past the handshake, with channel 1 open and nothing recorded.</summary>
    public static Conversation Opened(Amqp091ConnectionSettings? settings = null, uint frameMax = 131_072)
    {
        var conversation = new Conversation(settings);
        conversation.Exchange(new ClientScript().OpenChannel(frameMax: frameMax));
        Assert.Equal(["0 connection.start", "0 connection.tune", "0 connection.open-ok", "1 channel.open-ok"], conversation.TakeLines());
        conversation.Session.Calls.Clear();
        return conversation;
    }

    /// <summary>Presents bytes behind those not consumed yet, in a buffer of their own that is overwritten afterwards.</summary>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        const int before = 3;
        _unconsumed.AddRange(bytes);
        var buffer = new byte[before + _unconsumed.Count + 5];
        _unconsumed.CopyTo(buffer, before);
        var consumed = Connection.OnBytes(buffer, before, _unconsumed.Count, NowMs);
        Assert.InRange(consumed, 0, _unconsumed.Count);
        _unconsumed.RemoveRange(0, consumed);
        buffer.AsSpan().Fill(0xEE);
    }

    /// <summary>Sends, lets the broker answer, and sends what the machine writes to <see cref="Output"/>.</summary>
    public Conversation Exchange(ClientScript script)
    {
        Receive(script.ToArray());
        return Settle();
    }

    public Conversation Settle()
    {
        Session.AnswerAll();
        Connection.WriteOutput(Output, int.MaxValue);
        Assert.False(Connection.HasOutput);
        return this;
    }

    public Conversation Exchange<TMethod>(TMethod method)
        where TMethod : IMethod<TMethod> => Exchange(new ClientScript().Method(1, method));

    /// <summary>What was sent to the client since the last time.</summary>
    public List<ReplyFrame> TakeFrames()
    {
        var frames = ReplyFrame.ReadAll(Output.Written);
        Output.Clear();
        return frames;
    }

    public List<string> TakeLines() => TakeFrames().ConvertAll(frame => frame.ToString());

    public List<string> TakeCalls()
    {
        var calls = Session.Calls.ToList();
        Session.Calls.Clear();
        return calls;
    }

    /// <summary>Starts a consumer on channel 1 and returns the id that the broker knows it by.</summary>
    public int Consume(string tag, bool noAck = false, ushort channel = 1)
    {
        Exchange(new ClientScript().Method(channel, new BasicConsume("q", tag, false, noAck, false, false, [])));
        Assert.Equal([$"{channel} basic.consume-ok"], TakeLines());
        Session.Calls.Clear();
        return Session.ConsumerIds[^1];
    }

    /// <summary>Messages of a queue at consecutive positions.</summary>
    public void Deliver(int consumerId, long firstPosition, int count, string body = "m", bool redelivered = false) =>
        Connection.OnDeliveries(consumerId, [Segment(firstPosition, count, Encoding.Latin1.GetBytes(body), redelivered)]);

    public static DeliverySegment Segment(long firstPosition, int count, byte[] body, bool redelivered = false, byte[]? properties = null)
    {
        properties ??= ClientScript.NoProperties.ToArray();
        var size = MessageRecord.SizeOf(properties.Length, body.Length);
        var slab = new byte[size * count];
        var offsets = new int[count];
        for (var index = 0; index < count; index++)
        {
            offsets[index] = index * size;
            var record = slab.AsSpan(offsets[index], size);
            MessageRecord.WriteHeader(record, MessageFormat.Amqp091, properties.Length, body.Length, 0, MessageFlags.None, 0);
            properties.CopyTo(record[MessageRecord.HeaderSize..]);
            body.CopyTo(record[(MessageRecord.HeaderSize + properties.Length)..]);
        }

        return new DeliverySegment(new MessageBatch(slab, offsets, [MessageRoute.Create("ex", "key")]), 0, count, firstPosition, redelivered);
    }
}
