using ActorBroker.Contracts.Management;
using Google.Protobuf;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>What nodes ask each other for people and their tools.</summary>
internal static class ManagementFormats
{
    public static void AddTo(FormatTable formats)
    {
        formats.AddProto("g-ask1", Proto.AskNode.Parser, Write, Read);
        formats.AddProto(
            "g-answered1", Proto.NodeAnswered.Parser,
            (NodeAnswered m) => new Proto.NodeAnswered { RequestId = m.RequestId, Report = UnsafeByteOperations.UnsafeWrap(m.Report) },
            p => new NodeAnswered(p.RequestId, p.Report.Memory));
    }

    private static Proto.AskNode Write(AskNode message)
    {
        var form = new Proto.AskNode { RequestId = message.RequestId, Question = (int)message.Question, Reason = message.Reason };
        if (message.VirtualHost is { } virtualHost)
        {
            form.VirtualHost = virtualHost;
        }

        if (message.Name is { } name)
        {
            form.Name = name;
        }

        if (message.Samples is { } samples)
        {
            form.SamplesAge = (long)samples.Age.TotalMilliseconds;
            form.SamplesIncrement = (long)samples.Increment.TotalMilliseconds;
        }

        return form;
    }

    private static AskNode Read(Proto.AskNode form) => new(form.RequestId, (NodeQuestion)form.Question)
    {
        VirtualHost = form.HasVirtualHost ? form.VirtualHost : null,
        Name = form.HasName ? form.Name : null,
        Reason = form.Reason,
        Samples = form.SamplesIncrement <= 0
            ? null
            : new SampleRange(TimeSpan.FromMilliseconds(form.SamplesAge), TimeSpan.FromMilliseconds(form.SamplesIncrement)),
    };
}
