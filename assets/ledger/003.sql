-- Schema 3 of the ledger: what a running run waits for, and until when, for whoever looks on from another
-- process.
ALTER TABLE run ADD COLUMN waits_for TEXT;
ALTER TABLE run ADD COLUMN waits_until INTEGER;
