-- append_batch as before, on the open partition by its name: with one partition it does what it did. What closed ones
-- hold never changes, so it is looked up before the lock is taken, and under it only at a session's first append and
-- where a partition was closed in between.
CREATE OR REPLACE FUNCTION append_batch(
    items integer[], stream_ids uuid[], versions integer[], categories smallint[], topics text[], payloads bytea[],
    item_sizes smallint[], command_ids bytea[], request_digests bytea[],
    before_items integer[], before_times timestamptz[],
    claim_items integer[], claim_kinds text[], claim_values bytea[], claim_streams uuid[],
    newer_items integer[], newer_after bigint[], newer_streams uuid[],
    deciding_items integer[], deciding_after bigint[], deciding_sets integer[],
    set_numbers integer[], set_categories smallint[],
    latest_clock timestamptz, move_to timestamptz,
    OUT base bigint, OUT recorded_at timestamptz, OUT clock_now timestamptz, OUT held boolean,
    OUT refused_items integer[], OUT refused_codes integer[], OUT refused_numbers bigint[], OUT refused_streams uuid[]
) LANGUAGE plpgsql VOLATILE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp
  SET plan_cache_mode = force_generic_plan
  SET enable_seqscan = off
  SET enable_bitmapscan = off
  SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    hashes       bytea[];
    -- Below which position it was looked for what is closed, before the lock was taken; null: nowhere.
    looked_below bigint;
    open_from    bigint;
    begun_before integer[];
    old_items    integer[];
    old_codes    integer[];
    old_numbers  bigint[];
    old_streams  uuid[];
    offset_now   bigint;
    clock_kind   text;
    last_time    timestamptz;
    micros       bigint;
    more_items   integer[];
    more_codes   integer[];
    more_numbers bigint[];
    more_streams uuid[];
    appended     bigint;
    broken       text;
    -- No item has a condition that would count before a stale version.
    plain        boolean := cardinality(before_items) + cardinality(claim_items) + cardinality(newer_items)
                            + cardinality(deciding_items) = 0 AND move_to IS NULL
                            AND cardinality(items) = items[cardinality(items)];
