using System.Xml.Linq;
using Xunit;

namespace ActorBroker.Tidy.Tests;

/// <summary>Which project may see which; a row for each project under src.</summary>
public sealed class DependencyTests
{
    private static readonly Dictionary<string, string[]> AllowedReferences = new()
    {
        ["ActorBroker.Core"] = [],
        ["ActorBroker.Protocols.Amqp091"] = ["ActorBroker.Core"],
        ["ActorBroker.Contracts"] = ["ActorBroker.Core"],
        ["ActorBroker.Broker"] = ["ActorBroker.Contracts"],
        ["ActorBroker.Connections"] = ["ActorBroker.Contracts", "ActorBroker.Protocols.Amqp091"],
        ["ActorBroker.Client"] = ["ActorBroker.Contracts"],
        ["ActorBroker.TestKit"] = ["ActorBroker.Client", "ActorBroker.Embedded"],
        ["ActorBroker.Embedded"] = ["ActorBroker.Broker", "ActorBroker.Connections"],
        ["ActorBroker.Hosting"] = ["ActorBroker.Client", "ActorBroker.Embedded"],
        ["ActorBroker.Management"] = ["ActorBroker.Contracts"],
        ["ActorBroker.CommandLine"] = ["ActorBroker.PerfTest"],
        ["ActorBroker.Server"] = ["ActorBroker.CommandLine", "ActorBroker.Embedded", "ActorBroker.Management", "ActorBroker.RabbitMqDiagnostics"],
        ["ActorBroker.RabbitMqCtl"] = ["ActorBroker.CommandLine"],
        ["ActorBroker.RabbitMqDiagnostics"] = ["ActorBroker.RabbitMqCtl"],
        ["ActorBroker.PerfTest"] = ["ActorBroker.Protocols.Amqp091"],
    };

    public static TheoryData<string> SourceProjects => new(ProjectFiles("src/").Select(Name));

    public static TheoryData<string> PureProjects => new(ProjectFiles("src/").Select(Name).Where(IsPure));

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void A_project_references_only_what_the_layers_allow(string project)
    {
        Assert.True(AllowedReferences.TryGetValue(project, out var allowed), $"{project} has no row in {nameof(AllowedReferences)}");
        Assert.Equal(allowed.Order(), References(project, "ProjectReference").Select(Name).Order());
    }

    [Theory]
    [MemberData(nameof(PureProjects))]
    public void The_core_and_the_protocols_need_no_package(string project) => Offences.None(References(project, "PackageReference"));

    [Fact]
    public void Every_test_project_tests_a_project_or_says_why_it_exists()
    {
        string[] withoutProject =
        [
            "ActorBroker.Benchmarks", "ActorBroker.Benchmarks.Tests", "ActorBroker.Cluster.Tests", "ActorBroker.Interop.Tests", "ActorBroker.Testing",
            "ActorBroker.Tidy.Tests",
        ];
        var tested = ProjectFiles("src/").Select(file => Name(file) + ".Tests");
        Offences.None(ProjectFiles("tests/").Select(Name).Except(withoutProject).Except(tested));
    }

    [Fact]
    public void The_solution_holds_every_project()
    {
        var solution = Repository.Text("ActorBroker.sln").Replace('\\', '/');
        Offences.None(ProjectFiles("").Where(file => !solution.Contains($"\"{file}\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Versions_of_packages_are_kept_in_one_place() =>
        Offences.None(ProjectFiles("").Where(file => Elements(file, "PackageReference").Any(reference => reference.Attribute("Version") is not null)));

    internal static bool IsPure(string project) =>
        project == "ActorBroker.Core" || project.StartsWith("ActorBroker.Protocols.", StringComparison.Ordinal);

    private static IEnumerable<string> ProjectFiles(string folder) => Repository.Files.Where(file =>
        file.StartsWith(folder, StringComparison.Ordinal) && file.EndsWith(".csproj", StringComparison.Ordinal));

    private static string Name(string projectFile) => Path.GetFileNameWithoutExtension(projectFile);

    private static IEnumerable<string> References(string project, string kind) =>
        Elements($"src/{project}/{project}.csproj", kind).Select(reference => (string)reference.Attribute("Include")!);

    private static IEnumerable<XElement> Elements(string projectFile, string name) =>
        XDocument.Parse(Repository.Text(projectFile)).Descendants(name);
}
