using ActorBroker.Core.Arguments;

namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>
/// The letters before the values of a field table. The specification, its errata and Qpid disagree; this is what RabbitMQ
/// reads, with <c>U</c> (the specification's own letter for a signed 16-bit integer) besides.
/// </summary>
internal static class FieldType
{
    private const byte VariableLength = 0xFE;
    private const byte Unknown = 0xFF;

    // Indexed by letter: the kind, and the payload's size or VariableLength (four bytes of length come first).
    private static readonly ArgumentKind[] Kinds = new ArgumentKind[256];
    private static readonly byte[] Sizes = CreateSizes();

    public static byte LetterOf(ArgumentKind kind) => kind switch
    {
        ArgumentKind.Void => (byte)'V',
        ArgumentKind.Boolean => (byte)'t',
        ArgumentKind.SByte => (byte)'b',
        ArgumentKind.Byte => (byte)'B',
        ArgumentKind.Int16 => (byte)'s',
        ArgumentKind.UInt16 => (byte)'u',
        ArgumentKind.Int32 => (byte)'I',
        ArgumentKind.UInt32 => (byte)'i',
        ArgumentKind.Int64 => (byte)'l',
        ArgumentKind.Single => (byte)'f',
        ArgumentKind.Double => (byte)'d',
        ArgumentKind.Decimal => (byte)'D',
        ArgumentKind.LongString => (byte)'S',
        ArgumentKind.Binary => (byte)'x',
        ArgumentKind.Array => (byte)'A',
        ArgumentKind.Timestamp => (byte)'T',
        _ => (byte)'F',
    };

    /// <param name="size">The payload's size in bytes, or -1 where four bytes of length come first.</param>
    /// <returns>False for a letter that is not in use.</returns>
    public static bool TryGet(byte letter, out ArgumentKind kind, out int size)
    {
        kind = Kinds[letter];
        size = Sizes[letter] == VariableLength ? -1 : Sizes[letter];
        return Sizes[letter] != Unknown;
    }

    private static byte[] CreateSizes()
    {
        var sizes = new byte[256];
        sizes.AsSpan().Fill(Unknown);
        Add('V', ArgumentKind.Void, 0);
        Add('t', ArgumentKind.Boolean, 1);
        Add('b', ArgumentKind.SByte, 1);
        Add('B', ArgumentKind.Byte, 1);
        Add('s', ArgumentKind.Int16, 2);
        Add('U', ArgumentKind.Int16, 2);
        Add('u', ArgumentKind.UInt16, 2);
        Add('I', ArgumentKind.Int32, 4);
        Add('i', ArgumentKind.UInt32, 4);
        Add('l', ArgumentKind.Int64, 8);
        Add('L', ArgumentKind.Int64, 8);
        Add('f', ArgumentKind.Single, 4);
        Add('d', ArgumentKind.Double, 8);
        Add('D', ArgumentKind.Decimal, 5);
        Add('T', ArgumentKind.Timestamp, 8);
        Add('S', ArgumentKind.LongString, VariableLength);
        Add('x', ArgumentKind.Binary, VariableLength);
        Add('A', ArgumentKind.Array, VariableLength);
        Add('F', ArgumentKind.Table, VariableLength);
        return sizes;

        void Add(char letter, ArgumentKind kind, byte size)
        {
            Kinds[letter] = kind;
            sizes[letter] = size;
        }
    }
}
