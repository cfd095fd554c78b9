-- Where every dossier is: its status, its dates, who holds it and who will, and what each desk has to do.

CREATE TABLE dossier (
    dossier           uuid        NOT NULL,
    code              text        NOT NULL,
    status            smallint,
    revision          integer     NOT NULL,
    procedure         uuid,
    procedure_code    text,
    -- Pinned by the acceptance; null: the version valid now counts.
    procedure_version integer,
    place             uuid,
    place_code        text,
    channel           text,
    owner             uuid,
    submitter         uuid,
    submitted_at      timestamptz,
    -- What the agency opened itself: nobody submitted it.
    opened_at         timestamptz,
    accepted_at       timestamptz,
    statutory_due     timestamptz,
    promised          timestamptz,
    -- Three dates stay apart: the law's, the promised one, and the one of an extension.
    extended_until    timestamptz,
    -- The clock stands, with time left, so it has no dates.
    standing          boolean     NOT NULL,
    -- An extension stands with it, with time left too.
    extension_stands  boolean     NOT NULL,
    -- Until when papers were awaited last; the time holds again where it is awaited again.
    supplement_until  timestamptz,
    -- Until when the applicant has time for papers or a payment, while these are awaited.
    awaited_until     timestamptz,
    -- The result was ready, and for which agency that was done; null again where it is processed further.
    finished_at       timestamptz,
    finished_by       uuid,
    linked_group      uuid,
    -- When it came into 3, 7, 8 or 10, and is still there.
    concluded_at      timestamptz,
    -- Of an imported dossier: where it is from, and two attributes exactly as the earlier system wrote them.
    source            text,
    case_id           text,
    deadline          text,
    enddate           text,
    steps             integer     NOT NULL,
    -- A second dossier under a taken code: kept, acted on by nobody.
    quarantined       boolean     NOT NULL,
    position          bigint      NOT NULL,
    changed_at        timestamptz NOT NULL,
    CONSTRAINT dossier_pk PRIMARY KEY (dossier),
    CONSTRAINT dossier_status_official CHECK (status BETWEEN 1 AND 10),
    CONSTRAINT dossier_steps_not_negative CHECK (steps >= 0)
) WITH (fillfactor = 85);
CREATE UNIQUE INDEX dossier_code ON dossier (code) WHERE NOT quarantined;
CREATE INDEX dossier_changed ON dossier (position);
-- What was on time in a period, per agency, without the table.
CREATE INDEX dossier_finished ON dossier (finished_by, finished_at)
    INCLUDE (statutory_due, promised, extended_until, standing, extension_stands) WHERE finished_at IS NOT NULL;
-- What belongs to a person, under each of their records.
CREATE INDEX dossier_owner ON dossier (owner, dossier) WHERE owner IS NOT NULL;
-- What somebody filed for another, or that nobody owns.
CREATE INDEX dossier_submitter ON dossier (submitter, dossier) WHERE submitter IS NOT NULL AND submitter IS DISTINCT FROM owner;
CREATE INDEX dossier_of_nobody ON dossier (dossier) WHERE owner IS NULL AND submitter IS NULL;
-- Whose clocks an outage moves.
CREATE INDEX dossier_of_procedure ON dossier (procedure_code, dossier) WHERE concluded_at IS NULL AND finished_at IS NULL;
CREATE INDEX dossier_linked ON dossier (dossier) WHERE linked_group IS NOT NULL AND concluded_at IS NULL AND finished_at IS NULL;

CREATE TABLE history (
    -- What decides who holds a dossier, in order: [kind, position, recorded_at in microseconds, value] with kind
    -- h (holder set: agency), p (place: unit, procedure), s (status). Enough to walk the definition again.
    dossier uuid  NOT NULL,
    facts   jsonb NOT NULL,
    CONSTRAINT history_pk PRIMARY KEY (dossier)
) WITH (fillfactor = 85);

CREATE TABLE holding (
    -- Who holds a dossier from `since` until `until`, half-open. Links of scheduled hours stand here beforehand: at
    -- an hour nothing has to be done, another link is the one with since <= now < until.
    dossier        uuid        NOT NULL,
    since          timestamptz NOT NULL,
    until          timestamptz NOT NULL,
    agency         uuid        NOT NULL,
    -- The fact that set the holder from which the link comes, by itself or through parts.
    since_position bigint      NOT NULL,
    part           uuid,
    part_version   integer,
    rule           text        NOT NULL,
    from_agency    uuid,
    provisional    boolean     NOT NULL,
    -- The position of the HandedOver fact that states this link; null: not yet, or none needed. Neither it
    -- nor `until` is in an index, so that scheduling and transferring a million dossiers writes none of them.
    transferred_at bigint,
    CONSTRAINT holding_pk PRIMARY KEY (dossier, since),
    CONSTRAINT holding_half_open CHECK (since < until)
) WITH (fillfactor = 85);
CREATE INDEX holding_agency ON holding (agency, dossier);
CREATE INDEX holding_part ON holding (part, part_version, dossier) WHERE part IS NOT NULL;
-- A dissolved agency's books, page by page.
CREATE INDEX holding_books ON holding (part, from_agency, dossier) WHERE part IS NOT NULL;
-- What persons still have to decide of a part, by who held before.
CREATE INDEX holding_provisional ON holding (part, from_agency, since, dossier) INCLUDE (agency, rule) WHERE provisional AND part IS NOT NULL;

