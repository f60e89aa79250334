using ActorBroker.Management.Tests.Api;
using Xunit;

namespace ActorBroker.CommandLine.Tests.Commands;

/// <summary>A broker in the test's process, and its HTTP server, as the API's own tests have it.</summary>
public sealed class BrokerFixture : ApiFixture;

[CollectionDefinition(nameof(BrokerCollection))]
public sealed class BrokerCollection : ICollectionFixture<BrokerFixture>;
