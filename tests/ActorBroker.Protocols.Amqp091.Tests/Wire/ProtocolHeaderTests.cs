using ActorBroker.Protocols.Amqp091.Wire;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Wire;

public sealed class ProtocolHeaderTests
{
    [Theory]
    [InlineData("", ProtocolHeaderStatus.NeedMore)]
    [InlineData("'AM'", ProtocolHeaderStatus.NeedMore)]
    [InlineData("'AMQP' 00 00 09", ProtocolHeaderStatus.NeedMore)]
    [InlineData("'AMQP' 00 00 09 01", ProtocolHeaderStatus.Amqp091)]
    [InlineData("'AMQP' 00 00 09 01 01", ProtocolHeaderStatus.Amqp091)]
    [InlineData("'AMQP' 01 01 00 09", ProtocolHeaderStatus.Amqp091)]
    [InlineData("'AMQP' 01 01 08 00", ProtocolHeaderStatus.OtherVersion)]
    [InlineData("'AMQP' 00 01 00 00", ProtocolHeaderStatus.OtherVersion)]
    [InlineData("'AMQP' 03 01 00 00", ProtocolHeaderStatus.OtherVersion)]
    [InlineData("'G'", ProtocolHeaderStatus.NotAmqp)]
    [InlineData("'AMQX'", ProtocolHeaderStatus.NotAmqp)]
    [InlineData("16 03 01 02 00 01 00 01", ProtocolHeaderStatus.NotAmqp)]
    public void The_first_bytes_of_a_connection_are_told_apart(string notation, ProtocolHeaderStatus status) =>
        Assert.Equal(status, ProtocolHeader.Read(Octets.Of(notation)));

    [Fact]
    public void The_servers_own_header_is_that_of_0_9_1() =>
        Assert.Equal(Octets.Of("'AMQP' 00 00 09 01"), ProtocolHeader.Bytes);
}
