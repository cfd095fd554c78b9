-- What every view shares: how far each one is, and which dossiers it could not follow. Run by hoso_app, which owns the views.

CREATE SCHEMA views;

CREATE TABLE views.tracking (
    -- `status` is shown; `next_status` is being rebuilt; `before_status` is kept for a way back.
    schema_name text        NOT NULL,
    view        text        NOT NULL,
    generation  integer     NOT NULL,
    position    bigint      NOT NULL,
    state       text        NOT NULL,
    last_error  text,
    updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT tracking_pk PRIMARY KEY (schema_name),
    CONSTRAINT tracking_generation UNIQUE (view, generation),
    CONSTRAINT tracking_position_not_negative CHECK (position >= 0),
    CONSTRAINT tracking_state_known CHECK (state IN ('running', 'stopped', 'rebuilding', 'kept')),
    CONSTRAINT tracking_stopped_says_why CHECK (state <> 'stopped' OR last_error IS NOT NULL)
) WITH (fillfactor = 50);

CREATE TABLE views.parked (
    -- A dossier that a view could not follow from `position` on: it needs a person's attention.
    schema_name text        NOT NULL,
    dossier     uuid        NOT NULL,
    position    bigint      NOT NULL,
    topic       text        NOT NULL,
    reason      text        NOT NULL,
    parked_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT parked_pk PRIMARY KEY (schema_name, dossier),
    CONSTRAINT parked_of_a_view FOREIGN KEY (schema_name) REFERENCES views.tracking ON UPDATE CASCADE ON DELETE CASCADE
);
