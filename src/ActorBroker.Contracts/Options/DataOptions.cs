namespace ActorBroker.Contracts.Options;

/// <summary>Where the broker keeps its data.</summary>
/// <param name="Directory">Path of the data folder as configured; relative ones start at the working directory.</param>
public sealed record DataOptions(string Directory)
{
    public static DataOptions Read(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new DataOptions(settings.Text("actorbroker.data.directory"));
    }
}
