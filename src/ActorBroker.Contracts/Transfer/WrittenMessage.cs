namespace ActorBroker.Contracts.Transfer;

/// <summary>
/// A message that its sender has written already, on its way to another node: <see cref="Serialization.BrokerMessageSerializer"/>
/// gives it out as it is, so that it is read there as the message itself.
/// </summary>
/// <param name="manifest">Name and version of its form.</param>
/// <param name="bytes">The form; owned by this object.</param>
/// <param name="type">Of the message, for logs.</param>
internal sealed class WrittenMessage(string manifest, byte[] bytes, Type type)
{
    public string Manifest { get; } = manifest;

    public byte[] Bytes { get; } = bytes;

    public override string ToString() => $"{type.Name} of {Bytes.Length} bytes";
}
