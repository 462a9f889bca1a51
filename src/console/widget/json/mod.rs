//! A payload as lines: pretty JSON that can be folded, findings on the lines that they concern.

mod draw;
mod lines;

#[cfg(test)]
pub use draw::DRAWN;
pub use draw::{Look, draw, severity_mark};
pub use lines::{canonical, containers, lines, searched};

use crate::finding::Severity;

/// What a line is.
#[derive(Debug, Clone, PartialEq)]
pub enum LineKind {
    /// Opens an object or a list.
    Open {
        /// A list.
        list: bool,
    },
    /// Closes it.
    Close {
        /// A list.
        list: bool,
    },
    /// An object or a list that is folded or empty.
    Folded {
        /// A list.
        list: bool,
        /// Members or elements.
        count: usize,
    },
    /// A value, as JSON.
    Value(String),
    /// A finding, by its number: its first line.
    Finding(usize),
    /// More of a finding's words.
    More(usize),
    /// What one key would do about a finding.
    Fix(usize),
}

impl LineKind {
    /// The finding that the line belongs to.
    pub const fn finding(&self) -> Option<usize> {
        match self {
            Self::Finding(number) | Self::More(number) | Self::Fix(number) => Some(*number),
            _ => None,
        }
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonLine {
    /// How deep it stands.
    pub depth: usize,
    /// Where in the payload; of a finding the place it is about, whether or not it is there.
    pub pointer: String,
    /// The member's name.
    pub name: Option<String>,
    /// What it is.
    pub kind: LineKind,
    /// The words of a finding that stand on it.
    pub words: String,
    /// Whether a comma follows.
    pub comma: bool,
    /// Where the value came from.
    pub origin: String,
    /// The worst finding about this very place.
    pub severity: Option<Severity>,
}

impl JsonLine {
    /// Whether it is the same line, perhaps of a payload that was made anew.
    pub fn is_same(&self, other: &Self) -> bool {
        std::mem::discriminant(&self.kind) == std::mem::discriminant(&other.kind)
            && self.pointer == other.pointer
    }
}
