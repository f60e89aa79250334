using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Tests.Wire;

/// <summary>Bytes written for human eyes: hexadecimal digits with blanks anywhere, and ASCII text in single quotes.</summary>
internal static class Octets
{
    public static byte[] Of(string notation)
    {
        var bytes = new List<byte>();
        var parts = notation.Split('\'');
        for (var i = 0; i < parts.Length; i++)
        {
            bytes.AddRange(i % 2 == 1
                ? System.Text.Encoding.ASCII.GetBytes(parts[i])
                : Convert.FromHexString(parts[i].Replace(" ", "", StringComparison.Ordinal)));
        }

        return [.. bytes];
    }

    /// <summary>The payload of the method's frame, written by the frame writer.</summary>
    public static byte[] PayloadOf<TMethod>(TMethod method)
        where TMethod : IMethod<TMethod>, allows ref struct
    {
        var frame = new byte[FrameWriter.GetMethodFrameSize(method)];
        var written = FrameWriter.WriteMethod(frame, channel: 1, method);
        return frame[Frame.HeaderSize..(written - 1)];
    }
}
