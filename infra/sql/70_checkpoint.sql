-- What was attested: every checkpoint that was published, and who cosigned it. Written by the one process that
-- attests, after the head outside the database was moved; never changed afterwards.
CREATE TABLE checkpoint (
    origin    text        NOT NULL,
    size      bigint      NOT NULL,
    root      bytea       NOT NULL,
    -- The signed note, as published at first: with the log's own signatures and the cosignatures there were.
    note      text        NOT NULL,
    signed_at timestamptz NOT NULL,
    -- Whether the cosignatures were what the policy asked for.
    quorum    boolean     NOT NULL,
    CONSTRAINT checkpoint_pk PRIMARY KEY (origin, size),
    CONSTRAINT checkpoint_size_not_negative CHECK (size >= 0),
    CONSTRAINT checkpoint_root_is_sha256 CHECK (octet_length(root) = 32)
);
CREATE INDEX checkpoint_newest ON checkpoint (signed_at);

-- Cosignatures, those that came later too: a witness that is asked again about a log that did not grow says a later
-- time.
CREATE TABLE cosignature (
    origin      text        NOT NULL,
    size        bigint      NOT NULL,
    witness     text        NOT NULL,
    key_id      bytea       NOT NULL,
    line        text        NOT NULL,
    cosigned_at timestamptz NOT NULL,
    CONSTRAINT cosignature_pk PRIMARY KEY (origin, size, witness, key_id, cosigned_at),
    CONSTRAINT cosignature_checkpoint FOREIGN KEY (origin, size) REFERENCES checkpoint (origin, size),
    CONSTRAINT cosignature_key_id_is_short CHECK (octet_length(key_id) = 4)
);
CREATE INDEX cosignature_newest ON cosignature (origin, witness, key_id, cosigned_at DESC);

CREATE TRIGGER checkpoint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_forget();
ALTER TABLE checkpoint ENABLE ALWAYS TRIGGER checkpoint_append_only;
CREATE TRIGGER cosignature_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON cosignature
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_forget();
ALTER TABLE cosignature ENABLE ALWAYS TRIGGER cosignature_append_only;

-- A checkpoint with the newest cosignature of each key: few, and found by the primary key.
CREATE VIEW published_checkpoint AS
SELECT origin, size, root, note, signed_at, quorum,
       ARRAY(SELECT line FROM (SELECT DISTINCT ON (witness, key_id) witness, key_id, line FROM cosignature s
                                WHERE s.origin = c.origin AND s.size = c.size
                                ORDER BY witness, key_id, cosigned_at DESC) newest) AS lines
  FROM checkpoint c;

REVOKE ALL ON checkpoint, cosignature, published_checkpoint FROM PUBLIC;
GRANT SELECT ON published_checkpoint TO hoso_app;
GRANT SELECT, INSERT ON checkpoint, cosignature TO hoso_app;
