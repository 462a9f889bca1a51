//! The console by its keys and what is on the screen then, without a terminal. One file a part of it.

mod activity;
mod ahead;
mod beginning;
mod editing;
mod everywhere;
mod files;
mod findings;
mod first_look;
mod help;
mod live;
mod look;
mod main_job;
mod mapping_forms;
pub(super) mod mapping_screen;
mod mouse;
mod operations;
mod order_list;
mod orders;
mod payload;
mod planning;
mod reading;
mod responses;
mod sizes;
mod views;
