using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Queues.Transactions;

/// <summary>Transactions of several queues against the model.</summary>
public sealed class TransactionModelSpec
{
    private static readonly Gen<(int, int, int)[]> Commands =
        Gen.Select(Gen.Int[0, 25], Gen.Int[0, 1000], Gen.Int[0, 1000]).Array[1, 120];

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Whatever_crashes_when_each_transaction_is_in_all_queues_or_in_none(bool ample, bool indexed)
    {
        var (committed, crashed) = (0, 0);
        Commands.Sample(
            commands =>
            {
                var run = new TransactionModelRun(ample, indexed);
                Array.ForEach(commands, run.Step);
                run.Finish();
                Interlocked.Add(ref committed, run.CommittedCount);
                Interlocked.Add(ref crashed, run.CrashedUndecided);
            },
            iter: 1_000);
        Assert.True(committed > 250, $"Only {committed} transactions were committed.");
        Assert.True(crashed > 50, $"Only {crashed} transactions were undecided in a crash.");
    }
}
