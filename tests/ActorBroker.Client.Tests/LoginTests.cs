using ActorBroker.Core.Sessions;
using Xunit;

namespace ActorBroker.Client.Tests;

/// <summary>Many logins that fail.</summary>
public sealed class LoginTests(OneBroker broker) : IClassFixture<OneBroker>
{
    [Fact]
    public async Task Guessing_passwords_becomes_slow()
    {
        var refusals = new List<RefusalReason>();
        for (var attempt = 0; attempt < 6; attempt++)
        {
            var client = BrokerClient.Start(
                broker.Application,
                broker.Settings with { Password = $"guess-{attempt}", RequestTimeout = TimeSpan.FromSeconds(2) },
                $"guess-{attempt}");
            try
            {
                await client.ConnectedAsync();
            }
            catch (BrokerRefusedException refused)
            {
                refusals.Add(refused.Refusal.Reason);
            }
            catch (TimeoutException)
            {
                // It is told to try again later, and does.
                refusals.Add(RefusalReason.Unavailable);
            }

            await client.DisposeAsync();
        }

        Assert.Equal(RefusalReason.AccessRefused, refusals[0]);
        Assert.Contains(RefusalReason.Unavailable, refusals);
    }
}
