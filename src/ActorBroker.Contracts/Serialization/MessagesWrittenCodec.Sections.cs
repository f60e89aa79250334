using System.Buffers.Binary;
using ActorBroker.Core.Messages;

namespace ActorBroker.Contracts.Serialization;

/// <content>Sections as such, and the checksum over them.</content>
internal static partial class MessagesWrittenCodec
{
    private ref struct SectionWriter(Span<byte> bytes)
    {
        private readonly Span<byte> _bytes = bytes;
        private int _sectionStart;
        private int _position;
        private uint _checksum;

        /// <summary>Starts a section and gives its payload to fill.</summary>
        public Span<byte> Section(byte type, int length)
        {
            _sectionStart = _position;
            _bytes[_position] = type;
            BinaryPrimitives.WriteInt32LittleEndian(_bytes[(_position + 1)..], length);
            _position += SectionHeaderSize + length;
            return _bytes.Slice(_sectionStart + SectionHeaderSize, length);
        }

        /// <summary>Takes the section's header and so much of its filled payload into the checksum.</summary>
        public void Cover(int payloadLength) =>
            _checksum = Crc32C.Append(_checksum, _bytes.Slice(_sectionStart, SectionHeaderSize + payloadLength));

        public void End()
        {
            var checksum = _checksum;
            BinaryPrimitives.WriteUInt32LittleEndian(Section(Checksum, sizeof(uint)), checksum);
        }
    }

    private ref struct SectionReader(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _sectionStart;
        private int _position;
        private uint _checksum;

        public byte Type { get; private set; }

        public ReadOnlySpan<byte> Payload { get; private set; }

        public readonly int PayloadOffset => _sectionStart + SectionHeaderSize;

        /// <summary>Goes to the next section, which must be there: only the checksum ends an event.</summary>
        public byte Next()
        {
            _sectionStart = _position;
            var rest = _bytes[_position..];
            if (rest.Length < SectionHeaderSize)
            {
                throw Damaged("it ends without its checksum");
            }

            var length = BinaryPrimitives.ReadUInt32LittleEndian(rest[1..]);
            if (length > rest.Length - SectionHeaderSize)
            {
                throw Damaged($"a section of {length} bytes does not end within it");
            }

            Type = rest[0];
            Payload = rest.Slice(SectionHeaderSize, (int)length);
            _position += SectionHeaderSize + (int)length;
            return Type;
        }

        public void Cover(int payloadLength) =>
            _checksum = Crc32C.Append(_checksum, _bytes.Slice(_sectionStart, SectionHeaderSize + payloadLength));

        /// <summary>Checks the section that was gone to as the checksum that ends the event.</summary>
        public readonly void End()
        {
            if (Payload.Length != sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(Payload) != _checksum)
            {
                throw Damaged("its checksum does not match");
            }

            if (_position != _bytes.Length)
            {
                throw Damaged("bytes are left over after its checksum");
            }
        }

        public readonly InvalidDataException Damaged(string what) =>
            new($"A journal event of messages is damaged in the section at byte {_sectionStart} of {_bytes.Length}: {what}.");
    }
}
