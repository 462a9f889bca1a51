-- Schema 4: what became of orders by ranges of them, as a batch mostly has one answer; keys as hashes, for the
-- run's own list holds them once already; and of a request only what differs from the others.

-- Where an order stands in which runs: the first 48 bits of the BLAKE3 hash of its key. Different keys may share one:
-- the run's list says whose it is. Filled by the program from the lists of the runs.
CREATE TABLE place (
    hash    INTEGER NOT NULL,
    run     INTEGER NOT NULL REFERENCES run (id),
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (hash, run, ordinal)
) STRICT, WITHOUT ROWID;

-- What became of the orders from `first` to `last` of a run, told by the same word. Ranges of a run never overlap.
-- In none: pending, or sending in an open exchange. The hash of what was sent stands in the run's list.
CREATE TABLE outcome_range (
    run       INTEGER NOT NULL REFERENCES run (id),
    first     INTEGER NOT NULL,
    last      INTEGER NOT NULL,
    outcome   TEXT NOT NULL,
    -- The exchange that last sent the orders: the greatest one says what the account has. NULL where they were left
    -- out, because that says nothing about what the account has.
    sent      INTEGER,
    at        INTEGER NOT NULL,
    exchange  INTEGER REFERENCES exchange (id),
    reason    TEXT,
    rule      TEXT,
    vendor_id TEXT,
    PRIMARY KEY (run, first)
) STRICT, WITHOUT ROWID;

-- Neighbours of which the same is told become one range.
INSERT INTO outcome_range (run, first, last, outcome, sent, at, exchange, reason, rule, vendor_id)
    SELECT run, min(ordinal), max(ordinal), outcome, sent, at, exchange, reason, rule, vendor_id
    FROM (SELECT *, ordinal - row_number() OVER (
              PARTITION BY run, outcome, sent, at, exchange, reason, rule, vendor_id ORDER BY ordinal) AS island
          FROM outcome)
    GROUP BY run, outcome, sent, at, exchange, reason, rule, vendor_id, island
    ORDER BY 1, 2;

DROP TABLE outcome;
DROP TABLE order_key;
ALTER TABLE outcome_range RENAME TO outcome;

-- Where requests go: what they are for, the method, and the address up to its last slash.
CREATE TABLE endpoint (
    id      INTEGER PRIMARY KEY,
    purpose TEXT NOT NULL,
    method  TEXT NOT NULL,
    base    TEXT NOT NULL,
    UNIQUE (purpose, method, base)
) STRICT;

ALTER TABLE exchange ADD COLUMN endpoint INTEGER NOT NULL DEFAULT 0;
-- What stands behind the last slash of the address.
ALTER TABLE exchange ADD COLUMN tail TEXT;
INSERT INTO endpoint (purpose, method, base)
    SELECT DISTINCT purpose, method, rtrim(url, replace(url, '/', '')) FROM exchange;
UPDATE exchange SET
    endpoint = (SELECT endpoint.id FROM endpoint WHERE endpoint.purpose = exchange.purpose
        AND endpoint.method = exchange.method AND endpoint.base = rtrim(url, replace(url, '/', ''))),
    tail = nullif(substr(url, length(rtrim(url, replace(url, '/', ''))) + 1), ''),
    -- Orders that follow one another are those from `first` to `last`.
    orders = CASE WHEN orders = first || '-' || last OR orders = first THEN '' ELSE orders END;
ALTER TABLE exchange DROP COLUMN purpose;
ALTER TABLE exchange DROP COLUMN method;
ALTER TABLE exchange DROP COLUMN url;

-- How far the orders of a request lie apart at most: nothing that begins earlier can hold an order.
ALTER TABLE run ADD COLUMN widest INTEGER NOT NULL DEFAULT 0;
UPDATE run SET widest = coalesce((SELECT max(last - first) FROM exchange WHERE exchange.run = run.id), 0);
DROP INDEX exchange_by_span;
DROP INDEX exchange_by_order;
CREATE INDEX exchange_by_first ON exchange (run, first);
