-- Numbers for dossier codes: one counter per agency and day of Vietnam. Gaps are allowed (a number whose dossier was
-- refused stays unused), giving one twice is not: a row only moves up, and every number is taken by one statement.

CREATE TABLE dossier_counter (
    agency uuid    NOT NULL,
    day    date    NOT NULL,
    -- The number that the next taker gets.
    next   integer NOT NULL,
    CONSTRAINT dossier_counter_pk PRIMARY KEY (agency, day),
    CONSTRAINT dossier_counter_from_one CHECK (next >= 1)
) WITH (fillfactor = 50);

REVOKE ALL ON dossier_counter FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON dossier_counter TO hoso_app;
