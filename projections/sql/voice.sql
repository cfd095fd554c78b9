-- What citizens say of agencies' work. Texts are in the log and not here.

CREATE TABLE voice (
    voice          uuid        NOT NULL,
    kind           text        NOT NULL,
    agency         uuid        NOT NULL, -- has to answer, as last stated; has answered
    dossier        uuid,
    procedure_code text,
    anonymous      boolean     NOT NULL,
    citizen        uuid,                 -- who says it; null: nobody is named
    way            text        NOT NULL,
    received_at    timestamptz NOT NULL,
    due            timestamptz,          -- exclusive; null: nobody had set a limit
    passed_on      integer     NOT NULL,
    ended_at       timestamptz,          -- when its answer or withdrawal was recorded
    outcome        text,
    position       bigint      NOT NULL,
    CONSTRAINT voice_pk PRIMARY KEY (voice)
);
CREATE INDEX voice_all ON voice (received_at, voice);
CREATE INDEX voice_open ON voice (received_at, voice) WHERE ended_at IS NULL;
CREATE INDEX voice_open_of_citizen ON voice (citizen) WHERE ended_at IS NULL AND citizen IS NOT NULL;
CREATE INDEX voice_of_agency ON voice (agency, received_at, voice);
CREATE INDEX voice_open_of_agency ON voice (agency, received_at, voice) WHERE ended_at IS NULL;
-- All that ended late, and the open ones that may be: few beside what was answered in time.
CREATE INDEX voice_late ON voice (received_at, voice) WHERE due IS NOT NULL AND (ended_at IS NULL OR ended_at >= due);
CREATE INDEX voice_late_of_agency ON voice (agency, received_at, voice) WHERE due IS NOT NULL AND (ended_at IS NULL OR ended_at >= due);
