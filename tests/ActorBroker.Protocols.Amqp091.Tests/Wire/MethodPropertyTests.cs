using System.Reflection;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Tests.Arguments;
using ActorBroker.Protocols.Amqp091.Wire;
using CsCheck;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Wire;

/// <summary>Every method with arbitrary arguments, written and read again.</summary>
public sealed class MethodPropertyTests
{
    private static readonly Dictionary<Type, Gen<object>> Arguments = new()
    {
        [typeof(bool)] = Gen.Bool.Select(value => (object)value),
        [typeof(byte)] = Gen.Byte.Select(value => (object)value),
        [typeof(ushort)] = Gen.UShort.Select(value => (object)value),
        [typeof(uint)] = Gen.UInt.Select(value => (object)value),
        [typeof(ulong)] = Gen.ULong.Select(value => (object)value),
        [typeof(string)] = ArgumentGen.Key.Select(value => (object)value),
        [typeof(ReplyCode)] = Gen.UShort.Select(value => (object)(ReplyCode)value),
        [typeof(ArgumentTable)] = ArgumentGen.Table.Select(value => (object)value),
    };

    public static TheoryData<string> NamesOfMethodsWithoutSpans =>
        [.. MethodTypes().Where(type => !type.IsByRefLike).Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(NamesOfMethodsWithoutSpans))]
    public void A_method_is_equal_to_itself_after_writing_and_reading(string name)
    {
        var type = MethodTypes().Single(method => method.Name == name);
        var roundTrip = typeof(MethodPropertyTests)
            .GetMethod(nameof(AssertRoundTrip), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type);
        var parameters = type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).ToArray();
        var arguments = parameters.Aggregate(
            Gen.Const(Array.Empty<object>()),
            (list, parameter) => Gen.Select(list, Arguments[parameter.ParameterType], (values, value) => (object[])[.. values, value]));
        arguments.Sample(values => roundTrip.Invoke(null, [Activator.CreateInstance(type, values)]), iter: 40);
    }

    [Fact]
    public void Methods_with_spans_keep_their_fields_too() =>
        Gen.Select(Gen.ULong, Gen.Bool, ArgumentGen.Key, ArgumentGen.Key, Gen.Byte.Array[0, 500]).Sample((number, flag, text, key, bytes) =>
        {
            var (first, second) = (System.Text.Encoding.UTF8.GetBytes(text), System.Text.Encoding.UTF8.GetBytes(key));

            var publish = BasicPublish.Read(Octets.PayloadOf(new BasicPublish(first, second, flag, !flag)));
            Assert.Equal(first, publish.Exchange);
            Assert.Equal(second, publish.RoutingKey);
            Assert.Equal((flag, !flag), (publish.Mandatory, publish.Immediate));

            var deliver = BasicDeliver.Read(Octets.PayloadOf(new BasicDeliver(first, number, flag, second, first)));
            Assert.Equal(first, deliver.ConsumerTag);
            Assert.Equal((number, flag), (deliver.DeliveryTag, deliver.Redelivered));
            Assert.Equal(second, deliver.Exchange);
            Assert.Equal(first, deliver.RoutingKey);

            var getOk = BasicGetOk.Read(Octets.PayloadOf(new BasicGetOk(number, flag, first, second, (uint)number)));
            Assert.Equal((number, flag, (uint)number), (getOk.DeliveryTag, getOk.Redelivered, getOk.MessageCount));
            Assert.Equal(first, getOk.Exchange);
            Assert.Equal(second, getOk.RoutingKey);

            var returned = BasicReturn.Read(Octets.PayloadOf(new BasicReturn((ReplyCode)(ushort)number, first, second, first)));
            Assert.Equal((ReplyCode)(ushort)number, returned.ReplyCode);
            Assert.Equal(first, returned.ReplyText);
            Assert.Equal(second, returned.Exchange);

            Assert.Equal(bytes, ConnectionSecure.Read(Octets.PayloadOf(new ConnectionSecure(bytes))).Challenge);
            Assert.Equal(bytes, ConnectionSecureOk.Read(Octets.PayloadOf(new ConnectionSecureOk(bytes))).Response);
            var secret = ConnectionUpdateSecret.Read(Octets.PayloadOf(new ConnectionUpdateSecret(bytes, text)));
            Assert.Equal(bytes, secret.NewSecret);
            Assert.Equal(text, secret.Reason);
            var startOk = ConnectionStartOk.Read(Octets.PayloadOf(new ConnectionStartOk(ArgumentTable.Empty, text, bytes, key)));
            Assert.Equal(bytes, startOk.Response);
            Assert.Equal((text, key), (startOk.Mechanism, startOk.Locale));
        });

    private static void AssertRoundTrip<TMethod>(TMethod method)
        where TMethod : struct, IMethod<TMethod> =>
        Assert.Equal(method, TMethod.Read(Octets.PayloadOf(method)));

    private static IEnumerable<Type> MethodTypes() => typeof(MethodId).Assembly.GetTypes()
        .Where(type => type.IsValueType && type.GetInterfaces().Any(IsMethodInterface));

    private static bool IsMethodInterface(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IMethod<>);
}
