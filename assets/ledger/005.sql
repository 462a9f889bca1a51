-- Schema 5: what is recorded together is packed together, as neighbours differ little; a request of one order costs as
-- little then as an order of a batch.

-- Messages: each as its headers and body, secrets masked: length of the headers (32 bits, little-endian), headers as
-- JSON, body. One after another, all of it compressed with zstd.
CREATE TABLE bundle (
    id         INTEGER PRIMARY KEY,
    dictionary INTEGER REFERENCES dictionary (id),
    -- Whose they are, and how long each is: the exchange's number less that of the one before (0 before the first),
    -- zigzag, and the bytes, both as LEB128. NULL: there is one, of whichever exchange names the bundle.
    members    BLOB,
    messages   BLOB NOT NULL
) STRICT;

-- The bundles that hold what was sent and what came back. NULL: there is nothing, or it was removed.
ALTER TABLE exchange ADD COLUMN request_in INTEGER;
ALTER TABLE exchange ADD COLUMN response_in INTEGER;

INSERT INTO bundle (id, dictionary, messages)
    SELECT 2 * exchange, dictionary, message FROM request
    UNION ALL SELECT 2 * exchange + 1, dictionary, message FROM response
    ORDER BY 1;
UPDATE exchange SET
    -- Nearly all come to be answered: that is the state without a word.
    state = CASE state WHEN 'answered' THEN '' ELSE state END,
    request_in = (SELECT 2 * exchange FROM request WHERE request.exchange = exchange.id),
    response_in = (SELECT 2 * exchange + 1 FROM response WHERE response.exchange = exchange.id);
DROP TABLE request;
DROP TABLE response;
