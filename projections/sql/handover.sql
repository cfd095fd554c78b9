-- How far each part of each act has come, and every dossier that was transferred by it.

CREATE TABLE act (
    act          uuid        NOT NULL,
    number       text        NOT NULL,
    title        text        NOT NULL,
    issued_on    date        NOT NULL,
    effective_at timestamptz, -- NULL: the act does not say yet
    reference    text        NOT NULL,
    CONSTRAINT act_pk PRIMARY KEY (act)
);

CREATE TABLE part (
    part         uuid        NOT NULL,
    act          uuid        NOT NULL,
    name         text        NOT NULL,
    province     uuid        NOT NULL,
    -- Of the latest draft, as are approvals and simulated: after scheduling, of an amendment.
    part_version integer     NOT NULL,
    effective_at timestamptz,
    -- Progress as recorded of what is scheduled. `scheduled` is shown as effective from its hour on, as transferring from its first transfer on.
    state        text        NOT NULL,
    approvals    integer     NOT NULL,
    scheduled_at bigint,
    simulated    jsonb,
    finished     bigint,
    reconciled   jsonb,
    position     bigint      NOT NULL,
    CONSTRAINT part_pk PRIMARY KEY (part),
    CONSTRAINT part_state_known CHECK (
        state IN ('drafted', 'simulated', 'approved', 'scheduled', 'transferred', 'reconciled', 'closed', 'cancelled')
    )
);
CREATE INDEX part_act ON part (act);

CREATE TABLE transfer (
    -- One row per HandedOver fact; what the receiving agency and the coordination said of it stands beside it.
    part         uuid     NOT NULL,
    dossier      uuid     NOT NULL,
    part_version integer  NOT NULL,
    code         text     NOT NULL,
    from_agency  uuid     NOT NULL,
    to_agency    uuid     NOT NULL,
    rule         text     NOT NULL,
    provisional  boolean  NOT NULL,
    status       smallint,
    overdue      boolean  NOT NULL,
    position     bigint   NOT NULL,
    CONSTRAINT transfer_pk PRIMARY KEY (part, dossier, part_version)
);

CREATE TABLE answer (
    -- acknowledged, refused, placed: the last that was recorded counts; a placed dossier is no longer refused.
    part     uuid   NOT NULL,
    dossier  uuid   NOT NULL,
    kind     text   NOT NULL,
    agency   uuid   NOT NULL,
    papers   text,
    position bigint NOT NULL,
    CONSTRAINT answer_pk PRIMARY KEY (part, dossier, kind),
    CONSTRAINT answer_kind_known CHECK (kind IN ('acknowledged', 'refused', 'placed'))
);

CREATE TABLE counted (
    -- Sums of `transfer`, so that progress costs the same for a million dossiers as for ten. `again`: another
    -- version of the same part had been stated of these dossiers before.
    part         uuid     NOT NULL,
    part_version integer  NOT NULL,
    from_agency  uuid     NOT NULL,
    to_agency    uuid     NOT NULL,
    again        boolean  NOT NULL,
    status       smallint NOT NULL, -- 0: unknown
    handed_over  bigint   NOT NULL,
    provisional  bigint   NOT NULL,
    overdue      bigint   NOT NULL,
    CONSTRAINT counted_pk PRIMARY KEY (part, part_version, from_agency, to_agency, again, status)
);

CREATE TABLE answered (
    part   uuid   NOT NULL,
    agency uuid   NOT NULL,
    kind   text   NOT NULL,
    amount bigint NOT NULL,
    CONSTRAINT answered_pk PRIMARY KEY (part, agency, kind)
);

-- Who has not answered yet. What came to an agency within one hour of the clock is counted together, so that a
-- transfer of a million dossiers costs some hundred rows.

CREATE TABLE unanswered (
    part    uuid        NOT NULL,
    agency  uuid        NOT NULL,
    hour    timestamptz NOT NULL,
    since   timestamptz NOT NULL, -- when the first of them came
    waiting bigint      NOT NULL,
    CONSTRAINT unanswered_pk PRIMARY KEY (part, agency, hour)
);
CREATE INDEX unanswered_waiting ON unanswered (part, agency, since) INCLUDE (waiting) WHERE waiting > 0;

