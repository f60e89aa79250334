-- The tables of Akka.Persistence.Sql 1.5 (table-mapping = default, tag-write-mode = Csv), as its own start would create
-- them, but without the indexes on created and on sequence_number alone: nothing reads them, and each one is another
-- page in every commit.

CREATE TABLE IF NOT EXISTS journal (
    ordering        INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    created         INTEGER       NOT NULL,
    deleted         BIT           NOT NULL,
    persistence_id  NVARCHAR(255) NOT NULL,
    sequence_number INTEGER       NOT NULL,
    message         VARBINARY     NOT NULL,
    tags            NVARCHAR(100)     NULL,
    manifest        NVARCHAR(500)     NULL,
    identifier      INTEGER           NULL,
    writer_uuid     NVARCHAR(128)     NULL
);

-- Fencing: two incarnations of one entity cannot both write a sequence number.
CREATE UNIQUE INDEX IF NOT EXISTS journal_uq ON journal (persistence_id, sequence_number);

-- Deleting leaves one row of each entity, the last one, which is looked for by the next deletion and by upkeep.
CREATE INDEX IF NOT EXISTS journal_deleted ON journal (persistence_id, sequence_number) WHERE deleted = 1;

CREATE TABLE IF NOT EXISTS snapshot (
    persistence_id  NVARCHAR(255) NOT NULL,
    sequence_number INTEGER       NOT NULL,
    created         INTEGER       NOT NULL,
    snapshot        VARBINARY         NULL,
    manifest        NVARCHAR(500)     NULL,
    serializer_id   INTEGER           NULL,
    CONSTRAINT PK_snapshot PRIMARY KEY (persistence_id, sequence_number)
);

-- Rows that could not be read, as they were: copies, made before the journal lets go of them.
CREATE TABLE IF NOT EXISTS journal_quarantine (
    id              INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    source          NVARCHAR(16)  NOT NULL,
    persistence_id  NVARCHAR(255) NOT NULL,
    sequence_number INTEGER       NOT NULL,
    created         INTEGER       NOT NULL,
    manifest        NVARCHAR(500)     NULL,
    identifier      INTEGER           NULL,
    message         VARBINARY         NULL,
    reason          NVARCHAR(500) NOT NULL,
    set_aside       INTEGER       NOT NULL,
    UNIQUE (source, persistence_id, sequence_number, created)
);
