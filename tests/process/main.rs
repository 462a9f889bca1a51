//! What happens to the process itself: signals, a closed terminal, sleep, two of them on one ledger (F-08, F-09,
//! F-27 to F-29). All by the real program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

#[path = "../support/mod.rs"]
mod support;

mod asleep;
mod console;
mod scene;
mod sharing;
mod stopping;
