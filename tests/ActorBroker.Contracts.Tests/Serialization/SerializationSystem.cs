using ActorBroker.Contracts.Transfer;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Xunit;

namespace ActorBroker.Contracts.Tests.Serialization;

/// <summary>An actor system with the shipped serializer bindings, and the types that they bind.</summary>
public sealed class SerializationSystem : IDisposable
{
    private const string BindingsKey = "akka.actor.serialization-bindings";

    public SerializationSystem()
    {
        var shipped = ShippedBindings();
        System = (ExtendedActorSystem)ActorSystem.Create("serialization", shipped);
        Content = new GeneratedContent([System.ActorOf(Props.Empty), System.ActorOf(Props.Empty, "named"), System.DeadLetters]);
    }

    public ExtendedActorSystem System { get; }

    /// <summary>Values of any type that is written, with references to actors of <see cref="System"/>.</summary>
    internal GeneratedContent Content { get; }

    /// <summary>Every concrete type that the shipped bindings name, by itself or by its base or interface.</summary>
    public static IEnumerable<Type> AllTypes => TypesBoundTo(_ => true);

    /// <summary>Those of the journal.</summary>
    public static IEnumerable<Type> JournalTypes => TypesBoundTo(serializer => serializer == "actorbroker-journal");

    public string ManifestOf(object value) => SerializerOf(value).Manifest(value);

    public byte[] Write(object value) => SerializerOf(value).ToBinary(value);

    public object Read(byte[] bytes, Type type, string manifest) =>
        System.Serialization.Deserialize(bytes, System.Serialization.FindSerializerForType(type).Identifier, manifest);

    public void Dispose()
    {
        System.Dispose();
    }

    private SerializerWithStringManifest SerializerOf(object value) =>
        Assert.IsAssignableFrom<SerializerWithStringManifest>(System.Serialization.FindSerializerFor(value));

    private static IEnumerable<Type> TypesBoundTo(Func<string, bool> isWanted)
    {
        var bound = ShippedBindings().GetConfig(BindingsKey).AsEnumerable()
            .Where(binding => isWanted(binding.Value.GetString()))
            .Select(binding => Type.GetType(binding.Key, throwOnError: true)!)
            .ToList();
        return new[] { typeof(IBrokerMessage).Assembly, typeof(Core.Messages.MessageBatch).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type != typeof(WrittenMessage))
            .Where(type => type is { IsAbstract: false, IsInterface: false } && bound.Any(marker => marker.IsAssignableFrom(type)))
            .OrderBy(type => type.FullName, StringComparer.Ordinal);
    }

    private static Config ShippedBindings()
    {
        using var stream = typeof(IBrokerMessage).Assembly.GetManifestResourceStream("hocon/serialization.conf")!;
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
