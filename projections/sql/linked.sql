-- Which linked groups were declared, and which of them still go on; all else of them is read from the log.

CREATE TABLE linked (
    linked_group uuid    NOT NULL,
    kind         text    NOT NULL,
    -- A step still waits, can begin, or is in hand; what needs a rejected step does neither.
    going_on     boolean NOT NULL,
    position     bigint  NOT NULL, -- of its declaration
    CONSTRAINT linked_pk PRIMARY KEY (position)
);
CREATE UNIQUE INDEX linked_by_group ON linked (linked_group);
-- The few of some days beside those of all years.
CREATE INDEX linked_going_on ON linked (position) WHERE going_on;

CREATE TABLE party (
    -- Whom it concerns: who declared it, whom it is about, and who owns its steps.
    linked_group uuid NOT NULL,
    citizen      uuid NOT NULL,
    CONSTRAINT party_pk PRIMARY KEY (citizen, linked_group)
);

CREATE TABLE step (
    linked_group uuid   NOT NULL,
    step         text   NOT NULL,
    needs        text[] NOT NULL, -- the declared steps that must be done before it
    dossier      uuid,            -- null: it has not begun
    -- done, rejected; null: not ended.
    ended        text,
    CONSTRAINT step_pk PRIMARY KEY (linked_group, step),
    CONSTRAINT step_ended CHECK (ended IN ('done', 'rejected'))
);
CREATE UNIQUE INDEX step_dossier ON step (dossier) WHERE dossier IS NOT NULL;
