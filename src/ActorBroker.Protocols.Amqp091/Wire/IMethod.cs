namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>
/// A method of AMQP 0-9-1 (§1.5 to §1.8): a struct with the method's arguments in wire order, reserved ones left out (they are
/// ignored when read and written as zero). Structs that hold spans are <c>ref</c> structs and point into the payload they were read from.
/// </summary>
public interface IMethod<TSelf>
    where TSelf : IMethod<TSelf>, allows ref struct
{
    /// <summary>One of <see cref="MethodId"/>.</summary>
    static abstract uint Id { get; }

    /// <param name="payload">The whole payload of a method frame, class and method id included, whose id is <see cref="Id"/>.</param>
    /// <exception cref="Amqp091WireException">502: the arguments end early, leave bytes over or are malformed.</exception>
    static abstract TSelf Read(ReadOnlySpan<byte> payload);

    /// <summary>The exact size in bytes of what <see cref="WriteArguments"/> writes, class and method id not included.</summary>
    int GetArgumentsSize();

    void WriteArguments(ref WireWriter writer);
}
