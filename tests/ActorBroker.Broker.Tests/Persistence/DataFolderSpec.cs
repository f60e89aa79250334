using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Options;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence;

public sealed class DataFolderSpec : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("actorbroker-").FullName;

    private string Folder => Path.Combine(_parent, "data");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public void A_folder_that_is_absent_is_created_with_its_format()
    {
        using var folder = Open();

        Assert.Equal(Folder, folder.Path);
        Assert.Equal($"{DataFolder.FormatVersion}", File.ReadAllText(Path.Combine(Folder, "format")).Trim());
    }

    [Fact]
    public void A_folder_is_held_until_it_is_given_back()
    {
        using (Open())
        {
            var failure = Assert.Throws<StartupException>(Open);
            Assert.Equal($"data folder {Folder} is in use by another process", failure.Message);
        }

        using var again = Open();
        Assert.Equal(Folder, again.Path);
    }

    [Fact]
    public void A_newer_format_is_refused_and_the_folder_given_back()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "format"), "2");

        Assert.Contains("newer version", Assert.Throws<StartupException>(Open).Message, StringComparison.Ordinal);
        Assert.Contains("newer version", Assert.Throws<StartupException>(Open).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("one")]
    [InlineData("-1")]
    public void A_format_that_is_no_number_is_refused(string text)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "format"), text);

        Assert.EndsWith("format does not hold a version number", Assert.Throws<StartupException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_cannot_be_a_folder_is_refused()
    {
        File.WriteAllText(Folder, "");

        Assert.StartsWith($"data folder {Folder} cannot be used: ", Assert.Throws<StartupException>(Open).Message, StringComparison.Ordinal);
    }

    private DataFolder Open() => DataFolder.Open(new DataOptions(Folder));
}
