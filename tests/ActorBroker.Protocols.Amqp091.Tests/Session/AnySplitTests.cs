using ActorBroker.Core.Arguments;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;
using CsCheck;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

public sealed class AnySplitTests
{
    private static readonly Gen<int[]> Cuts = Gen.Frequency((1, Gen.Int[1, 3]), (3, Gen.Int[1, 40]), (2, Gen.Int[100, 5000])).Array[1, 400];

    // What a client does in one channel, another channel's frames in between included.
    private static readonly Func<ClientScript, ClientScript>[] Steps =
    [
        script => script.Method(1, new QueueDeclare("", false, false, true, false, false, [])),
        script => script.Method(1, new QueueDeclare("q", false, true, false, false, true, ArgumentTable.Of(("x-y", ArgumentValue.FromInt32(5))))),
        script => script.Method(1, new QueueBind("", "e", "", false, [])),
        script => script.Method(1, new BasicQos(0, 5, true)),
        script => script.Method(1, new ConfirmSelect(false)),
        script => script.Publish(1, "e", "k", "small"u8, new BasicProperties { DeliveryMode = 2, MessageId = "x" }),
        script => script.Publish(1, "e", "other", ""u8, mandatory: true),
        script => script.Publish(1, "e", "k", new byte[9000], mandatory: true, frameMax: 4096),
        script => script.Publish(1, "e", "k", new byte[80_000], frameMax: 131_072),
        script => script.Method(1, new BasicPublish("e"u8, "k"u8, false, false)).Method(2, new BasicQos(0, 1, false))
            .Header(1, 6, ClientScript.NoProperties.ToArray()).Body(1, "abc"u8).Method(2, new ConfirmSelect(false)).Body(1, ""u8).Body(1, "def"u8),
        script => script.Method(1, new BasicConsume("q", "", false, true, false, false, [])),
        script => script.Method(1, new BasicGet("q", false)).Method(1, new BasicAck(1, false)),
        script => script.Raw(FrameWriter.Heartbeat),
        script => script.Method(1, new ChannelClose(ReplyCode.Success, "", 0, 0)).Method(1, new ChannelOpen()),
    ];

    // How a client ends: well or badly.
    private static readonly Func<ClientScript, ClientScript>[] Ends =
    [
        script => script,
        script => script.Method(1, new BasicAck(77, false)).Publish(1, "e", "k", "ignored"u8).Method(2, new BasicQos(0, 2, false)),
        script => script.Publish(2, "e", "k", "x"u8, new BasicProperties { UserId = "other" }).Method(2, new ChannelCloseOk()),
        script => script.Method(2, new BasicPublish("e"u8, "k"u8, false, false)).Header(2, 6, ClientScript.NoProperties.ToArray()).Body(2, new byte[7]),
        script => script.Method(2, new BasicPublish("e"u8, "k"u8, false, false)).Header(2, 2, ClientScript.NoProperties.ToArray())
            .Raw(3, 0, 2, 0, 0, 0, 2, 65, 66, 0xFF),
        script => script.Publish(2, "e", "k", "x"u8).Raw(1, 0, 1, 0, 0, 0, 9, 9, 9),
        script => script.Method(0, new ConnectionClose(ReplyCode.Success, "", 0, 0)),
    ];

    private static readonly Gen<byte[][]> Conversations =
        Gen.Select(Gen.Int[0, Steps.Length - 1].Array[0, 12], Gen.Int[0, Ends.Length - 1]).Select(chosen => new[]
        {
            new ClientScript().OpenChannel().Method(2, new ChannelOpen()).ToArray(),
            chosen.Item1.Aggregate(new ClientScript(), (script, step) => Steps[step](script)).ToArray(),
            Ends[chosen.Item2](new ClientScript()).ToArray(),
        });

    [Fact]
    public void However_the_bytes_arrive_the_broker_is_asked_the_same_and_the_client_told_the_same() =>
        Gen.Select(Conversations, Cuts).Sample((parts, cuts) =>
        {
            var whole = Run(parts, [int.MaxValue]);
            var split = Run(parts, cuts);

            Assert.Equal(whole.Calls, split.Calls);
            Assert.Equal(whole.Lines, split.Lines);
            Assert.Equal(whole.State, split.State);
        }, iter: 300);

    [Fact]
    public void Whatever_bytes_arrive_in_whatever_state_nothing_is_thrown_and_errors_have_a_code() =>
        Gen.Select(Gen.Double[0, 1], Conversations, Damage, Cuts).Sample((kept, parts, damage, cuts) =>
        {
            byte[] bytes = [.. parts[0], .. parts[1]];
            bytes = damage(bytes[..(int)(bytes.Length * kept)]);

            var (_, lines, state) = Run([bytes], cuts);

            // An error ends the connection: after the client's answer when it was open, else at once.
            var isTold = lines.Any(line => line.Contains(" connection.close 5", StringComparison.Ordinal));
            Assert.NotEqual(isTold ? ConnectionCloseState.Open : ConnectionCloseState.Closing, state);
        }, iter: 1000);

    private static Gen<Func<byte[], byte[]>> Damage => Gen.OneOf(
        Gen.Byte.Array[0, 200].Select<byte[], Func<byte[], byte[]>>(noise => bytes => [.. bytes, .. noise]),
        Gen.Select(Gen.Double[0, 1], Gen.Byte).Array[1, 5].Select<(double, byte)[], Func<byte[], byte[]>>(changes => bytes =>
        {
            foreach (var (place, value) in changes)
            {
                if (bytes.Length > 0)
                    bytes[(int)(place * (bytes.Length - 1))] = value;
            }

            return bytes;
        }),
        Gen.Select(Gen.UInt[0, 1], Gen.Byte.Array[0, 60]).Select<(uint, byte[]), Func<byte[], byte[]>>(frame => bytes =>
            [.. bytes, 1, 0, (byte)frame.Item1, 0, 0, 0, (byte)frame.Item2.Length, .. frame.Item2, Frame.EndOctet]));

    private static (List<string> Calls, List<string> Lines, ConnectionCloseState State) Run(byte[][] parts, int[] cuts)
    {
        var conversation = new Conversation();
        conversation.Session.IsRoutable = false;
        conversation.Session.GetReply = new GetReply(null, Conversation.Segment(1, 1, [65]), 0);
        var lines = new List<string>();
        foreach (var bytes in parts)
        {
            var position = 0;
            for (var index = 0; position < bytes.Length; index++)
            {
                var length = Math.Min(cuts[index % cuts.Length], bytes.Length - position);
                conversation.Receive(bytes.AsSpan(position, length));
                lines.AddRange(conversation.Settle().TakeLines());
                position += length;
            }
        }

        // Settlements are gathered until the end of a read, or until something else is asked: they come later than publishes.
        // A channel that waits for the broker answers later than another: the order is that within each channel.
        var calls = conversation.TakeCalls().OrderBy(call => call.StartsWith("settle", StringComparison.Ordinal));
        return ([.. calls], [.. lines.OrderBy(line => line.Split(' ')[0], StringComparer.Ordinal)], conversation.Connection.CloseState);
    }
}
