using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Collections;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues.Log;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Lanes;
using ActorBroker.Core.Queues.Lifetime;
using ActorBroker.Core.Queues.Transactions;
using Google.Protobuf;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>The queue's journal and its snapshot.</summary>
internal static class QueueEventFormats
{
    public static void AddTo(FormatTable formats)
    {
        formats.Add<MessagesWritten>("qe-written1", MessagesWrittenCodec.Write, MessagesWrittenCodec.Read, MessagesWrittenCodec.Salvage);
        formats.AddProto(
            "qe-declared1", Proto.QueueDeclared.Parser,
            (QueueDeclared e) => new Proto.QueueDeclared
            {
                Queue = e.Queue.ToForm(),
                Definition = e.Definition.ToForm(),
                Origin = e.Origin.ToForm(),
                Declaration = e.Declaration,
            },
            p => new QueueDeclared(p.Queue.ToQueueKey(), p.Definition.ToQueueDefinition(), p.Origin.ToOrigin()) { Declaration = p.Declaration });
        formats.AddProto(
            "qe-redefined1", Proto.QueueRedefined.Parser,
            (QueueRedefined e) => new Proto.QueueRedefined { Definition = e.Definition.ToForm(), Origin = e.Origin.ToForm() },
            p => new QueueRedefined(p.Definition.ToQueueDefinition(), p.Origin.ToOrigin()));
        formats.AddProto(
            "qe-policy1", Proto.QueuePolicyApplied.Parser,
            (QueuePolicyApplied e) => new Proto.QueuePolicyApplied { Policy = e.Policy.ToForm() },
            p => new QueuePolicyApplied(p.Policy.ToEffectivePolicy()));
        formats.AddProto(
            "qe-deleted1", Proto.QueueDeleted.Parser,
            (QueueDeleted e) => new Proto.QueueDeleted { Origin = e.Origin.ToForm() },
            p => new QueueDeleted(p.Origin.ToOrigin()));
        formats.AddProto(
            "qe-source1", Proto.QueueBindingSourceAdded.Parser,
            (BindingSourceAdded e) => new Proto.QueueBindingSourceAdded { Exchange = e.Exchange },
            p => new BindingSourceAdded(p.Exchange));
        formats.AddProto(
            "qe-purged1", Proto.MessagesPurged.Parser,
            (MessagesPurged e) => new Proto.MessagesPurged
            {
                Positions = { e.Positions.Select(TopologyForms.ToForm) },
                Origin = e.Origin.ToForm(),
            },
            p => new MessagesPurged(p.Positions.ToRanges(), p.Origin.ToOrigin()));
        formats.AddProto("qs1", Proto.QueueSnapshot.Parser, ToForm, FromForm);
    }

    private static Proto.QueueSnapshot ToForm(QueueSnapshot snapshot) => new()
    {
        Queue = snapshot.Queue.ToForm(),
        Definition = snapshot.Definition?.ToForm(),
        Policy = snapshot.Policy == EffectivePolicy.None ? null : snapshot.Policy.ToForm(),
        BindingSources = { snapshot.BindingSources },
        NextPosition = snapshot.Index.NextPosition,
        DeliveredBefore = snapshot.Index.DeliveredBefore,
        Live = { snapshot.Index.Live.Select(TopologyForms.ToForm) },
        Segments = { snapshot.Index.Segments.Select(ToForm) },
        Lanes = { snapshot.Index.Lanes.Select(ToForm) },
        Deadlines = ToForm(snapshot.Index.Notes.Deadlines),
        Deaths = ToForm(snapshot.Index.Notes.Deaths),
        Returns = ToForm(snapshot.Index.Notes.Returns),
        Delays = ToForm(snapshot.Index.Notes.Delays),
        Identities = UnsafeByteOperations.UnsafeWrap(QueueNotesCodec.Write(snapshot.Index.Notes.Identities)),
        BodySizes = ToForm(snapshot.Index.BodySizes),
        Prepared = { snapshot.Index.Prepared.Select(ToForm) },
        Declaration = snapshot.Declaration,
        DeclaredBy = snapshot.DeclaredBy,
        Marks = UnsafeByteOperations.UnsafeWrap(PublisherMarksCodec.WriteTimed(snapshot.Index.Marks)),
        Stream = snapshot.Index.Stream?.ToForm(),
        History = snapshot.Index.History?.ToForm(),
        Space = { snapshot.Index.Space.Select(static run => new Proto.JournalRun { LastSequenceNr = run.LastSequenceNr, Bytes = run.Bytes }) },
    };

    private static Proto.LaneIndex ToForm(LaneIndex lane) => new()
    {
        Priority = lane.Key.Priority,
        FairValue = lane.Key.FairValue,
        Group = lane.Key.Group,
        Positions = { lane.Positions.Select(TopologyForms.ToForm) },
    };

    private static ByteString ToForm(PreparedShare share)
    {
        var bytes = new byte[PreparedShareCodec.GetSize(share)];
        PreparedShareCodec.Write(share, bytes);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    private static ByteString ToForm(PositionRun[] runs) => UnsafeByteOperations.UnsafeWrap(QueueNotesCodec.Write(runs));

    public static Proto.SegmentAddress ToForm(SegmentAddress address)
    {
        var form = new Proto.SegmentAddress
        {
            FirstPosition = address.FirstPosition,
            EndPosition = address.EndPosition,
            FirstSequenceNr = address.FirstSequenceNr,
            LastSequenceNr = address.LastSequenceNr,
            SizeBytes = address.SizeBytes,
        };
        if (address.LiveBytes is { } liveBytes)
        {
            form.LiveBytes = liveBytes;
        }

        return form;
    }

    private static QueueSnapshot FromForm(Proto.QueueSnapshot form) => new(
        form.Queue.ToQueueKey(),
        form.Definition?.ToQueueDefinition(),
        form.Policy.ToEffectivePolicy(),
        [.. form.BindingSources],
        new QueueIndex(form.NextPosition, form.DeliveredBefore, form.Live.ToRanges(), [.. form.Segments.Select(FromForm)])
        {
            Lanes = [.. form.Lanes.Select(FromForm)],
            Notes = new QueueNotes(
                QueueNotesCodec.ReadRuns(form.Deadlines.Span),
                QueueNotesCodec.ReadRuns(form.Deaths.Span),
                QueueNotesCodec.ReadRuns(form.Returns.Span),
                QueueNotesCodec.ReadRuns(form.Delays.Span),
                QueueNotesCodec.ReadIdentities(form.Identities.Span)),
            Prepared = [.. form.Prepared.Select(static share => PreparedShareCodec.Read(share.ToByteArray(), 0, share.Length))],
            BodySizes = QueueNotesCodec.ReadRuns(form.BodySizes.Span),
            Stream = form.Stream?.ToStreamIndex(),
            History = form.History?.ToStreamIndex(),
            Space = [.. form.Space.Select(static run => new JournalRun(run.LastSequenceNr, run.Bytes))],
            Marks = PublisherMarksCodec.ReadTimed(form.Marks.Span),
        })
    {
        Declaration = form.Declaration,
        DeclaredBy = form.DeclaredBy,
    };

    private static LaneIndex FromForm(Proto.LaneIndex form) =>
        new(new LaneKey((byte)form.Priority, form.FairValue, form.Group), form.Positions.ToRanges());

    public static SegmentAddress FromForm(Proto.SegmentAddress form) =>
        new(form.FirstPosition, form.EndPosition, form.FirstSequenceNr, form.LastSequenceNr, form.SizeBytes)
        {
            LiveBytes = form.HasLiveBytes ? form.LiveBytes : null,
        };
}
