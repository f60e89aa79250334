using System.Reflection;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Transfer;
using ActorBroker.Core.Alarms;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using Akka.Actor;
using CsCheck;

namespace ActorBroker.Contracts.Tests.Serialization;

/// <summary>Generators of values by type: of a record, by the parameters of its constructor.</summary>
internal sealed class GeneratedContent
{
    private static readonly string[] OddTexts = ["", "a/b:c", "Größe 😀", "'\"\\\n\0"];

    private readonly NullabilityInfoContext _nullability = new();
    private readonly Dictionary<Type, Gen<object?>> _byType;

    public GeneratedContent(IReadOnlyList<IActorRef> actors)
    {
        _byType = new Dictionary<Type, Gen<object?>>
        {
            [typeof(bool)] = Boxed(Gen.Bool),
            [typeof(int)] = Boxed(Gen.OneOf(Gen.Int, Gen.Int[0, 3])),
            [typeof(long)] = Boxed(Gen.OneOf(Gen.Long, Gen.Long[0, 1000])),
            [typeof(string)] = Boxed(Gen.OneOf(Gen.String[Gen.Char['a', 'z'], 0, 12], Gen.OneOf([.. OddTexts.Select(Gen.Const)]))),
            [typeof(DateTimeOffset)] = Boxed(Gen.Long[0, DateTime.MaxValue.Ticks].Select(ticks => new DateTimeOffset(ticks, TimeSpan.Zero))),
            [typeof(Guid)] = Boxed(Gen.Guid),
            [typeof(IActorRef)] = Boxed(Gen.Int[0, actors.Count - 1].Select(index => actors[index])),
            [typeof(ArgumentTable)] = Boxed(Arguments),
            [typeof(MessageBatch)] = Boxed(GeneratedBatches.Batch),
            [typeof(ReadOnlyMemory<byte>)] = Boxed(Gen.Byte.Array[0, 20].Select(bytes => (ReadOnlyMemory<byte>)bytes)),
            [typeof(MessageStart)] = Boxed(Gen.Select(
                Gen.String[Gen.Char['a', 'z'], 0, 12], Gen.String[Gen.Char['a', 'z'], 0, 12], Gen.Int[0, 1 << 30], (recipient, manifest, length) => new MessageStart(recipient, manifest, length))),
            [typeof(ResourceLimit)] = Boxed(Gen.OneOf(Gen.Long[0, long.MaxValue].Select(ResourceLimit.OfBytes), Gen.Double[0, 10].Select(ResourceLimit.OfMemory))),
            [typeof(DeliverySegment)] = Boxed(GeneratedBatches.Segment),
        };
    }

    private static Gen<ArgumentTable> Arguments { get; } =
        Gen.Select(Gen.String[Gen.Char['a', 'e'], 0, 5], Gen.OneOf(
                Gen.Int.Select(ArgumentValue.FromInt32),
                Gen.Bool.Select(ArgumentValue.FromBoolean),
                Gen.String[Gen.Char.AlphaNumeric, 0, 9].Select(text => ArgumentValue.FromString(text)),
                Gen.ULong.Select(ArgumentValue.FromTimestamp)))
            .Array[0, 4]
            .Select(entries => ArgumentTable.Of(entries));

    /// <summary>Some value of a type, always the same.</summary>
    public object AnyOf(Type type) => Of(type).Generate(new PCG(1), null, out _)!;

    /// <summary>Values of a type.</summary>
    public Gen<object?> Of(Type type)
    {
        if (!_byType.TryGetValue(type, out var generator))
        {
            generator = Build(type);
            _byType.Add(type, generator);
        }

        return generator;
    }

    private Gen<object?> Build(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return OrNull(Of(underlying));
        }

        if (type.IsEnum)
        {
            var values = Enum.GetValues(type);
            return Gen.Int[0, values.Length - 1].Select(values.GetValue);
        }

        if (type.IsArray || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)))
        {
            var itemType = type.GetElementType() ?? type.GetGenericArguments()[0];
            return Of(itemType).Array[0, 4].Select(items => (object?)ToArray(itemType, items));
        }

        if (type == typeof(AccessEvent))
        {
            return Gen.OneOf([.. type.Assembly.GetTypes().Where(one => one.IsSubclassOf(type)).Select(Of)]);
        }

        var constructor = type.GetConstructors().MaxBy(candidate => candidate.GetParameters().Length)!;
        return constructor.GetParameters()
            .Select(Of)
            .Aggregate(
                Gen.Const(Array.Empty<object?>()),
                (before, next) => before.Select(next, (values, value) => (object?[])[.. values, value]))
            .Select(constructor.Invoke)
            .Select(value => (object?)value);
    }

    private Gen<object?> Of(ParameterInfo parameter)
    {
        var mayBeNull = !parameter.ParameterType.IsValueType && _nullability.Create(parameter).WriteState == NullabilityState.Nullable;
        return mayBeNull ? OrNull(Of(parameter.ParameterType)) : Of(parameter.ParameterType);
    }

    private static Gen<object?> OrNull(Gen<object?> generator) => Gen.OneOf(generator, Gen.Const((object?)null));

    private static Gen<object?> Boxed<T>(Gen<T> generator) => generator.Select(value => (object?)value);

    private static Array ToArray(Type itemType, object?[] items)
    {
        var array = Array.CreateInstance(itemType, items.Length);
        items.CopyTo(array, 0);
        return array;
    }
}
