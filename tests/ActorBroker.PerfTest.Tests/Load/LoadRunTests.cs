using System.Net;
using System.Net.Sockets;
using ActorBroker.PerfTest.Load;
using ActorBroker.PerfTest.Options;
using ActorBroker.PerfTest.Reporting;
using Xunit;

namespace ActorBroker.PerfTest.Tests.Load;

public sealed class LoadRunTests
{
    private const int Count = 1000;

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(3000)]
    public void What_is_published_is_confirmed_and_consumed(int size)
    {
        using var broker = new RelayBroker(_ => 1);

        var summary = Run(broker.Port, options => options with { Size = size == 0 ? 1 : size, Confirm = 10, AckEvery = 7 });

        Assert.Equal((Count, Count, Count), (summary.Published, summary.Confirmed, summary.Consumed));
        Assert.Equal(0, summary.Bad);
        Assert.NotNull(summary.ConfirmLatency);
        Assert.Equal(size >= 16, summary.Latency is not null);
    }

    [Fact]
    public void A_message_that_never_comes_is_lost()
    {
        using var broker = new RelayBroker(index => index % 100 == 0 ? 0 : 1);

        var summary = Run(broker.Port, options => options with { Patience = TimeSpan.FromMilliseconds(300) });

        Assert.Equal((10, 0, 0), (summary.Lost, summary.Duplicates, summary.OutOfOrder));
    }

    [Fact]
    public void A_message_that_comes_twice_is_a_duplicate()
    {
        using var broker = new RelayBroker(index => index == 500 ? 2 : 1);

        var summary = Run(broker.Port, options => options);

        Assert.Equal((0, 1, 0), (summary.Lost, summary.Duplicates, summary.OutOfOrder));
    }

    [Fact]
    public void A_broker_that_is_not_there_fails_the_run_in_one_line()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));

        var error = Assert.Throws<LoadException>(() => Run(((IPEndPoint)socket.LocalEndPoint!).Port, options => options));

        Assert.StartsWith("cannot connect to localhost:", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static RunSummary Run(int port, Func<PerfOptions, PerfOptions> change)
    {
        var options = new PerfOptions { Endpoint = Endpoint.Default with { Port = port }, Queues = ["q"], Count = Count };
        return new LoadRun(change(options), TextWriter.Null, CancellationToken.None).Execute();
    }
}
