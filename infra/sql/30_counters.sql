-- Numbers for dossier codes: one counter per agency and day of Vietnam. Gaps are allowed (a number whose dossier was
-- refused stays unused), giving one twice is not: the application may only take numbers, never set a counter.

CREATE TABLE dossier_counter (
    agency uuid    NOT NULL,
    day    date    NOT NULL,
    -- The number that the next taker gets.
    next   integer NOT NULL,
    CONSTRAINT dossier_counter_pk PRIMARY KEY (agency, day),
    CONSTRAINT dossier_counter_from_one CHECK (next >= 1)
) WITH (fillfactor = 50);

-- The first of `how_many` numbers in a row that nobody else gets.
CREATE FUNCTION take_numbers(of_agency uuid, on_day date, how_many integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    first_number integer;
BEGIN
    IF how_many IS NULL OR how_many < 1 OR how_many > 1000000 THEN
        RAISE EXCEPTION 'from 1 to 1,000,000 numbers can be taken at once, not %', how_many
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO dossier_counter AS c (agency, day, next) VALUES (of_agency, on_day, 1 + how_many)
        ON CONFLICT ON CONSTRAINT dossier_counter_pk DO UPDATE SET next = c.next + how_many
        RETURNING c.next - how_many INTO first_number;
    RETURN first_number;
END $$;

REVOKE ALL ON dossier_counter FROM PUBLIC;
REVOKE ALL ON FUNCTION take_numbers(uuid, date, integer) FROM PUBLIC;
GRANT SELECT ON dossier_counter TO hoso_app;
GRANT EXECUTE ON FUNCTION take_numbers(uuid, date, integer) TO hoso_app;
