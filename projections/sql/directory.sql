-- Units, agencies and postings with their validity, and succession. Facts are kept as rows; what holds at an instant is
-- worked out on reading, from the steps of scheduled parts, so that scheduling or cancelling a part changes one row.

CREATE TABLE unit (
    unit           uuid NOT NULL,
    code           text NOT NULL,
    name           text NOT NULL,
    level          text NOT NULL,
    kind           text NOT NULL,
    parent         uuid,
    valid_from     date,
    known_valid_on date,
    begins_by      uuid,
    -- The end without an act; null: none.
    ends_on        date,
    source         text NOT NULL,
    origin         jsonb NOT NULL,
    CONSTRAINT unit_pk PRIMARY KEY (unit)
);
CREATE INDEX unit_code ON unit (code, unit);

CREATE TABLE unit_name (
    unit     uuid   NOT NULL,
    from_day date   NOT NULL,
    position bigint NOT NULL,
    name     text   NOT NULL,
    kind     text   NOT NULL,
    CONSTRAINT unit_name_pk PRIMARY KEY (unit, from_day, position)
);

CREATE TABLE agency (
    agency     uuid  NOT NULL,
    identifier text  NOT NULL,
    name       text  NOT NULL,
    kind       text  NOT NULL,
    unit       uuid  NOT NULL,
    parent     uuid,
    address    text  NOT NULL,
    hotline    text  NOT NULL,
    hours      text  NOT NULL,
    legal_form text  NOT NULL,
    valid_from date,
    begins_by  uuid,
    ends_on    date,
    origin     jsonb NOT NULL,
    CONSTRAINT agency_pk PRIMARY KEY (agency)
);
-- Not unique: what a cancelled part would have begun may begin by another one.
CREATE INDEX agency_identifier ON agency (identifier);
CREATE INDEX agency_unit ON agency (unit);

CREATE TABLE agency_change (
    agency   uuid   NOT NULL,
    from_day date   NOT NULL,
    position bigint NOT NULL,
    changes  jsonb  NOT NULL,
    CONSTRAINT agency_change_pk PRIMARY KEY (agency, from_day, position)
);

CREATE TABLE posting (
    posting   uuid        NOT NULL,
    officer   uuid        NOT NULL,
    agency    uuid        NOT NULL,
    roles     text[]      NOT NULL,
    since     timestamptz NOT NULL,
    until     timestamptz,
    begins_by uuid,
    CONSTRAINT posting_pk PRIMARY KEY (posting)
);
CREATE INDEX posting_officer ON posting (officer, since);
CREATE INDEX posting_agency ON posting (agency);

CREATE TABLE suspension (
    officer   uuid        NOT NULL,
    from_     timestamptz NOT NULL,
    position  bigint      NOT NULL,
    suspended boolean     NOT NULL,
    CONSTRAINT suspension_pk PRIMARY KEY (officer, from_, position)
);

-- What each version of a part says. It counts from the hour of its step, where it has one.

CREATE TABLE step (
    part         uuid        NOT NULL,
    hour         timestamptz NOT NULL,
    part_version integer     NOT NULL,
    -- The act's instant by law: units begin and end by it, by the part's newest version; agencies by the hour.
    effective_at timestamptz NOT NULL,
    CONSTRAINT step_pk PRIMARY KEY (part, hour)
);

CREATE TABLE unit_begin (
    unit         uuid    NOT NULL,
    part         uuid    NOT NULL,
    part_version integer NOT NULL,
    CONSTRAINT unit_begin_pk PRIMARY KEY (unit, part, part_version)
);

-- Agencies that begin by a version; a version that lists none begins all that name its part.
CREATE TABLE agency_begin (
    agency       uuid    NOT NULL,
    part         uuid    NOT NULL,
    part_version integer NOT NULL,
    CONSTRAINT agency_begin_pk PRIMARY KEY (agency, part, part_version)
);

CREATE TABLE agencies_listed (
    part         uuid    NOT NULL,
    part_version integer NOT NULL,
    CONSTRAINT agencies_listed_pk PRIMARY KEY (part, part_version)
);

CREATE TABLE unit_end (
    unit         uuid    NOT NULL,
    part         uuid    NOT NULL,
    part_version integer NOT NULL,
    CONSTRAINT unit_end_pk PRIMARY KEY (unit, part, part_version)
);

