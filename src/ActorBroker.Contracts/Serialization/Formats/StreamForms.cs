using ActorBroker.Core.Streams;
using Google.Protobuf;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>The Protobuf form of a stream's index, and of a queue's history.</summary>
internal static class StreamForms
{
    public static Proto.StreamIndex ToForm(this StreamIndex index) => new()
    {
        Segments =
        {
            index.Segments.Select(ToForm),
        },
        LastChunk = index.LastChunk,
    };

    /// <exception cref="InvalidDataException">A part is missing that was always written.</exception>
    public static StreamIndex ToStreamIndex(this Proto.StreamIndex form) => new([.. form.Segments.Select(FromForm)], form.LastChunk);

    private static Proto.StreamSegment ToForm(StreamSegmentIndex segment)
    {
        var form = new Proto.StreamSegment
        {
            Address = QueueEventFormats.ToForm(segment.Address),
            FirstAt = segment.FirstAt,
            LastAt = segment.LastAt,
            Filter = UnsafeByteOperations.UnsafeWrap(segment.Filter),
            HasUnfiltered = segment.HasUnfiltered,
        };
        if (segment.Count is { } count)
        {
            form.Count = count;
        }

        return form;
    }

    private static StreamSegmentIndex FromForm(Proto.StreamSegment form) => new(
        QueueEventFormats.FromForm(form.Address ?? throw new InvalidDataException("A stream's segment has no address.")),
        form.FirstAt,
        form.LastAt,
        form.Filter.Length > 0 ? form.Filter.ToByteArray() : throw new InvalidDataException("A stream's segment has no filter."),
        form.HasUnfiltered)
    {
        Count = form.HasCount ? form.Count : null,
    };
}