CREATE TABLE to_move (
    -- Sums of the links in `holding` that a part gives, so that what is to move costs the same for a million
    -- dossiers as for ten. `again`: an earlier version of the same part has moved these dossiers before.
    part         uuid    NOT NULL,
    part_version integer NOT NULL,
    from_agency  uuid    NOT NULL,
    agency       uuid    NOT NULL,
    again        boolean NOT NULL,
    dossiers     bigint  NOT NULL,
    provisional  bigint  NOT NULL,
    CONSTRAINT to_move_pk PRIMARY KEY (part, part_version, from_agency, agency, again)
) WITH (fillfactor = 50);

CREATE TABLE work (
    -- What a desk has to do, in the order of `due`: one row for each link that is or will be. A lane is the rows of an
    -- agency that begin and end together; a page reads each lane in force by the index, so that entries of an hour
    -- to come, or of one that is over, cost nothing.
    agency     uuid        NOT NULL,
    lane_since timestamptz NOT NULL,
    lane_until timestamptz NOT NULL,
    due        timestamptz NOT NULL,
    dossier    uuid        NOT NULL,
    CONSTRAINT work_pk PRIMARY KEY (agency, lane_since, lane_until, due, dossier)
);
CREATE INDEX work_dossier ON work (dossier);

CREATE TABLE lane (
    agency     uuid        NOT NULL,
    lane_since timestamptz NOT NULL,
    lane_until timestamptz NOT NULL,
    CONSTRAINT lane_pk PRIMARY KEY (agency, lane_since, lane_until)
);

CREATE TABLE flow (
    -- Per agency and day (in Vietnam, of recording). open = received + reopened + forwarded_in + handed_in
    -- - settled - forwarded_out - handed_out. Open: 1, 2, 4, 5, 6 or unknown; settled: 3, 7, 8, 9 or 10.
    agency        uuid   NOT NULL,
    day           date   NOT NULL,
    received      bigint NOT NULL,
    reopened      bigint NOT NULL,
    forwarded_in  bigint NOT NULL,
    handed_in     bigint NOT NULL,
    settled       bigint NOT NULL,
    forwarded_out bigint NOT NULL,
    handed_out    bigint NOT NULL,
    CONSTRAINT flow_pk PRIMARY KEY (agency, day)
);

-- What the rows above are shown with, as recorded up to the same position.

CREATE TABLE procedure_version (
    procedure  uuid    NOT NULL,
    number     integer NOT NULL,
    code       text    NOT NULL,
    name       text    NOT NULL,
    level      text, -- null: the published list does not say
    valid_from date,
    CONSTRAINT procedure_version_pk PRIMARY KEY (procedure, number)
);
CREATE INDEX procedure_version_code ON procedure_version (code, number);

CREATE TABLE unit (
    unit      uuid NOT NULL,
    code      text NOT NULL,
    name      text NOT NULL,
    level     text NOT NULL,
    reference text NOT NULL, -- CODE@DATE
    CONSTRAINT unit_pk PRIMARY KEY (unit)
);

CREATE TABLE agency (
    agency     uuid NOT NULL,
    identifier text NOT NULL,
    name       text NOT NULL,
    unit       uuid NOT NULL,
    CONSTRAINT agency_pk PRIMARY KEY (agency)
);

-- A dossier as it is shown at the ledger's time `at`. Bound to its tables, so it follows them when the schema is
-- renamed; the planner opens it up, so a condition on its columns uses their indexes.
CREATE FUNCTION shown(at timestamptz) RETURNS TABLE (
    dossier uuid, code text, status smallint, revision integer, procedure uuid, procedure_code text, level text,
    level_after text, place text, channel text, owner uuid, submitter uuid, holder text, holder_agency uuid,
    holder_identifier text, holder_name text, holder_since timestamptz, provisional boolean,
    submitted_at timestamptz, accepted_at timestamptz, statutory_due timestamptz, promised timestamptz,
    extended_until timestamptz, awaited_until timestamptz, finished_at timestamptz, concluded_at timestamptz, source text, case_id text, deadline text, enddate text, steps integer,
    quarantined boolean, attention boolean, "position" bigint
) LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT d.dossier, d.code, d.status, d.revision, d.procedure, d.procedure_code,
           (SELECT v.level FROM procedure_version v
             WHERE v.code = d.procedure_code
               AND CASE WHEN d.procedure_version IS NULL
                        THEN v.valid_from IS NULL OR v.valid_from <= (at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
                        ELSE v.number = d.procedure_version END
             ORDER BY v.number DESC LIMIT 1),
           (SELECT v.level FROM procedure_version v WHERE v.code = d.procedure_code ORDER BY v.number DESC LIMIT 1),
           coalesce(p.reference, d.place_code), d.channel, d.owner, d.submitter, u.reference, h.agency, a.identifier,
           a.name, h.since, coalesce(h.provisional, false), d.submitted_at, d.accepted_at, d.statutory_due,
           d.promised, d.extended_until, d.awaited_until, d.finished_at, d.concluded_at, d.source, d.case_id, d.deadline, d.enddate, d.steps, d.quarantined,
           d.quarantined OR EXISTS (SELECT FROM views.parked k
                                     WHERE k.schema_name = 'status' AND k.dossier = d.dossier),
           d.position
      FROM dossier d
      LEFT JOIN holding h ON h.dossier = d.dossier AND h.since <= at AND at < h.until
      LEFT JOIN agency a ON a.agency = h.agency
      LEFT JOIN unit u ON u.unit = a.unit
      LEFT JOIN unit p ON p.unit = d.place;
END;
