using System.Globalization;
using System.Text;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.Policies;

/// <summary>Whether a policy may be set. Texts are RabbitMQ's.</summary>
public static class PolicyCheck
{
    private const int NameBytesMax = 255;
    private const int DefinitionBytesMax = 16 * 1024;

    /// <summary>Why not, or null.</summary>
    public static Refusal? Check(Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        List<string> errors = [];
        if (PolicyKeys.Check(policy.Definition, policy.IsOperator) is { } definitionError)
        {
            errors.Add(definitionError);
        }
        else if (ArgumentTableCodec.Encode(policy.Definition).Length > DefinitionBytesMax)
        {
            errors.Add($"definition must not exceed {DefinitionBytesMax} bytes");
        }

        if (!NamePattern.TryParse(policy.Pattern, out _, out var error))
        {
            errors.Add(error.Offset is { } offset
                ? string.Create(CultureInfo.InvariantCulture, $"pattern should be regular expression but is invalid: {{\"{error.Words}\",{offset}}}")
                : $"pattern {error.Words}");
        }

        if (Encoding.UTF8.GetByteCount(policy.Name) is 0 or > NameBytesMax)
        {
            errors.Add($"name must have 1 to {NameBytesMax} bytes");
        }

        return errors.Count == 0 ? null : new Refusal(RefusalReason.PreconditionFailed, $"Validation failed\n\n{string.Join('\n', errors)}");
    }
}
