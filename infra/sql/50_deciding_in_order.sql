-- Deciding facts (category below 100) in the order of the log, for whoever reads the organisation: one walk along this
-- index, however many dossiers lie between them. By (category, position) the planner preferred to walk the whole log
-- where it believed the deciding facts to be spread over it, which they are not: they come in loads.
CREATE INDEX event_deciding ON event (position) INCLUDE (category) WHERE category < 100;
