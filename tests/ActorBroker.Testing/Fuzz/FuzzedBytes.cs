namespace ActorBroker.Testing.Fuzz;

/// <summary>Damages bytes that were good.</summary>
/// <param name="random">The same numbers make the same damage.</param>
public sealed class FuzzedBytes(Random random)
{
    private static readonly byte[] Telling = [0, 1, 0x7F, 0x80, 0xCE, 0xFE, 0xFF];

    /// <summary>The same with some damage: bits and bytes changed, pieces cut out, repeated or moved, bytes put in.</summary>
    public byte[] Damage(byte[] good)
    {
        var bytes = new List<byte>(good);
        for (var i = random.Next(1, 5); i > 0 && bytes.Count > 0; i--)
        {
            var at = random.Next(bytes.Count);
            var length = random.Next(1, Math.Min(16, bytes.Count - at) + 1);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = Telling[random.Next(Telling.Length)];
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 4:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
                default:
                    bytes.InsertRange(at, Noise(length));
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Bytes without any sense.</summary>
    public byte[] Noise(int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
