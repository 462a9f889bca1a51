//! Records → orders, by a TOML file read by one engine; a preset is a mapping file that we ship.
//!
//! [`Mapping::parse`] reads a file, [`detect`] chooses a preset, [`Mapping::compile`] resolves its columns
//! or paths against one source's format, and [`Compiled::map`] makes an order of a group of records.
//! [`Compiled::origin`] says, when asked, where a value came from. Pure: no I/O but through the source.

mod compiled;
mod contradiction;
mod detect;
mod evaluate;
mod fields;
mod file;
mod map;
mod moment;
mod number;
mod origin;
mod parse;
mod path;
mod preset;
pub mod propose;
mod put;
mod rule;
pub mod rules;
mod status;
mod targets;
mod used;
mod value;
mod visible;
mod write;

#[cfg(test)]
mod tests;

pub use compiled::{CompileError, Compiled};
pub use detect::{Candidate, DetectError, Detection, Refusal, detect};
pub use file::{Detect, FileKind, Items, Mapping, MappingError, Missing, NativeSpec, Read, Refuse};
pub use map::{Exclusion, Mapped, Native};
pub use moment::Zone;
pub use number::Mark;
pub use origin::Origin;
pub use rule::{Datetime, Piece, Recipe, Rule, Step};
pub use preset::{preset, preset_names, preset_text, presets};
pub use targets::TargetInfo;
