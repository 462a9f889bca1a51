//! Looks again at rows whose quotes may have swallowed what isn't theirs.

use crate::finding::{Finding, Place, Target};
use crate::source::rules;

use super::is_line_end;

/// A quote that swallowed what isn't its cell's.
pub(super) struct Misquoted {
    /// Where the quote was opened, in bytes of the row.
    pub(super) opened: usize,
    closed: bool,
}

impl Misquoted {
    pub(super) fn finding(&self, line: u64, row_start: u64) -> Finding {
        let detail = if self.closed {
            "the next quote stands in a line below, before text"
        } else {
            "no closing quote follows"
        };
        let place = Place::line(line, row_start + self.opened as u64);
        Finding::new(&rules::UNCLOSED_QUOTE, Target::Whole, detail).at(place)
    }
}

/// The first quoted cell that is never closed, or that is closed on a later line before more text.
pub(super) fn misquoted(raw: &[u8], delimiter: u8) -> Option<Misquoted> {
    let mut at = 0;
    loop {
        if raw.get(at) == Some(&b'"') {
            let opened = at;
            let mut lines = false;
            at += 1;
            loop {
                match (raw.get(at), raw.get(at + 1)) {
                    (None, _) => {
                        let closed = false;
                        return Some(Misquoted { opened, closed });
                    }
                    (Some(b'"'), Some(b'"')) => at += 2,
                    (Some(b'"'), next) => {
                        let clean = next.is_none_or(|byte| {
                            *byte == delimiter || *byte == b' ' || is_line_end(*byte)
                        });
                        if lines && !clean {
                            let closed = true;
                            return Some(Misquoted { opened, closed });
                        }
                        break;
                    }
                    (Some(byte), _) => {
                        lines |= is_line_end(*byte);
                        at += 1;
                    }
                }
            }
        }
        let rest = raw.get(at..)?;
        at += rest.iter().position(|byte| *byte == delimiter)? + 1;
    }
}
