-- Schema 2: bodies may be removed by age, and looking for one order's requests never walks a whole run.

-- When `orderdeck ledger compact` removed what was sent and what came back. NULL: they are there.
ALTER TABLE exchange ADD COLUMN compacted_at INTEGER;

-- How far the orders of a request lie apart at most in a run: nothing that begins earlier can hold an order.
CREATE INDEX exchange_by_span ON exchange (run, last - first);
