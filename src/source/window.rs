//! A window that moves over the file block by block: one streaming pass in bounded memory.

use std::ops::ControlFlow;

use super::ahead::Ahead;
use super::error::SourceError;
use super::file::SourceFile;
use super::scout::Scouted;

/// Bytes read at once; few in tests, so that every record meets a border.
pub(super) const BLOCK: u64 = if cfg!(test) { 61 } else { 1 << 19 };

/// The largest record that is read, in bytes.
pub(super) const RECORD_LIMIT: usize = 16 << 20;

/// How far a pass over the file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read so far.
    pub bytes: u64,
    /// Bytes of the whole file.
    pub total: u64,
    /// Records found so far.
    pub records: u64,
}

/// Called after each block; breaking stops the pass.
pub(super) type Tick<'t> = dyn FnMut(Progress) -> ControlFlow<()> + 't;

/// Where the blocks come from.
enum Blocks {
    /// From the file.
    Read,
    /// The same, and the fingerprint is taken on the way.
    Hashed(Box<blake3::Hasher>),
    /// From somebody who takes it.
    Ahead(Ahead),
}

/// The part of the file that is in memory.
pub(super) struct Window<'f> {
    file: &'f SourceFile,
    tick: &'f mut Tick<'f>,
    blocks: Blocks,
    buffer: Vec<u8>,
    /// Where in the buffer those bytes begin that weren't forgotten.
    begin: usize,
    /// Where these stand in the file.
    base: u64,
    end: u64,
    /// Rows of the last block that others found.
    scouted: Option<Scouted>,
    /// What stands at its end may go on behind it.
    pub(super) is_cut: bool,
    /// Counted by whoever finds records, for the progress.
    pub(super) records: u64,
}

impl<'f> Window<'f> {
    /// A window over `start..end` of the file.
    pub(super) fn new(file: &'f SourceFile, start: u64, end: u64, tick: &'f mut Tick<'f>) -> Self {
        Self {
            file,
            tick,
            blocks: Blocks::Read,
            buffer: Vec::new(),
            begin: 0,
            base: start,
            end: end.min(file.len()),
            scouted: None,
            is_cut: false,
            records: 0,
        }
    }

    /// The same, where what stands at its end may go on behind it: a record that ends there isn't whole.
    pub(super) fn cut(mut self) -> Self {
        self.is_cut = true;
        self
    }

    /// A window over the file from `start` on that takes the fingerprint of all bytes on its way.
    pub(super) fn hashing(
        file: &'f SourceFile,
        start: u64,
        tick: &'f mut Tick<'f>,
    ) -> Result<Self, SourceError> {
        let mut window = Self::new(file, 0, start, tick);
        window.blocks = Blocks::Hashed(Box::default());
        while window.forward()? {}
        window.buffer.clear();
        window.begin = 0;
        window.base = start;
        window.end = file.len();
        Ok(window)
    }

    /// The same, where somebody else reads the blocks from `start` on.
    pub(super) fn ahead(
        file: &'f SourceFile,
        start: u64,
        tick: &'f mut Tick<'f>,
        blocks: Ahead,
    ) -> Self {
        let mut window = Self::new(file, start, file.len(), tick);
        window.blocks = Blocks::Ahead(blocks);
        window
    }

    /// The bytes in memory.
    pub(super) fn bytes(&self) -> &[u8] {
        self.buffer.get(self.begin..).unwrap_or_default()
    }

    /// The bytes in memory from an index on.
    pub(super) fn rest(&self, from: usize) -> &[u8] {
        self.bytes().get(from..).unwrap_or_default()
    }

    /// The position in the file of an index into the bytes in memory.
    pub(super) fn position(&self, index: usize) -> u64 {
        self.base + index as u64
    }

    /// The rows that others found, if the first of them begins at an index into the bytes in memory.
    pub(super) fn take_scouted(&mut self, index: usize) -> Option<Scouted> {
        let position = self.position(index);
        self.scouted.take_if(|scouted| scouted.start == position)
    }

    /// Reads one more block and forgets the bytes before `keep`, which becomes 0; at the end of
    /// the file it changes nothing and says `false`.
    pub(super) fn fill(&mut self, keep: &mut usize) -> Result<bool, SourceError> {
        let kept = self.bytes().len();
        let next = self.position(kept);
        let length = (self.end.saturating_sub(next)).min(BLOCK) as usize;
        if length == 0 {
            return Ok(false);
        }
        self.begin += (*keep).min(kept);
        self.base += *keep as u64;
        *keep = 0;
        let length = if let Blocks::Ahead(blocks) = &mut self.blocks {
            let (length, scouted) = blocks.put_behind(&mut self.buffer, &mut self.begin)?;
            self.scouted = scouted;
            length
        } else {
            self.buffer.drain(..self.begin);
            self.begin = 0;
            let old = self.buffer.len();
            self.buffer.resize(old + length, 0);
            let fresh = self.buffer.get_mut(old..).unwrap_or_default();
            self.file.read_at(fresh, next)?;
            if let Blocks::Hashed(hasher) = &mut self.blocks {
                hasher.update(fresh);
            }
            length
        };
        let progress = Progress {
            bytes: next + length as u64,
            total: self.file.len(),
            records: self.records,
        };
        match (self.tick)(progress) {
            ControlFlow::Continue(()) => Ok(true),
            ControlFlow::Break(()) => Err(SourceError::Stopped {
                path: self.file.shown(),
            }),
        }
    }

    /// Forgets what is in memory and reads one more block.
    fn forward(&mut self) -> Result<bool, SourceError> {
        let mut all = self.bytes().len();
        self.fill(&mut all)
    }

    /// Reads to the end of the file; the fingerprint of all bytes in hex.
    pub(super) fn finish(mut self) -> Result<String, SourceError> {
        while self.forward()? {}
        let hash = match self.blocks {
            Blocks::Read => None,
            Blocks::Hashed(hasher) => Some(hasher.finalize()),
            Blocks::Ahead(blocks) => blocks.finish()?,
        };
        let path = self.file.shown();
        let hash = hash.ok_or(SourceError::Stopped { path })?;
        Ok(hash.to_hex().to_string())
    }
}

/// Counts lines; a line ends with LF, CRLF or CR.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines {
    line: u64,
    previous: u8,
}

impl Lines {
    /// Starts in the middle of a file.
    pub(super) fn at(line: u64) -> Self {
        Self { line, previous: 0 }
    }

    /// Goes over bytes, one after the other.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            let is_second =
                bytes.get(at) == Some(&b'\n') && *before.unwrap_or(&self.previous) == b'\r';
            self.line += u64::from(!is_second);
        }
        if let Some(last) = bytes.last() {
            self.previous = *last;
        }
    }

    /// Goes over the byte that ends a line in which something stands.
    pub(super) fn pass_end(&mut self, end: u8) {
        self.line += 1;
        self.previous = end;
    }

    /// Goes over lines that were counted from 0 elsewhere.
    pub(super) fn add(&mut self, lines: Self) {
        self.line += lines.line;
        self.previous = lines.previous;
    }

    /// The line of the next byte; the first is 1.
    pub(super) fn line(self) -> u64 {
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_counts_once() {
        let mut lines = Lines::at(1);
        for part in [&b"a\nb\r"[..], b"\nc\rd\r\n", b"\n"] {
            lines.pass(part);
        }
        assert_eq!(lines.line(), 6);
    }
}
