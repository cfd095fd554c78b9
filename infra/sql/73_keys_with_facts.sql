-- Keys of subjects that come into being with the facts of an append: made in its transaction, before it takes the
-- log's lock. In the order of subjects, so that two appends do not wait for each other in a circle.
--
-- A subject that has a key, or had one that was destroyed, breaks the whole call, as unique_violation of subject_key_pk
-- or of subject_erased_pk: what was sealed with the new key must not be recorded.
CREATE FUNCTION make_subject_keys(subjects uuid[], wrapped bytea[]) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    gone uuid;
BEGIN
    INSERT INTO subject_key (subject, wrapped)
    SELECT w.subject, w.wrapped FROM unnest(subjects, make_subject_keys.wrapped) w (subject, wrapped) ORDER BY w.subject;
    -- After the insert, which waits for a destruction that is under way: now what it left is seen.
    SELECT e.subject INTO gone FROM unnest(subjects) s JOIN subject_erased e ON e.subject = s LIMIT 1;
    IF gone IS NOT NULL THEN
        RAISE unique_violation USING MESSAGE = 'the key of subject ' || gone || ' was destroyed',
                                     CONSTRAINT = 'subject_erased_pk';
    END IF;
    RETURN cardinality(subjects);
END
$$;
REVOKE ALL ON FUNCTION make_subject_keys FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_subject_keys TO hoso_app;
