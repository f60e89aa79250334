using ActorBroker.Connections.Registry;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Alarms;
using ActorBroker.Core.Alarms;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorBroker.Connections.Tests.Registry;

public sealed class ConnectionRegistryTests() : TestKit("akka { loglevel = WARNING, actor.serialize-messages = on }")
{
    [Fact]
    public void Closing_all_is_answered_when_the_last_connection_has_ended()
    {
        var registry = Sys.ActorOf(ConnectionRegistryActor.Props);
        var (first, second, late) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        registry.Tell(new ConnectionOpened(first.Ref), first.Ref);
        registry.Tell(new ConnectionOpened(second.Ref), second.Ref);
        registry.Tell(new CloseAllConnections("bye"), TestActor);
        first.ExpectMsg(new CloseConnection("bye"));
        second.ExpectMsg(new CloseConnection("bye"));
        registry.Tell(new ConnectionOpened(late.Ref), late.Ref);
        late.ExpectMsg(new CloseConnection("bye"));
        Sys.Stop(first.Ref);
        Sys.Stop(second.Ref);
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        Sys.Stop(late.Ref);
        ExpectMsg<AllClosed>();
    }

    [Fact]
    public void Without_connections_closing_all_is_answered_at_once()
    {
        var registry = Sys.ActorOf(ConnectionRegistryActor.Props);
        registry.Tell(new CloseAllConnections("bye"), TestActor);
        ExpectMsg<AllClosed>();
    }

    [Fact]
    public void Connections_hear_of_resource_alarms_and_new_ones_of_those_in_force()
    {
        var registry = Sys.ActorOf(ConnectionRegistryActor.Props);
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        registry.Tell(new ConnectionOpened(first.Ref), first.Ref);
        AwaitAssert(() =>
        {
            Sys.EventStream.Publish(new AlarmsChanged(ResourceAlarms.Disk));
            first.ExpectMsg(new AlarmsChanged(ResourceAlarms.Disk), TimeSpan.FromMilliseconds(100));
        });
        registry.Tell(new ConnectionOpened(second.Ref), second.Ref);
        second.ExpectMsg(new AlarmsChanged(ResourceAlarms.Disk));
        Sys.EventStream.Publish(new AlarmsChanged(ResourceAlarms.None));
        second.ExpectMsg(new AlarmsChanged(ResourceAlarms.None));
    }
}
