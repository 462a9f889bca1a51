//! Killing the real process, at every named point and at random times, and going on: whatever happens, the oracle
//! holds (F-01 to F-05, F-35).
//!
//! `cargo test` does a few dozen random kills. The long run is
//! `ORDERDECK_KILLS=2000 cargo test --test kills random -- --nocapture`, which prints its figures;
//! `ORDERDECK_SEED=N` repeats one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod named;
mod oracle;
mod points;
mod random;
mod round;
