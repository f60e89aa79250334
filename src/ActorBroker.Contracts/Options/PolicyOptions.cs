using System.Globalization;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Policies;
using Akka.Configuration;

namespace ActorBroker.Contracts.Options;

/// <summary>A policy that is set at every start.</summary>
/// <param name="VirtualHost">Where.</param>
/// <param name="Policy">What.</param>
public sealed record PolicyOptions(string VirtualHost, Policy Policy)
{
    private const string DefinitionKey = "definition";

    private static readonly string[] Keys = ["vhost", "name", "pattern", "apply-to", "priority", DefinitionKey];

    /// <summary>Policies and operator policies.</summary>
    /// <exception cref="StartupException">One cannot be set.</exception>
    public static IReadOnlyList<PolicyOptions> ReadAll(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return [.. ReadAll(settings, "actorbroker.policies", isOperator: false), .. ReadAll(settings, "actorbroker.operator-policies", isOperator: true)];
    }

    private static List<PolicyOptions> ReadAll(SettingReader settings, string key, bool isOperator) =>
        settings.Sections(key).Select((section, index) => Read(section, string.Create(CultureInfo.InvariantCulture, $"{key}[{index}]"), isOperator)).ToList();

    private static PolicyOptions Read(Config section, string key, bool isOperator)
    {
        var unknown = section.AsEnumerable().Select(entry => entry.Key).FirstOrDefault(name => !Keys.Contains(name, StringComparer.Ordinal));
        if (unknown is not null)
        {
            throw SettingReader.Expected($"{key}.{unknown}", "...", $"only {string.Join(", ", Keys)}");
        }

        var target = section.GetString("apply-to", PolicyTarget.All.Word());
        var priority = section.GetString("priority", "0");
        var policy = new Policy(
            section.GetString("name", string.Empty),
            isOperator,
            section.GetString("pattern", string.Empty),
            PolicyTargets.TryParse(target, out var applyTo) ? applyTo : throw SettingReader.Expected($"{key}.apply-to", target, "all, queues, classic_queues, quorum_queues, streams or exchanges"),
            int.TryParse(priority, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw SettingReader.Expected($"{key}.priority", priority, "a whole number"),
            Definition(section));
        return PolicyCheck.Check(policy) is { } refusal
            ? throw SettingReader.Expected(key, policy.Name, $"a policy that can be set: {refusal.Text.ReplaceLineEndings(" ")}")
            : new PolicyOptions(section.GetString("vhost", "/"), policy);
    }

    private static ArgumentTable Definition(Config section)
    {
        if (!section.HasPath(DefinitionKey) || !section.GetValue(DefinitionKey).IsObject())
        {
            return ArgumentTable.Empty;
        }

        var definition = new ArgumentTable.Builder();
        foreach (var (name, value) in section.GetValue(DefinitionKey).GetObject().Items)
        {
            definition.Add(name, PolicyKeys.Parse(name, value.IsString() ? value.GetString() : value.ToString()));
        }

        return definition.Build();
    }
}
