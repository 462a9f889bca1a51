//! A small structural scanner: finds where each JSON value begins and ends, in a stream, without
//! building a tree. It knows strings, escapes and nesting; grammar is left to `serde_json`.

use crate::source::error::SourceError;
use crate::source::window::{RECORD_LIMIT, Window};

/// Levels inside one element; one less than `serde_json` refuses.
pub(in crate::source) const DEPTH_LIMIT: u32 = 128;

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Its end was found.
    Complete,
    /// Its end was found, but it is too large to be kept.
    TooLong,
    /// Its end was found, but it is nested too deeply.
    TooDeep,
    /// Its end can't be found.
    Broken,
}

/// Where a value starts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    /// In bytes of the file.
    pub(super) byte: u64,
    /// The first line is 1.
    pub(super) line: u64,
    /// In bytes, the first is 1.
    pub(super) column: u64,
}

/// Moves over the bytes of a JSON text.
pub(super) struct Cursor<'c, 'f> {
    pub(super) window: &'c mut Window<'f>,
    at: usize,
    /// Up to here lines are counted.
    counted: usize,
    line: u64,
    line_start: u64,
}

impl<'c, 'f> Cursor<'c, 'f> {
    /// Starts where the window starts.
    pub(super) fn new(window: &'c mut Window<'f>) -> Self {
        let line_start = window.position(0);
        Self {
            window,
            at: 0,
            counted: 0,
            line: 1,
            line_start,
        }
    }

    /// The next byte that isn't white space; `None` at the end.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, SourceError> {
        loop {
            let rest = self.window.rest(self.at);
            match rest.iter().position(|byte| !is_space(*byte)) {
                Some(spaces) => {
                    let found = rest.get(spaces).copied();
                    self.at += spaces;
                    return Ok(found);
                }
                None => self.at += rest.len(),
            }
            if !self.more(None)? {
                return Ok(None);
            }
        }
    }

    /// Moves behind the byte that was peeked.
    pub(super) fn bump(&mut self) {
        self.at += 1;
    }

    /// Where the next byte stands.
    pub(super) fn spot(&mut self) -> Spot {
        self.count();
        let byte = self.window.position(self.at);
        Spot {
            byte,
            line: self.line,
            column: byte.saturating_sub(self.line_start) + 1,
        }
    }

    /// Moves behind the value that starts at the byte peeked. Its bytes stay in memory until the
    /// next move, unless it is too long or too deep.
    pub(super) fn value(&mut self) -> Result<(Spot, Extent), SourceError> {
        let spot = self.spot();
        let mut scan = Scan::default();
        let mut start = self.at;
        let mut dropped = false;
        loop {
            let rest = self.window.rest(self.at);
            let (used, end) = scan.feed(rest);
            self.at += used;
            match end {
                Some(false) => return Ok((spot, Extent::Broken)),
                Some(true) if scan.too_deep => return Ok((spot, Extent::TooDeep)),
                Some(true) if dropped => return Ok((spot, Extent::TooLong)),
                Some(true) => return Ok((spot, Extent::Complete)),
                None => {}
            }
            dropped |= scan.too_deep || self.at.saturating_sub(start) > RECORD_LIMIT;
            let keep = if dropped { None } else { Some(&mut start) };
            if !self.more(keep)? {
                let extent = if scan.is_open() || scan.kind == Kind::Unknown {
                    Extent::Broken
                } else if dropped {
                    Extent::TooLong
                } else {
                    Extent::Complete
                };
                return Ok((spot, extent));
            }
        }
    }

    /// The bytes from a spot up to here, as far as they are in memory.
    pub(super) fn bytes_from(&self, spot: Spot) -> &[u8] {
        let start = spot.byte.checked_sub(self.window.position(0));
        start
            .and_then(|start| self.window.bytes().get(start as usize..self.at))
            .unwrap_or_default()
    }

    /// Reads one more block, keeping the bytes from `keep` on.
    fn more(&mut self, keep: Option<&mut usize>) -> Result<bool, SourceError> {
        self.count();
        let before = self.window.position(self.at);
        let mut all = self.at;
        let read = self.window.fill(keep.unwrap_or(&mut all))?;
        self.at = (before - self.window.position(0)) as usize;
        self.counted = self.at;
        Ok(read)
    }

    fn count(&mut self) {
        let passed = self.window.bytes().get(self.counted..self.at);
        for (index, byte) in passed.unwrap_or_default().iter().enumerate() {
            if *byte == b'\n' {
                self.line += 1;
                self.line_start = self.window.position(self.counted + index + 1);
            }
        }
        self.counted = self.at;
    }
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Kind {
    #[default]
    Unknown,
    Container,
    Text,
    Scalar,
}

/// The state of a scan over one value, block by block.
#[derive(Debug, Default)]
struct Scan {
    kind: Kind,
    /// One bit a level: 1 is an object. Deeper levels are only counted.
    objects: u128,
    depth: u32,
    in_string: bool,
    escaped: bool,
    too_deep: bool,
}

impl Scan {
    /// Inside a string or a container.
    fn is_open(&self) -> bool {
        self.in_string || self.depth > 0
    }

    /// How many bytes belong to the value, and `Some(whether it is sound)` once its end is found.
    fn feed(&mut self, bytes: &[u8]) -> (usize, Option<bool>) {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if self.in_string {
                if self.escaped {
                    self.escaped = false;
                    at += 1;
                    continue;
                }
                let rest = bytes.get(at..).unwrap_or_default();
                let Some(plain) = rest.iter().position(|b| matches!(b, b'"' | b'\\')) else {
                    return (bytes.len(), None);
                };
                at += plain + 1;
                if rest.get(plain) == Some(&b'\\') {
                    self.escaped = true;
                } else {
                    self.in_string = false;
                    if self.depth == 0 {
                        return (at, Some(true));
                    }
                }
                continue;
            }
            let first = self.kind == Kind::Unknown;
            match byte {
                b'"' | b'{' | b'[' if self.kind == Kind::Scalar => return (at, Some(true)),
                b'"' => {
                    self.in_string = true;
                    if first {
                        self.kind = Kind::Text;
                    }
                }
                b'{' | b'[' => {
                    if first {
                        self.kind = Kind::Container;
                    }
                    self.open(byte == b'{');
                }
                b'}' | b']' if self.kind == Kind::Container => {
                    if !self.close(byte == b'}') {
                        return (at + 1, Some(false));
                    }
                    if self.depth == 0 {
                        return (at + 1, Some(true));
                    }
                }
                b',' | b'}' | b']' | b':' if first => return (at + 1, Some(false)),
                b',' | b'}' | b']' | b':' | b' ' | b'\t' | b'\n' | b'\r'
                    if self.kind == Kind::Scalar =>
                {
                    return (at, Some(true));
                }
                _ if first => self.kind = Kind::Scalar,
                _ => {}
            }
            at += 1;
        }
        (bytes.len(), None)
    }

    fn open(&mut self, object: bool) {
        if self.depth < 128 {
            let bit = 1_u128 << self.depth;
            self.objects = if object {
                self.objects | bit
            } else {
                self.objects & !bit
            };
        }
        self.depth = self.depth.saturating_add(1);
        self.too_deep |= self.depth > DEPTH_LIMIT;
    }

    fn close(&mut self, object: bool) -> bool {
        let Some(depth) = self.depth.checked_sub(1) else {
            return false;
        };
        self.depth = depth;
        depth >= 128 || (self.objects >> depth & 1 == 1) == object
    }
}
