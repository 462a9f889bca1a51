-- Schema 4: what became of orders by ranges of them, as a batch mostly has one answer; and keys as hashes, for the
-- run's own list holds them once already.

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
