-- Which linked groups were declared; all else of them is read from the log.

CREATE TABLE linked (
    linked_group uuid   NOT NULL,
    kind         text   NOT NULL,
    position     bigint NOT NULL, -- of its declaration
    CONSTRAINT linked_pk PRIMARY KEY (position)
);
