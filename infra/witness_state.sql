-- A witness's memory. What it cosigned may only grow: the triggers hold that against our own mistakes too.
CREATE TABLE identity (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    name    TEXT NOT NULL,
    -- Its vkeys, a line each; empty while `hoso witness init` is at work.
    vkeys   TEXT NOT NULL
) STRICT;

CREATE TABLE trusted (
    vkey    TEXT PRIMARY KEY,
    origin  TEXT NOT NULL
) STRICT;
CREATE INDEX trusted_origin ON trusted (origin);

CREATE TABLE latest (
    origin      TEXT PRIMARY KEY,
    origin_hash TEXT NOT NULL UNIQUE,
    size        INTEGER NOT NULL CHECK (size >= 0),
    root        BLOB NOT NULL CHECK (length(root) = 32),
    note        TEXT NOT NULL,
    cosigned_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER latest_only_grows BEFORE UPDATE ON latest
    WHEN new.size < old.size OR (new.size = old.size AND new.root <> old.root) OR new.origin <> old.origin
    BEGIN SELECT RAISE(ABORT, 'what was cosigned only grows'); END;
CREATE TRIGGER latest_is_kept BEFORE DELETE ON latest
    BEGIN SELECT RAISE(ABORT, 'what was cosigned is kept'); END;

-- The newest time that was ever signed, and when a person set it back (`hoso witness serve --clock-confirmed`).
CREATE TABLE clock (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    last_time INTEGER NOT NULL
) STRICT;
CREATE TABLE clock_confirmed (
    confirmed_at INTEGER NOT NULL,
    last_time    INTEGER NOT NULL
) STRICT;

CREATE TABLE evidence (
    number   INTEGER PRIMARY KEY,
    digest   BLOB NOT NULL UNIQUE,
    kind     TEXT NOT NULL,
    origin   TEXT NOT NULL,
    refused  TEXT NOT NULL,
    cosigned TEXT NOT NULL,
    seen_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX evidence_of_a_log ON evidence (origin, kind);
CREATE TRIGGER evidence_is_kept BEFORE DELETE ON evidence
    BEGIN SELECT RAISE(ABORT, 'evidence is kept'); END;

INSERT INTO clock (one, last_time) VALUES (1, 0);
