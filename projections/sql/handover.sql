-- How far each part of each act has come, and every dossier that was transferred by it.

CREATE TABLE act (
    act          uuid        NOT NULL,
    number       text        NOT NULL,
    title        text        NOT NULL,
    issued_on    date        NOT NULL,
    effective_at timestamptz NOT NULL,
    reference    text        NOT NULL,
    CONSTRAINT act_pk PRIMARY KEY (act)
);

CREATE TABLE part (
    part         uuid        NOT NULL,
    act          uuid        NOT NULL,
    name         text        NOT NULL,
    province     uuid        NOT NULL,
    part_version integer     NOT NULL,
    effective_at timestamptz NOT NULL,
    -- Progress as recorded. `scheduled` is shown as effective from its hour on, as transferring from its first transfer on.
    state        text        NOT NULL,
    approvals    integer     NOT NULL,
    scheduled_at bigint,
    simulated    jsonb,
    finished     bigint,
    reconciled   jsonb,
    position     bigint      NOT NULL,
    CONSTRAINT part_pk PRIMARY KEY (part),
    CONSTRAINT part_state_known CHECK (
        state IN ('drafted', 'simulated', 'approved', 'scheduled', 'transferred', 'reconciled', 'cancelled')
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
CREATE INDEX transfer_dossier ON transfer (dossier);

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
    -- Sums of `transfer`, so that progress costs the same for a million dossiers as for ten.
    part        uuid     NOT NULL,
    from_agency uuid     NOT NULL,
    to_agency   uuid     NOT NULL,
    status      smallint NOT NULL, -- 0: unknown
    handed_over bigint   NOT NULL,
    provisional bigint   NOT NULL,
    overdue     bigint   NOT NULL,
    CONSTRAINT counted_pk PRIMARY KEY (part, from_agency, to_agency, status)
);

CREATE TABLE answered (
    part   uuid   NOT NULL,
    agency uuid   NOT NULL,
    kind   text   NOT NULL,
    amount bigint NOT NULL,
    CONSTRAINT answered_pk PRIMARY KEY (part, agency, kind)
);
