//! Small parts that panes and dialogs are made of.

pub mod chart;
pub mod clicked;
pub mod cursor;
pub mod fuzzy;
pub mod hidden;
pub mod input;
pub mod json;
pub mod markdown;
pub mod pane;
pub mod scroll;
pub mod search;
pub mod text;