CREATE TABLE succession (
    from_unit    uuid    NOT NULL,
    to_unit      uuid    NOT NULL,
    part         uuid    NOT NULL,
    part_version integer NOT NULL,
    kind         text    NOT NULL,
    is_default   boolean NOT NULL,
    CONSTRAINT succession_pk PRIMARY KEY (from_unit, part, part_version, to_unit)
);

CREATE TABLE agency_end (
    agency       uuid    NOT NULL,
    part         uuid    NOT NULL,
    part_version integer NOT NULL,
    heir         uuid    NOT NULL,
    closed_by    uuid    NOT NULL,
    CONSTRAINT agency_end_pk PRIMARY KEY (agency, part, part_version)
);

CREATE TABLE receiver (
    unit         uuid    NOT NULL,
    part         uuid    NOT NULL,
    part_version integer NOT NULL,
    level        text    NOT NULL,
    agency       uuid    NOT NULL,
    CONSTRAINT receiver_pk PRIMARY KEY (unit, part, part_version, level)
);

CREATE TABLE posting_move (
    posting      uuid    NOT NULL,
    part         uuid    NOT NULL,
    part_version integer NOT NULL,
    agency       uuid    NOT NULL,
    CONSTRAINT posting_move_pk PRIMARY KEY (posting, part, part_version)
);

-- Validity is half-open; a day begins at midnight in Vietnam.
CREATE FUNCTION day_start(day date) RETURNS timestamptz LANGUAGE sql STABLE
    RETURN day::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh';

CREATE VIEW law AS
SELECT DISTINCT ON (part) part, part_version, effective_at FROM step ORDER BY part, hour DESC;

-- From when on each version counts, and until when a later one of its part takes its place.
CREATE VIEW in_force AS
SELECT part, part_version, hour, lead(hour, 1, 'infinity') OVER (PARTITION BY part ORDER BY hour) AS until FROM step;

CREATE VIEW unit_valid AS
SELECT u.unit, u.code, u.name, u.level, u.kind, u.parent, u.source, u.origin, u.begins_by,
       u.code || '@' || coalesce(coalesce(u.valid_from, u.known_valid_on)::text, '') AS reference,
       greatest(coalesce(day_start(u.valid_from), '-infinity'),
                CASE WHEN u.begins_by IS NULL THEN '-infinity'
                     ELSE coalesce((SELECT l.effective_at FROM law l JOIN unit_begin b USING (part, part_version)
                                     WHERE b.unit = u.unit AND l.part = u.begins_by), 'infinity') END) AS since,
       least(coalesce(day_start(u.ends_on), 'infinity'),
             coalesce((SELECT min(l.effective_at) FROM unit_end e JOIN law l USING (part, part_version)
                        WHERE e.unit = u.unit), 'infinity')) AS until
  FROM unit u;

-- The last time that it is open, should an amendment have closed and opened it.
CREATE VIEW agency_valid AS
SELECT a.agency, a.identifier, a.name, a.kind, a.unit, a.parent, a.address, a.hotline, a.hours, a.legal_form, a.origin,
       greatest(coalesce(day_start(a.valid_from), '-infinity'),
                CASE WHEN a.begins_by IS NULL THEN '-infinity' ELSE coalesce(begun.since, 'infinity') END) AS since,
       least(coalesce(day_start(a.ends_on), 'infinity'),
             CASE WHEN a.begins_by IS NULL THEN 'infinity' ELSE coalesce(begun.until, 'infinity') END,
             coalesce((SELECT min(f.hour) FROM agency_end e JOIN in_force f USING (part, part_version)
                        WHERE e.agency = a.agency AND NOT EXISTS (
                              SELECT FROM step s WHERE s.part = e.part AND s.hour > f.hour AND NOT EXISTS (
                                     SELECT FROM agency_end n WHERE n.agency = e.agency AND n.part = s.part
                                        AND n.part_version = s.part_version))), 'infinity')) AS until
  FROM agency a LEFT JOIN LATERAL (
       SELECT min(f.hour) AS since, max(f.until) AS until FROM in_force f
        WHERE f.part = a.begins_by
          AND (NOT EXISTS (SELECT FROM agencies_listed l WHERE l.part = f.part AND l.part_version = f.part_version)
               OR EXISTS (SELECT FROM agency_begin b WHERE b.agency = a.agency AND b.part = f.part
                             AND b.part_version = f.part_version))) begun ON true;
