namespace ActorBroker.Contracts.Options;

/// <summary>Settings that name something to be asked by HTTP.</summary>
internal static class HttpUrl
{
    /// <summary>Null where the text is empty.</summary>
    /// <exception cref="StartupException">It is no such URL.</exception>
    public static Uri? ReadIfAny(SettingReader settings, string key)
    {
        if (settings.TextIfAny(key) is not { } text)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https")
            ? url
            : throw SettingReader.Expected(key, text, "a URL such as https://HOST/PATH");
    }
}
