using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorBroker.Connections.Listeners;
using ActorBroker.Connections.Tests.Sockets;
using CsCheck;
using Xunit;

namespace ActorBroker.Connections.Tests.Listeners;

public class ProxyHeaderTests
{
    private static readonly byte[] Signature2 = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    public static TheoryData<string, string?, string?> Lines => new()
    {
        { "PROXY TCP4 192.0.2.1 198.51.100.2 56324 5672\r\n", "192.0.2.1:56324", "198.51.100.2:5672" },
        { "PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n", "[2001:db8::1]:1", "[2001:db8::2]:65535" },
        { "PROXY UNKNOWN\r\n", null, null },
        { "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n", null, null },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task A_line_of_version_1_is_read_under_every_split_and_nothing_behind_it(string line, string? source, string? destination) =>
        await ExpectAsync(Encoding.ASCII.GetBytes(line), source, destination);

    [Fact]
    public async Task Version_2_is_read_under_every_split_with_what_it_adds_and_nothing_behind_it()
    {
        byte[] addresses4 = [192, 0, 2, 1, 198, 51, 100, 2, 0xDC, 0x04, 0x16, 0x28];
        byte[] addition = [0x04, 0, 3, 1, 2, 3];
        await ExpectAsync(Version2(0x21, 0x11, addresses4), "192.0.2.1:56324", "198.51.100.2:5672");
        await ExpectAsync(Version2(0x21, 0x11, [.. addresses4, .. addition]), "192.0.2.1:56324", "198.51.100.2:5672");
        byte[] addresses6 = [.. IPAddress.Parse("2001:db8::1").GetAddressBytes(), .. IPAddress.Parse("2001:db8::2").GetAddressBytes(), 0, 1, 0, 2];
        await ExpectAsync(Version2(0x21, 0x21, addresses6), "[2001:db8::1]:1", "[2001:db8::2]:2");

        // The proxy itself; a socket of the Unix kind.
        await ExpectAsync(Version2(0x20, 0x00, []), null, null);
        await ExpectAsync(Version2(0x21, 0x31, new byte[216]), null, null);
    }

    [Theory]
    [InlineData("AMQP\0\0\u0009\u0001AMQP\0\0\u0009\u0001")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 56324\r\n")]
    [InlineData("PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 56324 65536\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 56324 5672 and more\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 56324 5672\n")]
    [InlineData("PROXY UNKNOWN 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\r\n")]
    public async Task What_is_no_header_is_refused(string text) => await ExpectRefusalAsync(Encoding.Latin1.GetBytes(text));

    [Fact]
    public async Task A_bad_header_of_version_2_is_refused()
    {
        await ExpectRefusalAsync(Version2(0x31, 0x11, new byte[12]));
        await ExpectRefusalAsync(Version2(0x22, 0x11, new byte[12]));
        await ExpectRefusalAsync(Version2(0x21, 0x11, new byte[11]));
        await ExpectRefusalAsync([.. Signature2, 0x21, 0x11, 0xFF, 0xFF, .. new byte[100]]);
    }

    [Fact]
    public void Arbitrary_bytes_are_read_or_refused() =>
        Gen.Select(Gen.Byte.Array[16], Gen.Byte.Array[0, 64]).Sample((head, body) =>
        {
            Signature2.CopyTo(head, 0);
            try
            {
                ProxyHeader.BodyLength2(head);
                ProxyHeader.Read2(head, body);
            }
            catch (ProxyHeaderException)
            {
                // That is what it is for.
            }
        });

    private static byte[] Version2(byte command, byte family, byte[] body) =>
        [.. Signature2, command, family, (byte)(body.Length >> 8), (byte)body.Length, .. body];

    private static async Task ExpectAsync(byte[] header, string? source, string? destination)
    {
        for (var split = 1; split <= header.Length; split++)
        {
            using var pair = SocketPair.Connect();
            pair.Peer.Send(header.AsSpan(0, split));
            var reading = ProxyHeaderReader.ReadAsync(pair.Local, CancellationToken.None);
            pair.Peer.Send([.. header.AsSpan(split), .. "AMQP"u8]);

            var read = await reading.WaitAsync(SocketProbe.Patience);
            Assert.Equal((source, destination), (read.Source?.ToString(), read.Destination?.ToString()));
            var behind = new byte[16];
            Assert.Equal("AMQP"u8.ToArray(), behind[..pair.Local.Receive(behind)]);
        }
    }

    private static async Task ExpectRefusalAsync(byte[] bytes)
    {
        using var pair = SocketPair.Connect();
        pair.Peer.Send(bytes);
        pair.Peer.Shutdown(SocketShutdown.Send);
        await Assert.ThrowsAsync<ProxyHeaderException>(() => ProxyHeaderReader.ReadAsync(pair.Local, CancellationToken.None).WaitAsync(SocketProbe.Patience));
    }
}
