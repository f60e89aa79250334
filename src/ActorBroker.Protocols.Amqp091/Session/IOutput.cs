using System.Buffers;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>Where the machine writes to the client: bytes that are copied, and large bodies that are only referred to.</summary>
public interface IOutput : IBufferWriter<byte>
{
    /// <summary>
    /// Sends these bytes after all that was written before. They never change, so the output may keep the reference until
    /// they are sent, however late.
    /// </summary>
    void AppendBorrowed(ReadOnlyMemory<byte> bytes);
}
