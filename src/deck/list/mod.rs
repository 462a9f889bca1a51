//! Orders as a list: its columns, sorting by one of them, and which order stands on which line. Nothing here holds
//! decoded orders: what is kept of each is a small key, a rank and a number.

mod column;
mod places;
mod shown;
mod sorting;

#[cfg(test)]
mod tests;

pub use column::{Column, Kind, Value};
pub use places::Places;
pub use shown::{Passing, Shown};
pub use sorting::{Progress, Sort, SortKeys, Sorted};
