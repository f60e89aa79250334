namespace ActorBroker.Tidy.Tests;

/// <summary>The folder that these tests were built in, without what a build or a run leaves there.</summary>
internal static class Repository
{
    private static readonly string[] IgnoredFolders =
        [".git", ".vs", ".idea", "bin", "obj", "data", "artifacts", "node_modules", "TestResults", "BenchmarkDotNet.Artifacts"];

    private static readonly string[] TextExtensions = [".cs", ".conf", ".csproj", ".js", ".json", ".md", ".props", ".proto", ".ps1", ".py", ".sh", ".sql", ".yml"];

    public static string Root { get; } = FindRoot();

    /// <summary>Every kept file, as a path from <see cref="Root"/> with <c>/</c> between its parts.</summary>
    public static IReadOnlyList<string> Files { get; } =
        [.. FilesUnder(new DirectoryInfo(Root)).Select(file => Relative(file)).Order(StringComparer.Ordinal)];

    /// <summary>The files that people write as text, those without an extension (Dockerfile, .ci/run) included.</summary>
    public static IEnumerable<string> TextFiles => Files.Where(file =>
        file != "LICENSE" && (Path.GetExtension(file) is "" || TextExtensions.Contains(Path.GetExtension(file))));

    public static IEnumerable<string> SourcesOf(string folder) =>
        Files.Where(file => file.StartsWith(folder + "/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal));

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    public static string Text(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>The names directly in <see cref="Root"/> that are kept.</summary>
    public static IEnumerable<string> TopLevelNames =>
        new DirectoryInfo(Root).EnumerateFileSystemInfos().Select(entry => entry.Name).Where(name => !IgnoredFolders.Contains(name));

    private static IEnumerable<FileInfo> FilesUnder(DirectoryInfo folder) => folder.EnumerateFiles().Concat(
        folder.EnumerateDirectories().Where(inner => !IgnoredFolders.Contains(inner.Name)).SelectMany(FilesUnder));

    private static string Relative(FileInfo file) => Path.GetRelativePath(Root, file.FullName).Replace(Path.DirectorySeparatorChar, '/');

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ActorBroker.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"no ActorBroker.sln above {AppContext.BaseDirectory}");
    }
}
