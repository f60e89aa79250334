-- The tables of Akka.Persistence.Sql 1.5 (table-mapping = default, tag-write-mode = Csv), as its own start would create
-- them, with one index where it makes five: each one is another page in every commit, and nothing reads the others.

CREATE TABLE actorbroker_format (
    only_row        BOOLEAN NOT NULL PRIMARY KEY CHECK (only_row),
    version         INTEGER NOT NULL
);

CREATE TABLE journal (
    ordering        BIGINT  NOT NULL GENERATED ALWAYS AS IDENTITY,
    created         BIGINT  NOT NULL,
    deleted         BOOLEAN NOT NULL,
    persistence_id  TEXT    NOT NULL COLLATE "C",
    sequence_number BIGINT  NOT NULL,
    message         BYTEA   NOT NULL,
    tags            TEXT        NULL,
    manifest        TEXT        NULL COLLATE "C",
    identifier      INTEGER     NULL,
    writer_uuid     TEXT        NULL COLLATE "C",

    -- Fencing: two incarnations of one entity cannot both write a sequence number.
    CONSTRAINT journal_uq PRIMARY KEY (persistence_id, sequence_number)
);

-- Deleting leaves one row of each entity, the last one, which upkeep looks for.
CREATE INDEX journal_deleted ON journal (persistence_id) WHERE deleted;

CREATE TABLE snapshot (
    persistence_id  TEXT    NOT NULL COLLATE "C",
    sequence_number BIGINT  NOT NULL,
    created         BIGINT  NOT NULL,
    snapshot        BYTEA       NULL,
    manifest        TEXT        NULL COLLATE "C",
    serializer_id   INTEGER     NULL,
    CONSTRAINT pk_snapshot PRIMARY KEY (persistence_id, sequence_number)
);

-- Rows that could not be read, as they were: copies, made before the journal lets go of them.
CREATE TABLE journal_quarantine (
    id              BIGINT  NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source          TEXT    NOT NULL,
    persistence_id  TEXT    NOT NULL COLLATE "C",
    sequence_number BIGINT  NOT NULL,
    created         BIGINT  NOT NULL,
    manifest        TEXT        NULL,
    identifier      INTEGER     NULL,
    message         BYTEA       NULL,
    reason          TEXT    NOT NULL,
    set_aside       BIGINT  NOT NULL,
    UNIQUE (source, persistence_id, sequence_number, created)
);

-- In the main journal: which virtual hosts are in which further one.
CREATE TABLE virtual_host_journal (
    virtual_host    TEXT    NOT NULL PRIMARY KEY,
    journal         TEXT    NOT NULL
);

-- Batches of messages are not compressed: it would cost more than the disk that it saves, on every write and read.
ALTER TABLE journal ALTER COLUMN message SET STORAGE EXTERNAL;
ALTER TABLE snapshot ALTER COLUMN snapshot SET STORAGE EXTERNAL;

-- Consumed messages are deleted as fast as they come: their space is to be used again soon.
ALTER TABLE journal SET (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.5,
    toast.autovacuum_vacuum_scale_factor = 0.02);

INSERT INTO actorbroker_format (only_row, version) VALUES (TRUE, 1);
