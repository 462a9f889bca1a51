//! The console in a pseudo-terminal: the real program, real HTTP against the sandbox, keys in and the screen out. One
//! file a story.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod beginning;
mod editing;
mod files;
mod findings;
mod hands;
mod help;
mod live;
mod main_job;
mod mapping;
mod orders;
#[cfg(unix)]
mod payload;
mod responses;
mod runs;
mod sizes;
mod together;
