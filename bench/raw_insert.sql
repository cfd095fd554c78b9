-- One raw autocommit INSERT, run by pgbench with :payload (hexadecimal) and :topic, both the same each time.
INSERT INTO raw_event (stream_id, version, topic, payload) VALUES (uuidv7(), 1, :topic, decode(:payload, 'hex'));
