using System.Text.RegularExpressions;
using Xunit;

namespace ActorBroker.TestKit.Tests.Readme;

/// <summary>README.md's blocks of C# are those of <see cref="ReadmeCode"/>, which is compiled.</summary>
public sealed partial class ReadmeTests
{
    private const string Indentation = "        ";

    public static TheoryData<string> Blocks => new(Block().Matches(Text("README.md")).Select(static block => block.Groups["code"].Value));

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Each_block_is_compiled(string block)
    {
        var compiled = Text("ReadmeCode.cs");
        var lines = block.TrimEnd().Split('\n');
        Assert.All(lines.Where(static line => Directive().IsMatch(line)), directive => Assert.Contains($"{directive}\n", compiled, StringComparison.Ordinal));
        var code = string.Join('\n', lines.Where(static line => !Directive().IsMatch(line)).SkipWhile(static line => line.Length == 0)
            .Select(static line => line.Length == 0 ? line : Indentation + line));
        Assert.Contains($"    {{\n{code}\n    }}\n", compiled, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_shows_of_tests_runs() => Assert.Null(await Record.ExceptionAsync(ReadmeCode.TestAsync));

    private static string Text(string resource)
    {
        using var stream = typeof(ReadmeTests).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^using [A-Z][\w.]*;$")]
    private static partial Regex Directive();
}
