using System.Text;
using ActorBroker.Connections.AkkaClients;
using Xunit;

namespace ActorBroker.Connections.Tests.AkkaClients;

/// <summary>What a client says first, before anybody else has looked at it.</summary>
public sealed class ClientHandshakeTests
{
    [Fact]
    public void An_address_and_the_number_of_the_system_are_found() =>
        Assert.Equal(new ClientHandshake("app@host:80", 0x0807060504030201), Read(Instruction("app", "host", 80, "tcp")));

    [Fact]
    public void An_address_that_no_client_can_have_is_not_taken()
    {
        Assert.Null(Read(Instruction("", "host", 80, "tcp")));
        Assert.Null(Read(Instruction("app", "", 80, "tcp")));
        Assert.Null(Read(Instruction("app", "host", 0, "tcp")));
        Assert.Null(Read(Instruction("app", "host", 80, "akka.tcp")));
        Assert.Null(Read(Instruction("app", new string('h', 256), 80, "tcp")));
        Assert.Null(Read([0x08, 1]));
        Assert.Null(Read(Instruction("app", "host", 80, "tcp")[..^1]));
    }

    private static ClientHandshake? Read(byte[] instruction) => ClientHandshake.Read(instruction, "tcp");

    private static byte[] Instruction(string system, string host, byte port, string protocol)
    {
        byte[] origin = [.. Text(1, system), .. Text(2, host), 0x18, port, .. Text(4, protocol)];
        byte[] info = [.. Field(1, origin), 0x11, 1, 2, 3, 4, 5, 6, 7, 8];
        return [0x08, 1, .. Field(2, info)];
    }

    private static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    // Lengths of up to two bytes.
    private static byte[] Field(int field, byte[] bytes) =>
        [(byte)((field << 3) | 2), (byte)(0x80 | (bytes.Length & 0x7F)), (byte)(bytes.Length >> 7), .. bytes];
}
