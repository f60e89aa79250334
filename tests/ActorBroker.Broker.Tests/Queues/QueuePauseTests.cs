using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Queues;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>Timers are due at once when a paused process goes on: nobody had the time to answer, and no clock went on.</summary>
public sealed class QueuePauseTests : QueueActorSpec
{
    private static readonly TimeSpan RegistrationLimit = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_declaration_waits_for_its_name_as_long_after_a_pause_as_without()
    {
        KeepSilent(Catalogue);
        Queues.Tell(new DeclareQueue(Key, 1, Durable, false, Someone), Client.Ref);
        var register = Catalogue.ExpectMsg<RegisterName>();
        Advance(RegistrationLimit);
        Catalogue.Reply(new NameRegistered(register.RequestId, null));
        Client.ExpectMsg(new QueueAnswered(1, null, 0, 0));
    }
}
