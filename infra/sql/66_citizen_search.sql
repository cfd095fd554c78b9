-- What finds a citizen by number, name or phone: HMACs, so that none of it stands anywhere.
CREATE TABLE citizen_search (
    -- number, name, bare_name (without diacritics) or phone.
    kind    text  NOT NULL,
    hash    bytea NOT NULL,
    citizen uuid  NOT NULL,
    CONSTRAINT citizen_search_pk PRIMARY KEY (kind, hash, citizen),
    CONSTRAINT citizen_search_hash_is_sha256 CHECK (octet_length(hash) = 32),
    -- No row without a key: what is written while the key is being destroyed goes with it, or is refused.
    CONSTRAINT citizen_search_subject FOREIGN KEY (citizen) REFERENCES subject_key (subject) ON DELETE CASCADE
);
CREATE INDEX citizen_search_citizen ON citizen_search (citizen);

REVOKE ALL ON citizen_search FROM PUBLIC;
GRANT SELECT, INSERT, DELETE ON citizen_search TO hoso_app;
