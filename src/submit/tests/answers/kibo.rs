//! Kibo: rows of its table.
