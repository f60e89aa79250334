using System.Buffers.Binary;
using System.Text;
using ActorBroker.Core.Messages;
using Microsoft.Win32.SafeHandles;

namespace ActorBroker.Broker.Audit;

/// <summary>
/// One file of <see cref="AuditSpool"/>: a header, and records one after the other, all little endian.
/// <para>
/// <c>header = magic:u32 version:u32 epoch:i64 begin:i64</c>: the file with the lower epoch has the older records; those before
/// <c>begin</c> are in the stream. <c>record = length:u32 CRC-32C:u32 content</c>, <c>content = key-length:u16 key properties</c>.
/// </para>
/// </summary>
internal sealed class AuditSpoolFile : IDisposable
{
    private const uint Magic = 0x50_53_42_41;
    private const uint Version = 1;
    private const int EpochAt = 8;
    private const int BeginAt = 16;
    private const int HeaderSize = 24;
    private const int RecordHeaderSize = 8;

    // A file is read whole at the start. None of ours comes near: records under way are bounded.
    private const long ReadableMax = 64 * 1024 * 1024;

    private readonly SafeFileHandle _file;
    private readonly Queue<SpooledRecord> _underWay = new();
    private long _begin = HeaderSize;

    private AuditSpoolFile(SafeFileHandle file) => _file = file;

    /// <summary>Bytes written so far.</summary>
    public long Length { get; private set; }

    /// <summary>Which of the two files was begun later.</summary>
    public long Epoch { get; private set; }

    /// <summary>Opens or creates a file.</summary>
    /// <param name="path">Where.</param>
    /// <param name="left">Gets the records in it that may not be in the stream.</param>
    /// <exception cref="IOException">It cannot be used.</exception>
    public static AuditSpoolFile Open(string path, List<AuditMessage> left)
    {
        var file = new AuditSpoolFile(File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite));
        try
        {
            file.ReadTo(left);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes a record behind the others.</summary>
    /// <param name="message">The record.</param>
    /// <param name="epoch">Of the file, where this is its first.</param>
    public SpooledRecord Append(AuditMessage message, long epoch)
    {
        var key = Encoding.UTF8.GetByteCount(message.Route.RoutingKey);
        var content = sizeof(ushort) + key + message.Properties.Length;
        var isFirst = Length == 0;
        var bytes = new byte[(isFirst ? HeaderSize : 0) + RecordHeaderSize + content];
        if (isFirst)
        {
            WriteHeader(bytes, epoch);
        }

        var record = bytes.AsSpan(bytes.Length - content - RecordHeaderSize);
        var rest = record[RecordHeaderSize..];
        BinaryPrimitives.WriteUInt16LittleEndian(rest, (ushort)key);
        Encoding.UTF8.GetBytes(message.Route.RoutingKey, rest[sizeof(ushort)..]);
        message.Properties.Span.CopyTo(rest[(sizeof(ushort) + key)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)content);
        BinaryPrimitives.WriteUInt32LittleEndian(record[sizeof(uint)..], Crc32C.Of(rest));

        RandomAccess.Write(_file, bytes, Length);
        (Epoch, Length) = (isFirst ? epoch : Epoch, Length + bytes.Length);
        var spooled = new SpooledRecord(this, Length);
        _underWay.Enqueue(spooled);
        return spooled;
    }

    /// <summary>Notes how far the stream has what is in the file; empties it when it has everything.</summary>
    public void Settle()
    {
        var begin = _begin;
        while (_underWay.TryPeek(out var first) && first.IsDone)
        {
            begin = _underWay.Dequeue().End;
        }

        if (begin == _begin)
        {
            return;
        }

        if (_underWay.Count == 0)
        {
            RandomAccess.SetLength(_file, 0);
            (Length, _begin) = (0, HeaderSize);
            return;
        }

        Span<byte> mark = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(mark, begin);
        RandomAccess.Write(_file, mark, BeginAt);
        _begin = begin;
    }

    public void Dispose() => _file.Dispose();

    private static void WriteHeader(Span<byte> bytes, long epoch)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[sizeof(uint)..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[EpochAt..], epoch);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[BeginAt..], HeaderSize);
    }

    // What cannot be read, and all behind it, was not written to its end: nobody was answered that it was.
    private void ReadTo(List<AuditMessage> left)
    {
        var bytes = new byte[Math.Min(RandomAccess.GetLength(_file), ReadableMax)];
        var all = bytes.AsSpan(0, RandomAccess.Read(_file, bytes, 0));
        if (all.Length >= HeaderSize
            && BinaryPrimitives.ReadUInt32LittleEndian(all) == Magic
            && BinaryPrimitives.ReadUInt32LittleEndian(all[sizeof(uint)..]) == Version
            && BinaryPrimitives.ReadInt64LittleEndian(all[BeginAt..]) is >= HeaderSize and var begin
            && begin <= all.Length)
        {
            Epoch = BinaryPrimitives.ReadInt64LittleEndian(all[EpochAt..]);
            (_begin, Length) = (begin, begin);
            ReadRecords(all, left);
        }

        if (_underWay.Count == 0)
        {
            (_begin, Length) = (HeaderSize, 0);
        }

        RandomAccess.SetLength(_file, Length);
    }

    private void ReadRecords(ReadOnlySpan<byte> all, List<AuditMessage> left)
    {
        while (TryRead(all[(int)Length..]) is { } message)
        {
            Length += RecordHeaderSize + sizeof(ushort) + Encoding.UTF8.GetByteCount(message.Route.RoutingKey) + message.Properties.Length;
            message.Spooled = new SpooledRecord(this, Length);
            _underWay.Enqueue(message.Spooled);
            left.Add(message);
        }
    }

    private static AuditMessage? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < RecordHeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(bytes) is var length && length > bytes.Length - RecordHeaderSize)
        {
            return null;
        }

        var content = bytes.Slice(RecordHeaderSize, (int)length);
        if (content.Length < sizeof(ushort) || Crc32C.Of(content) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[sizeof(uint)..]))
        {
            return null;
        }

        var key = BinaryPrimitives.ReadUInt16LittleEndian(content);
        return new AuditMessage(Encoding.UTF8.GetString(content.Slice(sizeof(ushort), key)), content[(sizeof(ushort) + key)..].ToArray());
    }
}

/// <summary>Where a record is in the spool until the stream has it.</summary>
internal sealed class SpooledRecord(AuditSpoolFile file, long end)
{
    public AuditSpoolFile File { get; } = file;

    /// <summary>Where it ends in the file.</summary>
    public long End { get; } = end;

    public bool IsDone { get; set; }
}
