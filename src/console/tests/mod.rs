//! The console by its keys and what is on the screen then, without a terminal. One file a part of it.

mod findings;
mod look;
mod main_job;
mod operations;
mod orders;
mod views;
