//! Small parts that panes and dialogs are made of.

pub mod cursor;
pub mod hidden;
pub mod input;
pub mod json;
pub mod pane;
pub mod scroll;
pub mod search;
pub mod text;
