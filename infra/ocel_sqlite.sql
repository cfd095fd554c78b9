-- The tables that every OCEL 2.0 file has (those of one type of event or object are made in Python, as their
-- columns follow the type), and, in the file attached as spool, what was said of objects before it is in order.
CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT NOT NULL);
CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT NOT NULL);
CREATE TABLE event (
    ocel_id TEXT PRIMARY KEY,
    ocel_type TEXT NOT NULL,
    FOREIGN KEY (ocel_type) REFERENCES event_map_type (ocel_type)
);
CREATE TABLE object (
    ocel_id TEXT PRIMARY KEY,
    ocel_type TEXT NOT NULL,
    FOREIGN KEY (ocel_type) REFERENCES object_map_type (ocel_type)
);
CREATE TABLE event_object (
    ocel_event_id TEXT NOT NULL,
    ocel_object_id TEXT NOT NULL,
    ocel_qualifier TEXT NOT NULL,
    PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier),
    FOREIGN KEY (ocel_event_id) REFERENCES event (ocel_id),
    FOREIGN KEY (ocel_object_id) REFERENCES object (ocel_id)
) WITHOUT ROWID;
CREATE TABLE object_object (
    ocel_source_id TEXT NOT NULL,
    ocel_target_id TEXT NOT NULL,
    ocel_qualifier TEXT NOT NULL,
    PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier),
    FOREIGN KEY (ocel_source_id) REFERENCES object (ocel_id),
    FOREIGN KEY (ocel_target_id) REFERENCES object (ocel_id)
) WITHOUT ROWID;
CREATE TABLE hoso_export (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE spool.told (
    object TEXT NOT NULL,
    name TEXT NOT NULL,
    counts_from TEXT NOT NULL,
    position INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at TEXT NOT NULL,
    value,
    PRIMARY KEY (object, name, counts_from, position, number)
) WITHOUT ROWID;
CREATE TABLE spool.link (
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    qualifier TEXT NOT NULL,
    PRIMARY KEY (source, target, qualifier)
) WITHOUT ROWID;
