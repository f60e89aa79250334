using ActorBroker.Broker.Persistence;
using ActorBroker.Broker.Persistence.Sqlite;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence;

public sealed class DeletedRowsTests : JournalFileSpec
{
    private readonly DeletedRows _deletedRows;

    public DeletedRowsTests() => _deletedRows = new DeletedRows(Upkeep, Gate);

    [Fact]
    public void The_last_deleted_event_of_a_queue_keeps_its_number_and_not_its_content()
    {
        Write(100, "queue/a", deleted: true);
        Write(100, "queue/a");

        Assert.False(_deletedRows.Round());

        Assert.Equal(0, Number("SELECT length(message) FROM journal WHERE deleted = 1"));
        Assert.Equal(100 * Kibibyte, Number("SELECT length(message) FROM journal WHERE deleted = 0"));
    }

    [Fact]
    public void Nothing_stays_of_a_queue_that_is_deleted()
    {
        Write(1, "queue/a", deleted: true);

        _deletedRows.Round();

        Assert.Equal(0, Number("SELECT count(*) FROM journal"));
    }

    [Fact]
    public void A_queue_that_has_a_snapshot_keeps_its_number()
    {
        Write(1, "queue/a", deleted: true);
        SqliteConnectionSettings.Execute(Writer, "INSERT INTO snapshot (persistence_id, sequence_number, created) VALUES ('queue/a', 1, 0)");

        _deletedRows.Round();

        Assert.Equal(1, Number("SELECT count(*) FROM journal"));
    }

    [Fact]
    public void Entities_other_than_queues_keep_their_number()
    {
        Write(1, "catalogue/a", deleted: true);

        _deletedRows.Round();

        Assert.Equal(1, Number("SELECT count(*) FROM journal"));
    }

    [Fact]
    public void Many_are_dropped_in_several_rounds()
    {
        for (var queue = 0; queue < 450; queue++)
        {
            Write(0, $"queue/{queue}", deleted: true);
        }

        Assert.True(_deletedRows.Round());
        Assert.True(_deletedRows.Round());
        Assert.False(_deletedRows.Round());

        Assert.Equal(0, Number("SELECT count(*) FROM journal"));
    }
}
