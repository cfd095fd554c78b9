-- The log and what stands beside it. Run once, by the owner's role, in one transaction.
--
-- Recorded means: committed in `event`, with a position. Positions are dense from 1 and are the only order of the log.
-- The application's role reads and calls the functions of 02_append.sql; it cannot insert, change or remove a row.

CREATE TABLE ledger (
    -- One row: which ledger this is, and its clock.
    one           boolean     NOT NULL DEFAULT true,
    ledger_id     uuid        NOT NULL,
    clock         text        NOT NULL,
    -- Microseconds added to the database's clock; zero for ever on a system clock.
    offset_micros bigint     NOT NULL DEFAULT 0,
    -- The ledger's time when the last process closed cleanly; a demo clock goes on from here.
    last_seen     timestamptz,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT ledger_pk PRIMARY KEY (one),
    CONSTRAINT ledger_one_row CHECK (one),
    CONSTRAINT ledger_clock_known CHECK (clock IN ('system', 'demo')),
    CONSTRAINT ledger_system_clock_has_no_offset CHECK (clock = 'demo' OR offset_micros = 0)
);

-- Column order: eight-byte columns first, so that no byte is lost to alignment.
CREATE TABLE event (
    position       bigint      NOT NULL,
    recorded_at    timestamptz NOT NULL,
    version        integer     NOT NULL,
    category       smallint    NOT NULL,
    -- On the first event of an item: how many events the item has. On the others: 0.
    item_events    smallint    NOT NULL,
    stream_id      uuid        NOT NULL,
    topic          text        NOT NULL,
    payload        bytea       NOT NULL,
    leaf           bytea       NOT NULL,
    -- On the first event of an item that a command with an idempotency key made.
    command_id     bytea,
    -- The first 16 bytes of the request's HMAC-SHA-256 (a truncated HMAC; 128 bits tell requests apart).
    request_digest bytea,
    CONSTRAINT event_pk PRIMARY KEY (position) WITH (fillfactor = 100),
    CONSTRAINT event_stream_version UNIQUE (stream_id, version),
    CONSTRAINT event_command UNIQUE (command_id),
    CONSTRAINT event_position_from_one CHECK (position >= 1),
    CONSTRAINT event_version_not_negative CHECK (version >= 0),
    CONSTRAINT event_item_events_not_negative CHECK (item_events >= 0),
    CONSTRAINT event_topic_not_empty CHECK (topic <> ''),
    CONSTRAINT event_leaf_is_sha256 CHECK (octet_length(leaf) = 32),
    CONSTRAINT event_command_with_digest CHECK (
        (command_id IS NULL AND request_digest IS NULL)
        OR (octet_length(command_id) = 32 AND octet_length(request_digest) = 16)
    )
);

-- 'Was anything newer recorded in these categories?' Only deciding categories (below 100) are ever asked for.
CREATE INDEX event_category_position ON event (category, position) WHERE category < 100;

CREATE TABLE claim (
    -- What must exist once although ids are random. `value` is an HMAC, never what it stands for.
    kind      text   NOT NULL,
    value     bytea  NOT NULL,
    stream_id uuid   NOT NULL,
    position  bigint NOT NULL,
    CONSTRAINT claim_pk PRIMARY KEY (kind, value),
    CONSTRAINT claim_position_from_one CHECK (position >= 1)
);

-- Statement triggers, so that even a statement that would touch no row is refused; ALWAYS, so that
-- session_replication_role does not switch them off.
CREATE FUNCTION refuse_to_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'What was recorded stays; a mistake is put right by recording a new fact.';
END
$$;

CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_forget();
ALTER TABLE event ENABLE ALWAYS TRIGGER event_append_only;

CREATE TRIGGER claim_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON claim
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_forget();
ALTER TABLE claim ENABLE ALWAYS TRIGGER claim_append_only;

REVOKE ALL ON event, claim, ledger FROM PUBLIC;
GRANT SELECT ON event, claim, ledger TO hoso_app;
