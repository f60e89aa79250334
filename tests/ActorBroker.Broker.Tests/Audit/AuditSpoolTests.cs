using System.Globalization;
using ActorBroker.Broker.Audit;
using CsCheck;
using Xunit;

namespace ActorBroker.Broker.Tests.Audit;

/// <summary>Records in the data folder, and what a process finds there after one that was killed.</summary>
public sealed class AuditSpoolTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorbroker-spool-");

    [Fact]
    public void What_is_not_done_is_left_in_order()
    {
        using (var spool = new AuditSpool(_folder.FullName))
        {
            Assert.Empty(spool.Left);
            Add(spool, 0, 1, 2);
        }

        using (var spool = new AuditSpool(_folder.FullName))
        {
            Assert.Equal([0, 1, 2], Numbers(spool));
            spool.Left[0].Spooled!.IsDone = true;
            spool.Settle();
            Add(spool, 3);
        }

        using var last = new AuditSpool(_folder.FullName);
        Assert.Equal([1, 2, 3], Numbers(last));
    }

    [Fact]
    public void The_files_are_empty_when_all_is_done()
    {
        using var spool = new AuditSpool(_folder.FullName);
        var added = Add(spool, [.. Enumerable.Range(0, 10)]);
        added.ForEach(static message => message.Spooled!.IsDone = true);
        spool.Settle();

        Assert.All(_folder.GetFiles(), static file => Assert.Equal(0, file.Length));
    }

    [Fact]
    public void Files_stay_short_while_there_is_always_something_under_way()
    {
        using (var spool = new AuditSpool(_folder.FullName))
        {
            var before = Add(spool, 0);
            for (var i = 1; i < 20_000; i++)
            {
                var next = Add(spool, i);
                before.ForEach(static message => message.Spooled!.IsDone = true);
                spool.Settle();
                before = next;
            }
        }

        Assert.All(_folder.GetFiles(), static file => Assert.InRange(file.Length, 0, AuditSpool.LongFile + 10_000));
        using var last = new AuditSpool(_folder.FullName);
        Assert.Equal([19_999], Numbers(last));
    }

    [Fact]
    public void Whatever_a_kill_cuts_off_the_records_before_it_are_read() =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[0, 30], Gen.Int[0, 100]).Sample(
            (count, done, cut) =>
            {
                foreach (var file in _folder.GetFiles())
                {
                    file.Delete();
                }

                done = Math.Min(done, count - 1);
                var lengths = new List<long>();
                using (var spool = new AuditSpool(_folder.FullName))
                {
                    var added = Add(spool, [.. Enumerable.Range(0, count)]);
                    lengths.AddRange(added.Select(static message => message.Spooled!.End));
                    added.Take(done).ToList().ForEach(static message => message.Spooled!.IsDone = true);
                    spool.Settle();
                }

                var path = _folder.GetFiles().Single(static file => file.Length > 0).FullName;
                var length = Math.Max(lengths[done], lengths[^1] - cut);
                using (var file = File.OpenWrite(path))
                {
                    file.SetLength(length);
                }

                using var next = new AuditSpool(_folder.FullName);
                Assert.Equal(Enumerable.Range(0, count).Where(i => i >= done && lengths[i] <= length), Numbers(next));
                Add(next, 99);
                next.Dispose();
                using var last = new AuditSpool(_folder.FullName);
                Assert.Equal(99, Numbers(last)[^1]);
            },
            iter: 200,
            threads: 1);

    [Fact]
    public void What_is_no_spool_is_passed_over()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "audit-0.spool"), new string('x', 1000));
        using (var spool = new AuditSpool(_folder.FullName))
        {
            Assert.Empty(spool.Left);
            Add(spool, 7);
        }

        using var last = new AuditSpool(_folder.FullName);
        Assert.Equal([7], Numbers(last));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static List<AuditMessage> Add(AuditSpool spool, params int[] numbers)
    {
        List<AuditMessage> added = [];
        foreach (var number in numbers)
        {
            added.Add(new AuditMessage(number.ToString(CultureInfo.InvariantCulture), new byte[number % 50]));
            spool.Add(added[^1]);
        }

        return added;
    }

    private static List<int> Numbers(AuditSpool spool)
    {
        Assert.All(spool.Left, static message => Assert.Equal(int.Parse(message.Route.RoutingKey, CultureInfo.InvariantCulture) % 50, message.Properties.Length));
        return [.. spool.Left.Select(static message => int.Parse(message.Route.RoutingKey, CultureInfo.InvariantCulture))];
    }
}
