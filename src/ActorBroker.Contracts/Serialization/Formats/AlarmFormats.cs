using ActorBroker.Contracts.Alarms;
using ActorBroker.Core.Alarms;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>Alarms between nodes, and the limits that raise them.</summary>
internal static class AlarmFormats
{
    public static void AddTo(FormatTable formats)
    {
        formats.AddProto(
            "m-alarms1", Proto.NodeAlarms.Parser,
            (NodeAlarms m) => new Proto.NodeAlarms { Node = m.Node, Alarms = (uint)m.Alarms },
            p => new NodeAlarms(p.Node, (ResourceAlarms)p.Alarms));
        formats.AddProto(
            "m-setresourcelimits1", Proto.SetResourceLimits.Parser,
            (SetResourceLimits m) => new Proto.SetResourceLimits { Memory = FormOf(m.Memory), DiskFree = FormOf(m.DiskFree), User = m.User },
            p => new SetResourceLimits(LimitOf(p.Memory), LimitOf(p.DiskFree), p.User));
        formats.AddProto(
            "m-resourcelimitsset1", Proto.ResourceLimitsSet.Parser,
            (ResourceLimitsSet _) => new Proto.ResourceLimitsSet(),
            _ => ResourceLimitsSet.Instance);
    }

    private static Proto.ResourceLimit? FormOf(ResourceLimit? limit) => limit switch
    {
        null => null,
        { Share: { } share } => new Proto.ResourceLimit { Share = share },
        { Absolute: var bytes } => new Proto.ResourceLimit { Bytes = bytes },
    };

    private static ResourceLimit? LimitOf(Proto.ResourceLimit? form) => form switch
    {
        null => null,
        { HasShare: true, Share: >= 0 } => ResourceLimit.OfMemory(form.Share),
        { HasBytes: true, Bytes: >= 0 } => ResourceLimit.OfBytes(form.Bytes),
        _ => throw new InvalidDataException("A limit of a resource is neither bytes nor a share."),
    };
}
