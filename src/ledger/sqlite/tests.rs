//! Tests of the ledger as its users see it.
