//! The vendor-neutral order: money, time, status, edits. Pure: knows nobody, does no I/O.

pub mod outcome;
