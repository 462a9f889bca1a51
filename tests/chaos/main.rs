//! Vendors that do what no well-behaved server would: the real program against a raw TCP server. Every test
//! names the fault that it is about; after each the same must hold (`bench.rs`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod answers;
mod bench;
mod bodies;
mod budget;
#[cfg(target_os = "linux")]
mod clock;
mod connections;
mod jobs;
#[cfg(unix)]
mod waits;