BEGIN
    IF cardinality(payloads) = 1 THEN
        hashes := ARRAY[sha256(payloads[1])];  -- one caller alone pays for no query
    ELSE
        hashes := ARRAY(SELECT sha256(p) FROM unnest(payloads) p);
    END IF;

    -- That something is closed is what this session learned at an earlier append. It is a hint, since whoever appends
    -- could set it: what was looked at counts for the `open_from` that was read before, and for no other.
    IF current_setting('hoso.closed', true) <> '' THEN
        SELECT l.open_from INTO looked_below FROM ledger l WHERE l.one;
        SELECT * INTO begun_before, old_items, old_codes, old_numbers, old_streams
          FROM look_in_closed(looked_below, items, stream_ids, versions, command_ids, request_digests);
    END IF;

    PERFORM pg_advisory_xact_lock(709321001);

    SELECT l.open_from, l.offset_micros, l.clock, coalesce(head.position, l.open_from - 1), head.recorded_at
      INTO open_from, offset_now, clock_kind, base, last_time
      FROM ledger l
      LEFT JOIN (SELECT e.position, e.recorded_at FROM event_open e ORDER BY e.position DESC LIMIT 1) head ON true
     WHERE l.one;
    IF open_from <> coalesce(looked_below, 1) THEN
        PERFORM set_config('hoso.closed', 'yes', false);
        SELECT * INTO begun_before, old_items, old_codes, old_numbers, old_streams
          FROM look_in_closed(open_from, items, stream_ids, versions, command_ids, request_digests);
    END IF;
    IF base < open_from AND base > 0 THEN
        last_time := (SELECT e.recorded_at FROM event e WHERE e.position = base);
    END IF;
    clock_now := clock_timestamp();
    IF clock_now > latest_clock THEN
        RETURN;
    END IF;
    recorded_at := clock_now + offset_now * interval '1 microsecond';
    held := coalesce(recorded_at < last_time, false);
    IF held THEN
        recorded_at := last_time;
    END IF;

    IF cardinality(claim_items) > 0 THEN
        SELECT array_agg(w.item), array_agg(3), array_agg(w.n), array_agg(c.stream_id)
          INTO more_items, more_codes, more_numbers, more_streams
          FROM unnest(claim_items, claim_kinds, claim_values) WITH ORDINALITY w (item, kind, value, n)
          JOIN claim c ON c.kind = w.kind AND c.value = w.value;
        refused_items := more_items;
        refused_codes := more_codes;
        refused_numbers := more_numbers;
        refused_streams := more_streams;
    END IF;

    IF cardinality(items) = items[cardinality(items)] THEN  -- one event each, so nothing to group
        SELECT array_agg(w.item), array_agg(4), array_agg(coalesce(last.version, 0)::bigint), array_agg(w.stream)
          INTO more_items, more_codes, more_numbers, more_streams
          FROM unnest(items, stream_ids, versions) w (item, stream, version)
          LEFT JOIN LATERAL (SELECT e.version FROM event_open e WHERE e.stream_id = w.stream
                              ORDER BY e.version DESC LIMIT 1) last ON true
         WHERE (w.version <> 1 OR NOT plain)
           AND w.version <> coalesce(last.version + 1, least(w.version, 1));
    ELSE
        SELECT array_agg(w.item), array_agg(4), array_agg(coalesce(last.version, 0)::bigint), array_agg(w.stream)
          INTO more_items, more_codes, more_numbers, more_streams
          FROM (SELECT item, stream, min(version) AS low, max(version) AS high, count(*) AS n
                  FROM unnest(items, stream_ids, versions) v (item, stream, version)
                 GROUP BY item, stream) w
          LEFT JOIN LATERAL (SELECT e.version FROM event_open e WHERE e.stream_id = w.stream
                              ORDER BY e.version DESC LIMIT 1) last ON true
         WHERE w.low <> coalesce(last.version + 1, least(w.low, 1)) OR w.high - w.low + 1 <> w.n;
    END IF;
    IF open_from > 1 AND (more_items IS NOT NULL OR begun_before <> '{}') THEN
        -- Streams that the open partition does not know may go on from a closed one, or may not begin again.
        SELECT array_agg(w.item), array_agg(4), array_agg(coalesce(last.version, 0)::bigint), array_agg(w.stream)
          INTO more_items, more_codes, more_numbers, more_streams
          FROM (SELECT item, stream, min(version) AS low, max(version) AS high, count(*) AS n
                  FROM unnest(items, stream_ids, versions) v (item, stream, version)
                 WHERE item = ANY (more_items || begun_before)
                 GROUP BY item, stream) w
         CROSS JOIN LATERAL last_of(w.stream, open_from) last
         WHERE w.low <> coalesce(last.version + 1, least(w.low, 1)) OR w.high - w.low + 1 <> w.n;
    END IF;
    IF more_items IS NOT NULL THEN
        refused_items := refused_items || more_items;
        refused_codes := refused_codes || more_codes;
        refused_numbers := refused_numbers || more_numbers;
        refused_streams := refused_streams || more_streams;
    END IF;

    IF cardinality(before_items) > 0 THEN
        SELECT array_agg(w.item), array_agg(5), array_agg(NULL::bigint), array_agg(NULL::uuid)
          INTO more_items, more_codes, more_numbers, more_streams
          FROM unnest(before_items, before_times) w (item, at)
         WHERE append_batch.recorded_at >= w.at;
        refused_items := refused_items || more_items;
        refused_codes := refused_codes || more_codes;
        refused_numbers := refused_numbers || more_numbers;
        refused_streams := refused_streams || more_streams;
    END IF;

    IF cardinality(newer_items) > 0 THEN
        SELECT array_agg(w.item), array_agg(6), array_agg(last.position), array_agg(w.stream)
          INTO more_items, more_codes, more_numbers, more_streams
          FROM unnest(newer_items, newer_after, newer_streams) w (item, after, stream)
         CROSS JOIN LATERAL (SELECT e.position FROM event_open e WHERE e.stream_id = w.stream
                              ORDER BY e.version DESC LIMIT 1) last
         WHERE last.position > w.after;
        refused_items := refused_items || more_items;
        refused_codes := refused_codes || more_codes;
        refused_numbers := refused_numbers || more_numbers;
        refused_streams := refused_streams || more_streams;
    END IF;

    IF cardinality(deciding_items) > 0 THEN
        SELECT array_agg(w.item), array_agg(6), array_agg(last.position), array_agg(NULL::uuid)
          INTO more_items, more_codes, more_numbers, more_streams
          FROM unnest(deciding_items, deciding_after, deciding_sets) w (item, after, set_number)
          JOIN (SELECT s.set_number, max(newest.position) AS position
                  FROM unnest(set_numbers, set_categories) s (set_number, category)
                 CROSS JOIN LATERAL (SELECT e.position FROM event_open e
                                      WHERE e.category = s.category AND e.category < 100
                                      ORDER BY e.category DESC, e.position DESC LIMIT 1) newest
                 GROUP BY s.set_number) last ON last.set_number = w.set_number
         WHERE last.position > w.after;
        refused_items := refused_items || more_items;
        refused_codes := refused_codes || more_codes;
        refused_numbers := refused_numbers || more_numbers;
        refused_streams := refused_streams || more_streams;
    END IF;

    IF open_from - 1 > ANY (newer_after) OR open_from - 1 > ANY (deciding_after) THEN
        SELECT n.items, n.codes, n.numbers, n.streams
          INTO more_items, more_codes, more_numbers, more_streams
          FROM newer_in_closed(open_from, newer_items, newer_after, newer_streams, deciding_items, deciding_after,
                               deciding_sets, set_numbers, set_categories) n;
        refused_items := refused_items || more_items;
        refused_codes := refused_codes || more_codes;
        refused_numbers := refused_numbers || more_numbers;
        refused_streams := refused_streams || more_streams;
    END IF;

    IF move_to IS NOT NULL THEN
        -- An empty log has no time yet: its first event may begin anywhere.
        IF clock_kind <> 'demo' OR (last_time IS NOT NULL AND move_to <= recorded_at) THEN
            refused_items := refused_items || 1;
            refused_codes := refused_codes || 7;
            refused_numbers := refused_numbers || NULL::bigint;
            refused_streams := refused_streams || NULL::uuid;
        ELSE
            recorded_at := move_to;
        END IF;
    END IF;

    IF old_items IS NOT NULL THEN
        refused_items := old_items || refused_items;
        refused_codes := old_codes || refused_codes;
        refused_numbers := old_numbers || refused_numbers;
        refused_streams := old_streams || refused_streams;
    END IF;

    micros := micros_of(recorded_at);
    IF refused_items IS NULL THEN
        -- Repeats are rare, and their constraint finds them: nobody else pays for looking.
        BEGIN
            INSERT INTO event_open (position, recorded_at, version, category, item_events, stream_id, topic, payload,
                                    leaf, command_id, request_digest)
            SELECT base + n, append_batch.recorded_at, w.version, w.category, w.size, w.stream, w.topic, w.payload,
                   leaf_of(w.stream, w.version, base + n, micros, w.hash, w.topic), w.command, w.digest
              FROM unnest(stream_ids, versions, categories, topics, payloads, item_sizes, hashes, command_ids,
                          request_digests)
                   WITH ORDINALITY w (stream, version, category, topic, payload, size, hash, command, digest, n);
            GET DIAGNOSTICS appended = ROW_COUNT;
        EXCEPTION WHEN unique_violation THEN
            GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME;
            IF broken <> 'event_command' AND (broken <> 'event_stream_version' OR NOT plain) THEN
                RAISE;
            END IF;
        END;
    END IF;

    IF appended IS NULL THEN
        IF plain THEN
            SELECT array_agg(w.item), array_agg(4), array_agg(last.version::bigint), array_agg(w.stream)
              INTO more_items, more_codes, more_numbers, more_streams
              FROM unnest(items, stream_ids, versions) w (item, stream, version)
             CROSS JOIN LATERAL (SELECT e.version FROM event_open e WHERE e.stream_id = w.stream
                                  ORDER BY e.version DESC LIMIT 1) last
             WHERE w.version = 1 AND last.version > 0;
            refused_items := refused_items || more_items;
            refused_codes := refused_codes || more_codes;
            refused_numbers := refused_numbers || more_numbers;
            refused_streams := refused_streams || more_streams;
        END IF;
        -- Somebody is refused. A repeat is told its first answer whatever else speaks against it: it counts first.
        IF cardinality(command_ids) > 0 THEN
            SELECT array_agg(c.item), array_agg(CASE WHEN e.request_digest = c.digest THEN 1 ELSE 2 END),
                   array_agg(e.position), array_agg(e.stream_id)
              INTO more_items, more_codes, more_numbers, more_streams
              FROM unnest(items, command_ids, request_digests) c (item, id, digest)
              JOIN event_open e ON e.command_id = c.id;
            refused_items := more_items || refused_items;
            refused_codes := more_codes || refused_codes;
            refused_numbers := more_numbers || refused_numbers;
            refused_streams := more_streams || refused_streams;
        END IF;
        IF refused_items IS NULL THEN
            RAISE EXCEPTION 'the constraint % refused a batch in which nothing is wrong', broken;
        END IF;
        INSERT INTO event_open (position, recorded_at, version, category, item_events, stream_id, topic, payload,
                                leaf, command_id, request_digest)
        SELECT base + w.k, append_batch.recorded_at, w.version, w.category, w.size, w.stream, w.topic, w.payload,
               leaf_of(w.stream, w.version, base + w.k, micros, w.hash, w.topic), w.command, w.digest
          FROM (SELECT v.*, row_number() OVER (ORDER BY n) AS k
                  FROM unnest(items, stream_ids, versions, categories, topics, payloads, item_sizes, hashes,
                              command_ids, request_digests)
                       WITH ORDINALITY v (item, stream, version, category, topic, payload, size, hash, command,
                                          digest, n)
                 WHERE v.item <> ALL (refused_items)) w;
        GET DIAGNOSTICS appended = ROW_COUNT;
    END IF;

    IF move_to IS NOT NULL AND appended > 0 THEN
        UPDATE ledger SET offset_micros = micros_of(move_to) - micros_of(clock_now) WHERE one;
    END IF;

    IF cardinality(claim_items) > 0 AND appended > 0 THEN
        INSERT INTO claim (kind, value, stream_id, position)
        SELECT c.kind, c.value, c.stream, base + f.first
          FROM unnest(claim_items, claim_kinds, claim_values, claim_streams) c (item, kind, value, stream)
          JOIN (SELECT a.item, min(a.k) AS first
                  FROM (SELECT v.item, row_number() OVER (ORDER BY n) AS k
                          FROM unnest(items) WITH ORDINALITY v (item, n)
                         WHERE v.item <> ALL (coalesce(refused_items, '{}'))) a
                 GROUP BY a.item) f ON f.item = c.item;
    END IF;

    IF appended > 0 THEN
        PERFORM pg_notify('hoso_log', (base + appended)::text);
    END IF;
END
$$;
