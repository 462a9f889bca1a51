-- Schema 3: when a vendor's job was last seen to come further.

-- Another status, percentage or count than before. NULL: it was last asked by a program that didn't look.
ALTER TABLE job ADD COLUMN moved_at INTEGER;
