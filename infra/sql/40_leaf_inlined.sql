-- The same leaf, at a third of an append's cost: convert_to() is STABLE, and a function declared IMMUTABLE whose body
-- is not is never inlined, so that each row paid for a call of its own under the lock. Nothing stored changes.
CREATE OR REPLACE FUNCTION leaf_of(
    stream_id uuid, version bigint, at_position bigint, micros bigint, payload_sha256 bytea, topic text
) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256('\x0001'::bytea || uuid_send(stream_id) || int8send(version) || int8send(at_position)
                  || int8send(micros) || payload_sha256 || convert_to(topic, 'UTF8'))
$$;
