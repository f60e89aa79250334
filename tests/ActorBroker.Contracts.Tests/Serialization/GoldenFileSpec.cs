using System.Buffers.Binary;
using System.Text;
using ActorBroker.Core.Messages;
using Xunit;

namespace ActorBroker.Contracts.Tests.Serialization;

/// <summary>The forms of the journal are extend-only: what the files hold is what earlier versions have written.</summary>
public sealed class GoldenFileSpec(SerializationSystem written) : IClassFixture<SerializationSystem>
{
    private const int BytesPerLine = 16;
    private const char Checked = 'c';

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden");

    public static TheoryData<string> Manifests => [.. GoldenSamples.ByManifest.Keys];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void A_golden_file_is_read_as_what_was_written(string manifest)
    {
        var sample = GoldenSamples.ByManifest[manifest];

        var read = written.Read(FromHex(File.ReadAllText(PathOf(manifest))), sample.GetType(), manifest.Split('+')[0]);

        Assert.Equal(ContentText.Of(sample), ContentText.Of(read));
    }

    [Fact]
    public void What_is_written_today_is_what_the_golden_files_hold()
    {
        var missing = new List<string>();
        foreach (var type in SerializationSystem.JournalTypes)
        {
            var manifest = PlainOf(written.ManifestOf(written.Content.AnyOf(type)));
            Assert.True(GoldenSamples.ByManifest.ContainsKey(manifest), $"{manifest} of {type} has no golden sample.");
        }

        foreach (var (manifest, sample) in GoldenSamples.ByManifest)
        {
            var hex = ToHex(manifest, WithoutChecksum(sample));
            if (!File.Exists(PathOf(manifest)))
            {
                Directory.CreateDirectory(Folder);
                File.WriteAllText(PathOf(manifest), hex);
                missing.Add(PathOf(manifest));
                continue;
            }

            Assert.Equal(File.ReadAllText(PathOf(manifest)).ReplaceLineEndings("\n"), hex);
        }

        Assert.True(missing.Count == 0, $"New forms without a golden file; check these and add them to the sources: {string.Join(", ", missing)}");
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void With_a_checksum_behind_it_a_golden_file_is_the_form_that_is_written_today(string manifest)
    {
        var sample = GoldenSamples.ByManifest[manifest];

        var read = written.Read(written.Write(sample), sample.GetType(), written.ManifestOf(sample));

        Assert.Equal(ContentText.Of(sample), ContentText.Of(read));
    }

    [Fact]
    public void Every_golden_file_has_its_sample() =>
        Assert.Equal(
            GoldenSamples.ByManifest.Keys.Order(StringComparer.Ordinal),
            Directory.GetFiles(Folder, "*.hex").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));

    private static string PlainOf(string manifest) => manifest.EndsWith(Checked) ? manifest[..^1] : manifest;

    // The files hold Protobuf forms without the checksum that is written behind them, under a manifest that says so.
    private byte[] WithoutChecksum(object sample)
    {
        var bytes = written.Write(sample);
        if (!written.ManifestOf(sample).EndsWith(Checked))
        {
            return bytes;
        }

        Assert.Equal(Crc32C.Of(bytes.AsSpan(0, bytes.Length - sizeof(uint))), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(bytes.Length - sizeof(uint))));
        return bytes[..^sizeof(uint)];
    }

    private static string PathOf(string manifest) => Path.Combine(Folder, $"{manifest}.hex");

    // Sixteen bytes a line, with their ASCII beside them: a change of a form can be reviewed.
    private static string ToHex(string manifest, byte[] bytes)
    {
        var text = new StringBuilder().Append("# ").Append(manifest).Append('\n');
        foreach (var line in bytes.Chunk(BytesPerLine))
        {
            text.Append(Convert.ToHexStringLower(line).PadRight(2 * BytesPerLine)).Append("  # ");
            foreach (var value in line)
            {
                text.Append(value is >= 0x20 and < 0x7F ? (char)value : '.');
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static byte[] FromHex(string text) =>
        Convert.FromHexString(string.Concat(text.Split('\n').Select(line => line.Split('#')[0].Trim())));
}
