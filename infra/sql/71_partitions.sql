-- `event` partitioned by position, so that what is closed can be frozen, moved and audited by itself. The table that
-- there was becomes the open partition as it is: no row is copied or read, since a partition without bounds needs no
-- proof. Locked, for some milliseconds: `event` and `ledger`; it waits for whoever reads the log at that moment.
--
-- `event_open` is the one partition that is written, from `ledger.open_from` to the end; `event` is for reading. Closed
-- ones (infra/partitions.py) are never written again. Versions and commands are unique by constraint within a
-- partition; what the closed ones hold is looked up by append_batch (72_append_in_partitions.sql).

-- `commands_below`: below which position closed_commands knows every command.
ALTER TABLE ledger ADD COLUMN open_from bigint NOT NULL DEFAULT 1, ADD COLUMN commands_below bigint NOT NULL DEFAULT 1,
    ADD CONSTRAINT ledger_open_from_one CHECK (open_from >= 1),
    ADD CONSTRAINT ledger_commands_below_open CHECK (commands_below BETWEEN 1 AND open_from);

ALTER TABLE event RENAME TO event_open;
REVOKE ALL ON event_open FROM hoso_app;

CREATE TABLE event (LIKE event_open INCLUDING CONSTRAINTS INCLUDING STORAGE) PARTITION BY RANGE (position);
ALTER TABLE event ATTACH PARTITION event_open FOR VALUES FROM (MINVALUE) TO (MAXVALUE);
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_forget();
ALTER TABLE event ENABLE ALWAYS TRIGGER event_append_only;
REVOKE ALL ON event FROM PUBLIC;
GRANT SELECT ON event TO hoso_app;

-- Command ids are random, so that each would be looked for at a random place of every closed partition. Four bytes of
-- every command there, by the first twenty bits of its id, say of almost all that they are in none.
CREATE TABLE closed_commands (
    bucket integer NOT NULL,
    prints bytea   STORAGE MAIN NOT NULL,
    CONSTRAINT closed_commands_pk PRIMARY KEY (bucket)
);
REVOKE ALL ON closed_commands FROM PUBLIC;

CREATE FUNCTION bucket_of(command_id bytea) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN substring(command_id FOR 4)::integer >> 12;

CREATE FUNCTION print_of(command_id bytea) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN substring(command_id FROM 4 FOR 4);

-- A stream's last version and its position; closed partitions are looked at only where the open one has nothing of it.
CREATE FUNCTION last_of(stream uuid, open_from bigint, OUT version integer, OUT at_position bigint)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    SELECT e.version, e.position INTO version, at_position FROM event_open e
     WHERE e.stream_id = stream ORDER BY e.version DESC LIMIT 1;
    IF NOT FOUND THEN
        SELECT e.version, e.position INTO version, at_position FROM event e
         WHERE e.stream_id = stream AND e.position < open_from ORDER BY e.version DESC LIMIT 1;
    END IF;
END
$$;

-- What closed partitions hold of a batch. `begun`: items whose first event begins a stream that is there; `repeat_…`:
-- items whose command is there, as append_batch answers them.
CREATE FUNCTION look_in_closed(
    open_from bigint, items integer[], stream_ids uuid[], versions integer[], command_ids bytea[],
    request_digests bytea[],
    OUT begun integer[],
    OUT repeat_items integer[], OUT repeat_codes integer[], OUT repeat_numbers bigint[], OUT repeat_streams uuid[]
) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    look_from bigint;
BEGIN
    IF 1 >= ANY (versions) THEN
        begun := ARRAY(SELECT w.item FROM unnest(items, stream_ids, versions) w (item, stream, version)
                        WHERE w.version <= 1
                          AND EXISTS (SELECT FROM event e WHERE e.stream_id = w.stream AND e.position < open_from));
    END IF;
    IF cardinality(command_ids) > 0 THEN
        SELECT CASE WHEN EXISTS (SELECT FROM unnest(command_ids) c (id)
                                   JOIN closed_commands k ON k.bucket = bucket_of(c.id)
                                  WHERE position(print_of(c.id) IN k.prints) > 0)
                    THEN 1 ELSE l.commands_below END
          INTO look_from FROM ledger l WHERE l.one;
        IF look_from < open_from THEN
            SELECT array_agg(c.item), array_agg(CASE WHEN e.request_digest = c.digest THEN 1 ELSE 2 END),
                   array_agg(e.position), array_agg(e.stream_id)
              INTO repeat_items, repeat_codes, repeat_numbers, repeat_streams
              FROM unnest(items, command_ids, request_digests) c (item, id, digest)
              JOIN event e ON e.command_id = c.id AND e.position >= look_from AND e.position < open_from;
        END IF;
    END IF;
END
$$;

-- 'Nothing newer' asked by whoever read the log before the last partition was closed: what closed ones have after that.
CREATE FUNCTION newer_in_closed(
    open_from bigint, newer_items integer[], newer_after bigint[], newer_streams uuid[],
    deciding_items integer[], deciding_after bigint[], deciding_sets integer[],
    set_numbers integer[], set_categories smallint[],
    OUT items integer[], OUT codes integer[], OUT numbers bigint[], OUT streams uuid[]
) LANGUAGE sql VOLATILE AS $$
    SELECT array_agg(found.item), array_agg(6), array_agg(found.position), array_agg(found.stream)
      FROM (SELECT w.item, last.at_position AS position, w.stream
              FROM unnest(newer_items, newer_after, newer_streams) w (item, after, stream)
             CROSS JOIN LATERAL last_of(w.stream, open_from) last
             WHERE w.after < open_from - 1 AND last.at_position > w.after
             UNION ALL
            SELECT w.item, max(newest.position), NULL
              FROM unnest(deciding_items, deciding_after, deciding_sets) w (item, after, set_number)
              JOIN unnest(set_numbers, set_categories) s (set_number, category) ON s.set_number = w.set_number
             CROSS JOIN LATERAL (SELECT e.position FROM event e
                                  WHERE e.category = s.category AND e.category < 100
                                    AND e.position > w.after AND e.position < open_from
                                  ORDER BY e.position DESC LIMIT 1) newest
             WHERE w.after < open_from - 1
             GROUP BY w.item) found
$$;

REVOKE ALL ON FUNCTION last_of, look_in_closed, newer_in_closed FROM PUBLIC;
