using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Transfer;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Contracts.Tests.Transfer;

/// <summary>What another actor system cannot make this one read.</summary>
public sealed class RefusalSpec(TwoSystems systems) : IClassFixture<TwoSystems>
{
    private const string Strange =
        """
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          actor.provider = remote
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        }
        """;

    public sealed record Anything(string Text);

    [Fact]
    public async Task A_message_of_an_unknown_manifest_is_dropped_and_the_next_one_arrives()
    {
        var (here, there) = (systems.Listen(systems.Here), systems.Listen(systems.There));
        there.Remote.Tell(new WrittenMessage("q-publish999", [1, 2, 3], typeof(PublishBatch)), here.Actor);
        there.Remote.Tell(new WrittenMessage("q-publish1", [1, 2, 3], typeof(PublishBatch)), here.Actor);
        there.Remote.Tell(new WrittenMessage("q-nothing1", new byte[3 * PartLimits.PartBytes], typeof(PublishBatch)), here.Actor);
        there.Remote.Tell(new PublishProgress(1, 1), here.Actor);

        Assert.Equal(1, (await there.NextAsync<PublishProgress>()).AcceptedSequence);
    }

    [Fact]
    public async Task An_object_of_any_type_is_dropped_whoever_sends_it_and_the_next_message_arrives()
    {
        using var stranger = ActorSystem.Create("stranger", Strange);
        var there = systems.Listen(systems.There);
        var remote = ((ExtendedActorSystem)stranger).Provider.ResolveActorRef(
            there.Actor.Path.ToStringWithAddress(((ExtendedActorSystem)systems.There).Provider.DefaultAddress));
        remote.Tell(new Anything("of a type that is here too"));
        remote.Tell(Google.Protobuf.WellKnownTypes.Timestamp.FromDateTime(DateTime.UnixEpoch));
        remote.Tell("a text");

        Assert.Equal("a text", await there.NextAsync<string>());
        await stranger.Terminate();
    }

    [Fact]
    public void An_object_without_a_form_cannot_be_written() =>
        Assert.Throws<System.Runtime.Serialization.SerializationException>(
            () => systems.Here.Serialization.FindSerializerFor(new Anything("nowhere")).ToBinary(new Anything("nowhere")));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7100)]
    [InlineData(-5)]
    public void A_form_of_a_serializer_that_reads_any_type_is_refused(int serializer) =>
        Assert.Throws<System.Runtime.Serialization.SerializationException>(
            () => systems.Here.Serialization.Deserialize("{}"u8.ToArray(), serializer, typeof(Anything).AssemblyQualifiedName));
}
