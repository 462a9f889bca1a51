//! Decoding groups of records, one by one or one behind the other.

use std::ops::RangeInclusive;

use super::delimited::Decoder;
use super::index::Extent;
use super::json;
use super::record::Group;
use super::report::Report;
use super::{Index, Source, SourceError};

/// The largest group that is decoded, in bytes of the file.
const GROUP_LIMIT: u64 = 64 << 20;

/// How many bytes are read at once where groups are read one behind the other.
const AHEAD: u64 = 1 << 18;

/// How many bytes are read at once at most where it is known which groups come next.
const EXPECTED: u64 = 1 << 20;

/// What may lie between two stretches that are read together: line ends, the commas of a JSON list.
const GAP: u64 = 1 << 10;

impl Source {
    /// Decodes one group, reading its bytes alone.
    ///
    /// # Errors
    /// When the file was changed or can't be read, or the group is too large to be an order.
    pub fn read_group(&self, index: &Index, group: usize) -> Result<Group, SourceError> {
        self.groups(index).read(group)
    }

    /// Reads groups one after the other; those that stand one behind the other in the file are read together.
    pub fn groups<'s>(&'s self, index: &'s Index) -> Groups<'s> {
        Groups {
            source: self,
            index,
            memory: Memory::default(),
            decoder: self.inner.table.as_ref().map(Decoder::new),
        }
    }
}

/// Reads groups one after the other.
#[derive(Debug)]
pub struct Groups<'s> {
    source: &'s Source,
    index: &'s Index,
    memory: Memory,
    /// If the source is a table.
    decoder: Option<Decoder<'s>>,
}

impl Groups<'_> {
    /// Shares nothing with other readers, for threads that read many groups at once.
    #[must_use]
    pub fn apart(mut self) -> Self {
        if let Some(decoder) = &mut self.decoder {
            decoder.apart();
        }
        self
    }

    /// Says that these groups are read next: those that stand one behind the other are read at once.
    pub fn expect(&mut self, groups: RangeInclusive<usize>) {
        let mut extents = groups.flat_map(|group| self.index.extents(group));
        let first = extents.next().map_or(0, |first| first.end);
        let following = extents.try_fold(first, |end, extent| {
            let follows = (end..=end + GAP).contains(&extent.start);
            if follows { Ok(extent.end) } else { Err(end) }
        });
        self.memory.expected = following.unwrap_or_else(|end| end);
    }

    /// Whether any stretch of a group passes the test, which gets the bytes as they stand in the file.
    ///
    /// # Errors
    /// As [`Source::read_group`].
    pub fn passes(
        &mut self,
        group: usize,
        test: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<bool, SourceError> {
        self.source.check_index(self.index)?;
        let index = self.index;
        let mut passes = false;
        for extent in index.extents(group) {
            // What is too large to be decoded says so itself.
            passes = extent.end - extent.start > GROUP_LIMIT
                || test(self.memory.bytes(self.source, extent)?);
            if passes {
                break;
            }
        }
        Ok(passes)
    }

    /// Decodes a group. The file is asked whether it is what it was each time that bytes are read from it.
    ///
    /// # Errors
    /// As [`Source::read_group`].
    pub fn read(&mut self, group: usize) -> Result<Group, SourceError> {
        let mut into = Group::default();
        self.read_into(group, &mut into)?;
        Ok(into)
    }

    /// The same into one whose room is used again; after an error it holds anything.
    ///
    /// # Errors
    /// As [`Source::read_group`].
    pub fn read_into(&mut self, group: usize, into: &mut Group) -> Result<(), SourceError> {
        let (source, index) = (self.source, self.index);
        let file = &source.inner.file;
        source.check_index(index)?;
        let key = index.key(group).ok_or_else(|| SourceError::NoSuchGroup {
            path: file.shown(),
            group,
        })?;
        let size: u64 = index
            .extents(group)
            .map(|extent| extent.end - extent.start)
            .sum();
        if size > GROUP_LIMIT {
            return Err(SourceError::GroupTooLarge {
                path: file.shown(),
                key: key.into_owned(),
            });
        }
        let mut report = Report::default();
        let records = &mut into.records;
        match &mut self.decoder {
            Some(decoder) => decoder.take_back(records),
            None => records.clear(),
        }
        records.reserve(index.records_of(group).unwrap_or(1) as usize);
        for extent in index.extents(group) {
            let bytes = self.memory.bytes(source, extent)?;
            let (start, line) = (extent.start, extent.line);
            match &mut self.decoder {
                Some(decoder) => decoder.decode(bytes, start, line, &mut report, records),
                None => records.extend(json::decode(bytes, start, line, &mut report)),
            }
        }
        source.locate(records);
        source.inner.opened.locator.locate_all(report.kept_mut());
        into.key.clear();
        into.key.push_str(&key);
        into.findings = report.into_kept();
        Ok(())
    }
}

/// The stretch of the file that is in memory.
#[derive(Debug, Default)]
struct Memory {
    bytes: Vec<u8>,
    start: u64,
    /// Up to where it is known that bytes are asked for.
    expected: u64,
}

impl Memory {
    /// The bytes of an extent. What follows what is in memory is read with what comes behind it.
    fn bytes(&mut self, source: &Source, extent: Extent) -> Result<&[u8], SourceError> {
        let end = self.start + self.bytes.len() as u64;
        if extent.start < self.start || extent.end > end {
            let file = &source.inner.file;
            let follows =
                !self.bytes.is_empty() && (self.start..=end + GAP).contains(&extent.start);
            let most = if extent.end < self.expected {
                self.expected.min(extent.start + EXPECTED)
            } else if follows {
                extent.start + AHEAD
            } else {
                extent.end
            };
            let until = most.min(file.len()).max(extent.end);
            self.bytes.resize((until - extent.start) as usize, 0);
            self.start = extent.start;
            let read = file.read_at(&mut self.bytes, extent.start);
            if let Err(error) = read.and_then(|()| file.check_handle()) {
                // What was read halfway is nothing.
                self.bytes.clear();
                return Err(error);
            }
        }
        let from = (extent.start - self.start) as usize;
        let until = (extent.end - self.start) as usize;
        Ok(self.bytes.get(from..until).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::source::{GroupBy, SourceOptions};

    /// Orders whose second rows stand at the end of the file are read row by row all the same.
    #[test]
    fn what_does_not_stand_together_is_not_read_together() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("orders.csv");
        let mut text = String::from("k,v\n");
        for key in [0..300, 0..300].into_iter().flatten() {
            text.push_str(&format!("{key},v\n"));
        }
        std::fs::write(&path, text).unwrap();
        let source = Source::open(&path, &SourceOptions::default()).unwrap();
        let by = GroupBy::Column("k".to_owned());
        let index = source
            .index(&by, &mut |_| ControlFlow::Continue(()))
            .unwrap();
        let mut groups = source.groups(&index);
        groups.expect(0..=255);
        for group in 0..256 {
            assert_eq!(groups.read(group).unwrap().records.len(), 2);
            assert!(groups.memory.bytes.len() < 10);
        }
    }
}
