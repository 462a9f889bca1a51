-- Schema 1 of the ledger. Times are milliseconds since 1970 in UTC. Outcomes, states and operations
-- stand as the words that people see. Amounts are decimal text: exact, digits kept.

-- Who did what kind of thing where: small, so that outcomes can name it by one number.
CREATE TABLE scope (
    id        INTEGER PRIMARY KEY,
    account   TEXT NOT NULL,
    vendor    TEXT NOT NULL,
    operation TEXT NOT NULL,
    UNIQUE (account, vendor, operation)
) STRICT;

CREATE TABLE run (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    scope              INTEGER NOT NULL REFERENCES scope (id),
    profile            TEXT NOT NULL,
    environment        TEXT NOT NULL,
    source             TEXT NOT NULL,
    source_fingerprint TEXT NOT NULL,
    mapping            TEXT NOT NULL,
    settings           TEXT NOT NULL,
    edits              TEXT NOT NULL,
    choices            TEXT NOT NULL,
    retry_of           INTEGER REFERENCES run (id),
    state              TEXT NOT NULL,
    reason             TEXT,
    started_at         INTEGER NOT NULL,
    changed_at         INTEGER NOT NULL,
    orders             INTEGER NOT NULL
) STRICT;

-- What a run was decided on: key, payload hash, total and currency by ordinal, packed and compressed.
CREATE TABLE manifest (
    run   INTEGER NOT NULL REFERENCES run (id),
    chunk INTEGER NOT NULL,
    body  BLOB NOT NULL,
    PRIMARY KEY (run, chunk)
) STRICT;

-- Counts and sums of a run by outcome, kept up with every commit. Orders without a row in `outcome`
-- count as pending here, whether or not a request with them is under way.
CREATE TABLE tally (
    run      INTEGER NOT NULL REFERENCES run (id),
    outcome  TEXT NOT NULL,
    currency TEXT NOT NULL,
    orders   INTEGER NOT NULL,
    priced   INTEGER NOT NULL,
    total    TEXT NOT NULL,
    PRIMARY KEY (run, outcome, currency)
) STRICT, WITHOUT ROWID;
CREATE INDEX tally_by_outcome ON tally (outcome, run) WHERE orders > 0;

CREATE TABLE exchange (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    run           INTEGER NOT NULL REFERENCES run (id),
    purpose       TEXT NOT NULL,
    method        TEXT NOT NULL,
    url           TEXT NOT NULL,
    -- Ordinals in the order of the body, as ranges: `0-99,105`.
    orders        TEXT NOT NULL,
    order_count   INTEGER NOT NULL,
    -- Smallest and greatest of them, to find the exchanges of an order.
    first         INTEGER,
    last          INTEGER,
    state         TEXT NOT NULL,
    sent_at       INTEGER NOT NULL,
    status        INTEGER,
    latency_ms    INTEGER,
    reason        TEXT,
    request_size  INTEGER NOT NULL,
    response_size INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX exchange_by_run ON exchange (run);
CREATE INDEX exchange_by_order ON exchange (run, first, last);
CREATE INDEX exchange_open ON exchange (run) WHERE state = 'sending';

-- The first message of its kind in a run: the later ones, which differ little, are compressed against it.
CREATE TABLE dictionary (
    id      INTEGER PRIMARY KEY,
    run     INTEGER NOT NULL REFERENCES run (id),
    purpose TEXT NOT NULL,
    side    TEXT NOT NULL,
    body    BLOB NOT NULL,
    UNIQUE (run, purpose, side)
) STRICT;

-- Headers and body, secrets masked: length of the headers (32 bits, little-endian), headers as JSON, body;
-- all of it compressed with zstd.
CREATE TABLE request (
    exchange   INTEGER PRIMARY KEY REFERENCES exchange (id),
    dictionary INTEGER REFERENCES dictionary (id),
    message    BLOB NOT NULL
) STRICT;
CREATE TABLE response (
    exchange   INTEGER PRIMARY KEY REFERENCES exchange (id),
    dictionary INTEGER REFERENCES dictionary (id),
    message    BLOB NOT NULL
) STRICT;

CREATE TABLE job (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    run        INTEGER NOT NULL REFERENCES run (id),
    exchange   INTEGER NOT NULL REFERENCES exchange (id),
    vendor_job TEXT NOT NULL,
    status     TEXT NOT NULL,
    finished   INTEGER NOT NULL,
    progress   INTEGER,
    done       INTEGER,
    failed     INTEGER,
    message    TEXT,
    next_poll  INTEGER,
    started_at INTEGER NOT NULL,
    polled_at  INTEGER,
    polls      INTEGER NOT NULL DEFAULT 0,
    UNIQUE (run, vendor_job)
) STRICT;
CREATE INDEX job_by_exchange ON job (exchange);

CREATE TABLE order_key (
    id  INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE
) STRICT;

-- What became of an order in a run. No row: pending, or sending in an open exchange.
CREATE TABLE outcome (
    run          INTEGER NOT NULL REFERENCES run (id),
    ordinal      INTEGER NOT NULL,
    order_key    INTEGER NOT NULL REFERENCES order_key (id),
    scope        INTEGER NOT NULL REFERENCES scope (id),
    outcome      TEXT NOT NULL,
    -- The exchange that last sent the order: the greatest one says what the account has. NULL where the
    -- order was left out, because that says nothing about what the account has.
    sent         INTEGER,
    payload_hash BLOB,
    at           INTEGER NOT NULL,
    exchange     INTEGER REFERENCES exchange (id),
    reason       TEXT,
    rule         TEXT,
    vendor_id    TEXT,
    PRIMARY KEY (run, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX outcome_by_order ON outcome (order_key, scope, sent);

-- The edit log of each source file.
CREATE TABLE edit (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    label  TEXT NOT NULL,
    body   TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0,
    at     INTEGER NOT NULL
) STRICT;
CREATE INDEX edit_by_source ON edit (source);

-- Source files opened before.
CREATE TABLE source_file (
    path        TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    mapping     TEXT NOT NULL,
    orders      INTEGER NOT NULL,
    opened_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX source_file_by_time ON source_file (opened_at);
