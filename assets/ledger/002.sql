-- Schema 2: operators' decisions about doubt, what a run waits for, and bodies that may be removed by age.

-- What operators decided about orders in doubt, kept for good.
CREATE TABLE ruling (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    run      INTEGER NOT NULL REFERENCES run (id),
    ordinal  INTEGER NOT NULL,
    -- 1: the order arrived; 0: it didn't.
    arrived  INTEGER NOT NULL,
    note     TEXT,
    -- The exchange that left the doubt, and why it was one.
    exchange INTEGER REFERENCES exchange (id),
    doubt    TEXT,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX ruling_by_order ON ruling (run, ordinal);

-- What a running run waits for, and until when, for whoever looks on from another process.
ALTER TABLE run ADD COLUMN waits_for TEXT;
ALTER TABLE run ADD COLUMN waits_until INTEGER;

-- When `orderdeck ledger compact` removed what was sent and what came back. NULL: they are there.
ALTER TABLE exchange ADD COLUMN compacted_at INTEGER;

-- How far the orders of a request lie apart at most in a run: nothing that begins earlier can hold an order.
CREATE INDEX exchange_by_span ON exchange (run, last - first);
