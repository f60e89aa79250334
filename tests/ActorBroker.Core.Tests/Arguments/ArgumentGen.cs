using System.Text;
using ActorBroker.Core.Arguments;
using CsCheck;

namespace ActorBroker.Core.Tests.Arguments;

/// <summary>Generators of argument values of every kind, nested up to four deep.</summary>
internal static class ArgumentGen
{
    public static readonly Gen<string> Key = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 0, 20],
        Gen.OneOf("x-max-length", "x-match", "größe", "ключ", "鍵", "😀", new string('k', 255)));

    public static readonly Gen<ArgumentValue> Scalar = Gen.OneOf(
        Gen.Const(ArgumentValue.Void),
        Gen.Bool.Select(ArgumentValue.FromBoolean),
        Gen.SByte.Select(ArgumentValue.FromSByte),
        Gen.Byte.Select(ArgumentValue.FromByte),
        Gen.Short.Select(ArgumentValue.FromInt16),
        Gen.UShort.Select(ArgumentValue.FromUInt16),
        Gen.Int.Select(ArgumentValue.FromInt32),
        Gen.UInt.Select(ArgumentValue.FromUInt32),
        Gen.Long.Select(ArgumentValue.FromInt64),
        Gen.Float.Select(ArgumentValue.FromSingle),
        Gen.Double.Select(ArgumentValue.FromDouble),
        Gen.Select(Gen.Byte, Gen.UInt).Select((scale, value) => ArgumentValue.FromDecimal(scale, value)),
        Gen.ULong.Select(ArgumentValue.FromTimestamp),
        Key.Select(text => ArgumentValue.FromString(Encoding.UTF8.GetBytes(text))),
        Gen.Byte.Array[0, 40].Select(bytes => ArgumentValue.FromString(bytes)),
        Gen.Byte.Array[0, 40].Select(bytes => ArgumentValue.FromBinary(bytes)));

    public static readonly Gen<ArgumentTable> Table = TableOf(depth: 4);

    public static readonly Gen<ArgumentValue> Value = ValueOf(depth: 4);

    /// <summary>Tables, the outermost one included, nested exactly this deep.</summary>
    public static ArgumentTable NestedTable(int depth)
    {
        var table = ArgumentTable.Of(("leaf", ArgumentValue.Void));
        for (var i = 1; i < depth; i++)
            table = ArgumentTable.Of(("t", ArgumentValue.FromTable(table)));
        return table;
    }

    private static Gen<ArgumentValue> ValueOf(int depth) => depth == 0
        ? Scalar
        : Gen.Frequency(
            (6, Scalar),
            (1, ValueOf(depth - 1).Array[0, 4].Select(items => ArgumentValue.FromArray(items))),
            (1, TableOf(depth - 1).Select(ArgumentValue.FromTable)));

    private static Gen<ArgumentTable> TableOf(int depth) =>
        Gen.Select(Key, ValueOf(depth), (key, value) => KeyValuePair.Create(key, value))
            .Array[0, 6]
            .Select(entries => ArgumentTable.Create(entries));
}
