-- Up to which position the erasures of the log were finished: keys destroyed, files removed. It is kept with the key
-- tables and goes back with them: where an old backup of them is restored, what was erased since is destroyed again at
-- the next start. No row: none was finished here.
CREATE TABLE erasures_finished (
    one        boolean NOT NULL DEFAULT true,
    through    bigint  NOT NULL,
    CONSTRAINT erasures_finished_pk PRIMARY KEY (one),
    CONSTRAINT erasures_finished_one_row CHECK (one),
    CONSTRAINT erasures_finished_not_negative CHECK (through >= 0)
);

REVOKE ALL ON erasures_finished FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON erasures_finished TO hoso_app;
