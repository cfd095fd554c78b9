-- Keys of subjects and what finds a person again. All of it is erasable: destroying a key makes everything sealed
-- with it unreadable, in the log, in its copies and its backups. What must stay for ever is in `event`, sealed.

CREATE TABLE subject_key (
    subject uuid  NOT NULL,
    -- AES-256-GCM under a key derived from the master key, which is never in the database: 12 bytes nonce,
    -- 32 bytes key, 16 bytes tag; associated data binds it to its subject.
    wrapped bytea NOT NULL,
    CONSTRAINT subject_key_pk PRIMARY KEY (subject),
    CONSTRAINT subject_key_wrapped_length CHECK (octet_length(wrapped) = 60)
);

-- A subject whose key was destroyed gets no second one: old and new text would look alike, one of them unreadable.
CREATE TABLE subject_erased (
    subject   uuid        NOT NULL,
    erased_at timestamptz NOT NULL,
    CONSTRAINT subject_erased_pk PRIMARY KEY (subject)
);

CREATE TABLE citizen_number (
    -- HMAC of the number, so that a citizen is found again without the number standing anywhere.
    hash    bytea NOT NULL,
    citizen uuid  NOT NULL,
    CONSTRAINT citizen_number_pk PRIMARY KEY (hash),
    CONSTRAINT citizen_number_hash_is_sha256 CHECK (octet_length(hash) = 32)
);
CREATE INDEX citizen_number_citizen ON citizen_number (citizen);

CREATE TABLE subject_alias (
    -- The same for what an earlier system calls somebody, such as a resource of an imported log.
    kind    text  NOT NULL,
    hash    bytea NOT NULL,
    subject uuid  NOT NULL,
    CONSTRAINT subject_alias_pk PRIMARY KEY (kind, hash),
    CONSTRAINT subject_alias_hash_is_sha256 CHECK (octet_length(hash) = 32)
);
CREATE INDEX subject_alias_subject ON subject_alias (subject);

CREATE TABLE keyring_mark (
    -- One row: an HMAC that only this ledger's master key makes, so that a foreign key is noticed at start.
    one  boolean NOT NULL DEFAULT true,
    mark bytea   NOT NULL,
    CONSTRAINT keyring_mark_pk PRIMARY KEY (one),
    CONSTRAINT keyring_mark_one_row CHECK (one)
);

REVOKE ALL ON subject_key, subject_erased, citizen_number, subject_alias, keyring_mark FROM PUBLIC;
GRANT SELECT, INSERT, DELETE ON subject_key, citizen_number, subject_alias TO hoso_app;
GRANT SELECT, INSERT ON subject_erased, keyring_mark TO hoso_app;
