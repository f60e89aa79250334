using Xunit;

namespace ActorBroker.Interop.Tests.Hosting;

/// <summary>Tests through RabbitMQ.Client, on one broker.</summary>
[CollectionDefinition(Name)]
public sealed class DotNetClient : ICollectionFixture<BrokerFixture>
{
    public const string Name = "RabbitMQ.Client";
}

/// <summary>Tests that send and read bytes of their own, on one broker.</summary>
[CollectionDefinition(Name)]
public sealed class RawSocket : ICollectionFixture<BrokerFixture>
{
    public const string Name = "raw socket";
}

/// <summary>What queue arguments, extensions and plug-ins do, seen through RabbitMQ.Client, on one broker.</summary>
[CollectionDefinition(Name)]
public sealed class Features : ICollectionFixture<BrokerFixture>
{
    public const string Name = "features";
}

/// <summary>The tutorials in every language, on one broker.</summary>
[CollectionDefinition(Name)]
public sealed class TutorialScripts : ICollectionFixture<BrokerFixture>
{
    public const string Name = "tutorials";
}

/// <summary>Clients of other languages and the frameworks that stand on them, on one broker.</summary>
[CollectionDefinition(Name)]
public sealed class OtherClients : ICollectionFixture<BrokerFixture>
{
    public const string Name = "other clients";
}

/// <summary>Tests that kill their broker: alone on the machine, so that their load disturbs nobody's time limits.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class KilledBroker
{
    public const string Name = "killed broker";
}

/// <summary>Tests that give a broker all the work that they can: alone on the machine, for the same reason.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FuzzedBroker
{
    public const string Name = "fuzzed broker";
}
