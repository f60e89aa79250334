using System.Net.Sockets;

namespace ActorBroker.Connections.Listeners;

/// <summary>Takes the header of a proxy off a connection, and not a byte of what follows.</summary>
public static class ProxyHeaderReader
{
    /// <exception cref="ProxyHeaderException">It is no header, or a malformed one.</exception>
    /// <exception cref="SocketException">The connection is lost.</exception>
    public static async Task<ProxyHeader> ReadAsync(Socket socket, CancellationToken cancellation)
    {
        var bytes = new byte[ProxyHeader.LengthMax1];
        await FillAsync(socket, bytes.AsMemory(0, ProxyHeader.StartLength), cancellation).ConfigureAwait(false);
        if (ProxyHeader.VersionOf(bytes.AsSpan(0, ProxyHeader.StartLength)) == 1)
        {
            var length = await ReadLineAsync(socket, bytes, cancellation).ConfigureAwait(false);
            return ProxyHeader.Read1(bytes.AsSpan(0, length));
        }

        await FillAsync(socket, bytes.AsMemory(ProxyHeader.StartLength..ProxyHeader.HeadLength2), cancellation).ConfigureAwait(false);
        var body = new byte[ProxyHeader.BodyLength2(bytes.AsSpan(0, ProxyHeader.HeadLength2))];
        await FillAsync(socket, body, cancellation).ConfigureAwait(false);
        return ProxyHeader.Read2(bytes.AsSpan(0, ProxyHeader.HeadLength2), body);
    }

    private static async Task<int> ReadLineAsync(Socket socket, byte[] line, CancellationToken cancellation)
    {
        var length = ProxyHeader.StartLength;
        while (length < line.Length)
        {
            // Looked at first, since what follows the line is not ours.
            var seen = await socket.ReceiveAsync(line.AsMemory(length), SocketFlags.Peek, cancellation).ConfigureAwait(false);
            var end = line.AsSpan(length, seen).IndexOf((byte)'\n');
            var taken = end < 0 ? seen : end + 1;
            await FillAsync(socket, line.AsMemory(length, Math.Max(taken, 1)), cancellation).ConfigureAwait(false);
            length += taken;
            if (end >= 0)
            {
                return length;
            }
        }

        throw new ProxyHeaderException($"no end of line within {line.Length} bytes");
    }

    private static async Task FillAsync(Socket socket, Memory<byte> bytes, CancellationToken cancellation)
    {
        while (bytes.Length > 0)
        {
            var received = await socket.ReceiveAsync(bytes, SocketFlags.None, cancellation).ConfigureAwait(false);
            if (received == 0)
            {
                throw new ProxyHeaderException("the connection ended within the header of the PROXY protocol");
            }

            bytes = bytes[received..];
        }
    }
}
