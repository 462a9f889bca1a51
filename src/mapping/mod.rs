//! Records → orders, by a TOML file read by one engine; a preset is a mapping file that we ship.
//!
//! [`Mapping::parse`] reads a file, [`detect`] chooses a preset, [`Mapping::compile`] resolves its columns
//! or paths against one source's format, and [`Compiled::map`] makes an order of a group of records.
//! [`Compiled::origin`] says, when asked, where a value came from. Pure: no I/O but through the source.

mod compiled;
mod contradiction;
mod country;
mod cut;
mod decay;
mod detect;
mod evaluate;
mod field_rule;
mod fields;
mod file;
mod join;
mod lines;
mod lookup;
mod map;
mod meaning;
mod moment;
mod months;
mod number;
mod origin;
mod packed;
mod parse;
mod part;
mod path;
mod preset;
pub mod propose;
mod put;
mod read;
mod rule;
pub mod rules;
mod sign;
mod status;
mod targets;
mod used;
mod value;
mod verbatim;
mod visible;
mod write;
mod wrong;

#[cfg(test)]
mod tests;

pub use compiled::{CompileError, Compiled};
pub use decay::Drift;
pub use detect::{Candidate, DetectError, Detection, Refusal, detect, detect_among, fit};
pub use file::{
    Detect, FileKind, Handling, Items, Join, Mapping, Missing, NativeSpec, Policy, Read, Refunds,
    Refuse, Unmatched,
};
pub use join::JoinedFile;
pub use map::{Exclusion, Mapped, Native};
pub use moment::Zone;
pub use number::Mark;
pub use origin::Origin;
pub use packed::{Packed, member_of};
pub use preset::{preset, preset_names, preset_text, presets};
pub use rule::{Datetime, Piece, Recipe, Rule, Step, transformed};
pub use targets::TargetInfo;
pub use wrong::MappingError;