CREATE TABLE clock_hour (
    -- The first position of each hour at which a transfer or an answer was recorded.
    hour     timestamptz NOT NULL,
    position bigint      NOT NULL,
    CONSTRAINT clock_hour_pk PRIMARY KEY (hour)
);
CREATE INDEX clock_hour_position ON clock_hour (position);

CREATE TABLE said (
    -- Of each dossier that was acknowledged, refused or placed: the last of it. `hour`: counted in `unanswered` since a placement.
    part    uuid        NOT NULL,
    dossier uuid        NOT NULL,
    at      timestamptz NOT NULL,
    agency  uuid        NOT NULL,
    hour    timestamptz,
    CONSTRAINT said_pk PRIMARY KEY (part, dossier)
);

CREATE TABLE refusal (
    -- Refused and not placed since. `from_agency`: who held before the hour; zeros until the transfer is stated.
    part        uuid        NOT NULL,
    dossier     uuid        NOT NULL,
    from_agency uuid        NOT NULL,
    since       timestamptz NOT NULL,
    agency      uuid        NOT NULL,
    suggests    uuid,
    position    bigint      NOT NULL,
    CONSTRAINT refusal_pk PRIMARY KEY (part, dossier)
);
CREATE INDEX refusal_queue ON refusal (part, from_agency, since, dossier);
CREATE INDEX refusal_unstated ON refusal (part, dossier) WHERE from_agency = '00000000-0000-0000-0000-000000000000';

CREATE TABLE silence (
    part         uuid    NOT NULL,
    agency       uuid    NOT NULL,
    reminders    integer NOT NULL,
    reminded_at  timestamptz,
    escalations  integer NOT NULL,
    escalated_at timestamptz,
    escalated_to uuid,
    CONSTRAINT silence_pk PRIMARY KEY (part, agency)
);

-- What keeps receivers from going on. Texts are sealed in the log and not here.

CREATE TABLE obstacle (
    obstacle     uuid        NOT NULL,
    part         uuid        NOT NULL,
    agency       uuid        NOT NULL,
    dossier      uuid,
    kind         text        NOT NULL,
    reported_at  timestamptz NOT NULL,
    assigned_to  uuid,
    escalations  integer     NOT NULL,
    escalated_to uuid,
    escalated_at timestamptz,
    resolved_at  timestamptz,
    position     bigint      NOT NULL,
    CONSTRAINT obstacle_pk PRIMARY KEY (obstacle)
);
CREATE INDEX obstacle_all ON obstacle (part, reported_at, obstacle);
CREATE INDEX obstacle_open ON obstacle (part, reported_at, obstacle) WHERE resolved_at IS NULL;
CREATE INDEX obstacle_dossier ON obstacle (dossier, obstacle) WHERE dossier IS NOT NULL;

-- Paper originals: what was listed of each dossier, and what of it was found.

CREATE TABLE papers (
    part       uuid    NOT NULL,
    dossier    uuid    NOT NULL,
    agency     uuid    NOT NULL, -- which hands over
    box        text    NOT NULL,
    contents   jsonb   NOT NULL, -- [{"component", "count"}]
    originals  bigint  NOT NULL,
    checked_by uuid,
    checked_at timestamptz,
    found_in   text,             -- the box in which they were
    lacking    jsonb   NOT NULL, -- [{"component", "count"}]
    missing    bigint  NOT NULL,
    position   bigint  NOT NULL,
    CONSTRAINT papers_pk PRIMARY KEY (part, dossier)
);
CREATE INDEX papers_box ON papers (part, agency, box COLLATE "C", dossier);
CREATE INDEX papers_missing ON papers (part, agency, box COLLATE "C", dossier) WHERE missing > 0;

CREATE TABLE paper_box (
    -- Sums of `papers`.
    part      uuid   NOT NULL,
    agency    uuid   NOT NULL,
    box       text   COLLATE "C" NOT NULL,
    dossiers  bigint NOT NULL,
    originals bigint NOT NULL,
    checked   bigint NOT NULL, -- dossiers
    lacking   bigint NOT NULL, -- dossiers
    missing   bigint NOT NULL, -- originals
    CONSTRAINT paper_box_pk PRIMARY KEY (part, agency, box)
);
