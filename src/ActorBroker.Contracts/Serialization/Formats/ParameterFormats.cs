using ActorBroker.Contracts.Access;
using ActorBroker.Core.Names;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>Parameters of the whole cluster, as commands and as the journal keeps them.</summary>
internal static class ParameterFormats
{
    public static void AddMessagesTo(FormatTable formats) => formats.AddProto(
        "a-parameter1", Proto.SetParameter.Parser,
        (SetGlobalParameter m) => ToForm(m.RequestId, m.Name, m.Value, m.Origin),
        p => new SetGlobalParameter(p.RequestId, p.Name, ValueOf(p), p.Origin.ToOrigin()));

    public static void AddEventsTo(FormatTable formats) => formats.AddProto(
        "ae-parameter1", Proto.SetParameter.Parser,
        (GlobalParameterSet e) => ToForm(0, e.Name, e.Value, e.Origin),
        p => new GlobalParameterSet(p.Name, ValueOf(p), p.Origin.ToOrigin()));

    private static Proto.SetParameter ToForm(long requestId, string name, string? value, Origin origin)
    {
        var form = new Proto.SetParameter { RequestId = requestId, Name = name, Origin = origin.ToForm() };
        if (value is not null)
            form.Value = value;
        return form;
    }

    private static string? ValueOf(Proto.SetParameter form) => form.HasValue ? form.Value : null;
}
