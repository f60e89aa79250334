using ActorBroker.Contracts.Alarms;
using ActorBroker.Core.Alarms;

namespace ActorBroker.Contracts.Serialization;

/// <summary>Alarms between nodes.</summary>
internal static class AlarmFormats
{
    public static void AddTo(FormatTable formats) =>
        formats.AddProto(
            "m-alarms1", Proto.NodeAlarms.Parser,
            (NodeAlarms m) => new Proto.NodeAlarms { Node = m.Node, Alarms = (uint)m.Alarms },
            p => new NodeAlarms(p.Node, (ResourceAlarms)p.Alarms));
}
