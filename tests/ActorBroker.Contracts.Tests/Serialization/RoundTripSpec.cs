using System.Runtime.Serialization;
using ActorBroker.Contracts.Access;
using ActorBroker.Core.Access;
using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Serialization;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using Akka.Actor;
using CsCheck;
using Xunit;

namespace ActorBroker.Contracts.Tests.Serialization;

public sealed class RoundTripSpec(SerializationSystem written) : IClassFixture<SerializationSystem>
{
    public static TheoryData<Type> Types => [.. SerializationSystem.AllTypes];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_message_and_event_is_read_as_it_was_written(Type type) =>
        written.Content.Of(type).Sample(
            value =>
            {
                var read = written.Read(written.Write(value!), type, written.ManifestOf(value!));
                Assert.IsType(type, read);
                Assert.Equal(ContentText.Of(value), ContentText.Of(read));
            },
            iter: 200,
            threads: 1);

    [Theory]
    [MemberData(nameof(Types))]
    public void Damaged_bytes_of_every_form_are_a_serialization_error_or_another_value(Type type) =>
        Gen.Select(written.Content.Of(type), Gen.Int, Gen.Byte, Gen.Int).Sample(
            (value, place, damage, length) =>
            {
                var bytes = written.Write(value!);
                if (bytes.Length == 0)
                {
                    return;
                }

                bytes[(int)((uint)place % (uint)bytes.Length)] ^= damage;
                bytes = bytes[..(int)((uint)length % (uint)(bytes.Length + 1))];
                var failure = Record.Exception(() => written.Read(bytes, type, written.ManifestOf(value!)));
                Assert.True(failure is null or SerializationException, $"{failure}");
            },
            iter: 200,
            threads: 1);

    [Fact]
    public void No_type_is_left_to_the_default_serializer_and_no_two_share_a_manifest()
    {
        var manifests = new Dictionary<string, Type>();
        foreach (var type in SerializationSystem.AllTypes)
        {
            Assert.IsAssignableFrom<FormatTableSerializer>(written.System.Serialization.FindSerializerForType(type));
            var manifest = written.ManifestOf(written.Content.AnyOf(type));
            Assert.Matches("^[a-z-]+[0-9]+c?$", manifest);
            Assert.True(manifests.TryAdd(manifest, type), $"{manifest} is the manifest of {manifests.GetValueOrDefault(manifest)} and of {type}");
        }

        Assert.True(manifests.Count > 50, $"Only {manifests.Count} types were found.");
    }

    [Fact]
    public void An_unknown_manifest_is_a_serialization_error()
    {
        Assert.Throws<SerializationException>(() => written.Read([], typeof(PublishBatch), "q-publish999"));
        Assert.IsType<UnreadableEvent>(written.Read([], typeof(MessagesWritten), ""));
    }

    [Fact]
    public void A_path_that_is_no_actors_is_a_serialization_error()
    {
        var message = new QueueResolved(1, new QueueKey("/", "q"), written.System.ActorOf(Props.Empty));
        var bytes = written.Write(message);
        bytes[^1] = (byte)'x';

        Assert.Throws<SerializationException>(() => written.Read(bytes, typeof(QueueResolved), "n-resolved1"));
    }

    [Fact]
    public void A_delivery_of_a_part_of_a_batch_writes_that_part_alone()
    {
        GeneratedBatches.Segment.Sample(
            segment =>
            {
                var records = 0;
                var routes = new HashSet<MessageRoute>(ReferenceEqualityComparer.Instance);
                for (var index = segment.StartIndex; index < segment.StartIndex + segment.Count; index++)
                {
                    records += segment.Batch.RecordOf(index).Length;
                    routes.Add(segment.Batch.RouteOf(index));
                }

                const int Frame = sizeof(int) + sizeof(int) + sizeof(long) + sizeof(byte) + sizeof(int) + 20;
                var counts = segment.DeliveryCount + segment.AcquiredCount == 0 ? 0 : sizeof(int) + sizeof(int);
                var time = segment.WrittenAt == 0 ? 0 : sizeof(long);
                var bytes = written.Write(new DeliverMessages(1, [segment]));
                Assert.Equal(Frame + counts + time + routes.Sum(route => route.Encoded.Length) + records, bytes.Length);
            },
            iter: 200,
            threads: 1);
    }

    [Fact]
    public void What_is_read_of_a_batch_points_into_the_bytes_that_came()
    {
        var slab = new byte[MessageRecord.SizeOf(0, 3)];
        MessageRecord.WriteHeader(slab, MessageFormat.Amqp091, 0, 3, 0, MessageFlags.None, 0);
        var batch = new MessageBatch(slab, [0], [MessageRoute.Create("x", "key")]);
        var bytes = written.Write(new PublishBatch(1, batch));

        var read = Assert.IsType<PublishBatch>(written.Read(bytes, typeof(PublishBatch), "q-publish1"));

        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(read.Batch.BodyOf(0), out var body));
        Assert.Same(bytes, body.Array);
    }

    [Fact]
    public void The_hash_of_a_password_is_in_no_text_of_its_message()
    {
        var message = new PutUser(1, "guest", "secret", PasswordHashing.Sha256, [], new Origin("", "", DateTimeOffset.UnixEpoch));

        Assert.DoesNotContain("secret", message.ToString(), StringComparison.Ordinal);
        var failure = Assert.Throws<SerializationException>(
            () => written.Read(written.Write(message)[..^1], typeof(PutUser), "a-putuser1"));
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }
}
