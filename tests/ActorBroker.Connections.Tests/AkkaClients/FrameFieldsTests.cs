using ActorBroker.Connections.AkkaClients;
using CsCheck;
using Xunit;

namespace ActorBroker.Connections.Tests.AkkaClients;

/// <summary>Fields of a frame that nobody has looked at yet.</summary>
public sealed class FrameFieldsTests
{
    // 1: "ab", 2: 300, 3: eight bytes, 4: four bytes.
    private static readonly byte[] Message = [0x0A, 2, (byte)'a', (byte)'b', 0x10, 0xAC, 0x02, 0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x25, 9, 9, 9, 9];

    [Fact]
    public void Fields_of_all_kinds_are_found()
    {
        Assert.Equal("ab"u8.ToArray(), Find(Message, 1).Bytes);
        Assert.Equal(300UL, Find(Message, 2).Number);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], Find(Message, 3).Bytes);
        Assert.Equal([9, 9, 9, 9], Find(Message, 4).Bytes);
        Assert.Equal((true, false), (Find(Message, 5).IsSound, Find(Message, 5).IsThere));
    }

    [Fact]
    public void A_field_that_is_there_twice_is_not_taken() => Assert.False(Find([.. Message, .. Message], 2).IsSound);

    [Fact]
    public void A_message_that_ends_too_early_or_has_a_field_of_no_kind_is_not_taken()
    {
        Assert.False(Find(Message[..^1], 1).IsSound);
        Assert.False(Find([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], 1).IsSound);
        Assert.False(Find([0x0B], 1).IsSound);
        Assert.False(Find([0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 2).IsSound);
    }

    [Fact]
    public void Any_bytes_are_looked_through_without_harm() =>
        Gen.Byte.Array[0, 40].Sample(static bytes => Find(bytes, 1).Bytes.Length <= bytes.Length);

    private static (bool IsSound, bool IsThere, byte[] Bytes, ulong Number) Find(byte[] message, int field)
    {
        var found = new FrameFields(message, field);
        return (found.IsSound, found.IsThere, found.Bytes.ToArray(), found.Number);
    }
}
