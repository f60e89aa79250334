using ActorBroker.Contracts.Clustering;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>What nodes tell each other before they are one cluster.</summary>
internal static class ClusteringFormats
{
    public static void AddTo(FormatTable formats)
    {
        formats.AddProto("m-askterms1", Proto.AskTerms.Parser, (AskTerms _) => new Proto.AskTerms(), _ => new AskTerms());
        formats.AddProto(
            "m-terms1", Proto.TermsTold.Parser,
            (TermsTold m) => new Proto.TermsTold { Terms = { m.Terms }, IsMember = m.IsMember },
            p => new TermsTold([.. p.Terms], p.IsMember));
    }
}
