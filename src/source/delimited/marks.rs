//! Where the bytes stand that may split a row: delimiters, quotes, line ends. They are looked for in many bytes at
//! once.

use std::iter;
use std::num::NonZeroU64;
use std::ops::Range;

use wide::u8x16;

/// Bytes that are looked at together: a bit each.
const BLOCK: usize = 64;
/// Bytes that are compared at once.
const LANES: usize = 16;

/// Marks that stand near each other, a bit for each byte: the lowest is that of the first byte.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    /// Where its first byte stands.
    start: usize,
    delimiters: u64,
    /// Quotes and line ends, and with these what few rows hold: NUL and its neighbours, up to the carriage return.
    others: u64,
    /// Bytes of letters beyond ASCII.
    foreign: u64,
}

impl Block {
    fn of(bytes: &[u8; BLOCK], delimiter: u8, start: usize) -> Self {
        let (parts, _) = bytes.as_chunks::<LANES>();
        let delimiter = u8x16::splat(delimiter);
        let (quote, last_control) = (u8x16::splat(b'"'), u8x16::splat(b'\r'));
        let mut block = Self {
            start,
            delimiters: 0,
            others: 0,
            foreign: 0,
        };
        // The first ones last, so that they end up in the lowest bits.
        for part in parts.iter().rev() {
            let part = u8x16::from(*part);
            let is_other = part.simd_eq(quote) | part.simd_eq(part.min(last_control));
            let bits = |found: u8x16| u64::from(found.to_bitmask());
            block.delimiters = block.delimiters << LANES | bits(part.simd_eq(delimiter));
            block.others = block.others << LANES | bits(is_other);
            // The highest bit of each byte is what a mask takes of it.
            block.foreign = block.foreign << LANES | bits(part);
        }
        block.others &= !block.delimiters;
        block
    }

    /// What is left of it from a place of the input on.
    pub(super) fn from(mut self, place: usize) -> Self {
        let left = !bits_before(place.saturating_sub(self.start));
        self.delimiters &= left;
        self.others &= left;
        self
    }

    /// Whether there is nothing but cells in it, from a place of the input on that isn't behind its beginning.
    pub(super) fn holds_cells_only(self, place: usize) -> bool {
        self.others == 0 && place <= self.start
    }

    /// Where quotes, line ends and control characters stand.
    pub(super) fn others(self) -> impl Iterator<Item = usize> {
        places(self.others).map(move |place| self.start + place)
    }

    /// Only its delimiters before a place of the input, or all.
    pub(super) fn before(mut self, place: Option<usize>) -> Self {
        self.delimiters &= place.map_or(u64::MAX, |place| bits_before(place - self.start));
        self
    }

    /// Where delimiters stand: stretches in which there is nothing else.
    pub(super) fn runs(self) -> impl Iterator<Item = Range<usize>> {
        let mut left = self.delimiters;
        iter::from_fn(move || {
            let first = NonZeroU64::new(left)?;
            // Adding a bit to a stretch of bits carries it behind its end.
            let carried = left.wrapping_add(left & left.wrapping_neg());
            left &= carried;
            let start = self.start + first.trailing_zeros() as usize;
            Some(start..self.start + carried.trailing_zeros() as usize)
        })
    }

    /// Whether all bytes before a place of the input are ASCII, or all.
    pub(super) fn is_ascii_before(self, place: Option<usize>) -> bool {
        let before = place.map_or(u64::MAX, |place| {
            bits_before(place.saturating_sub(self.start))
        });
        self.foreign & before == 0
    }

    /// How many delimiters it has.
    pub(super) fn count(self) -> usize {
        self.delimiters.count_ones() as usize
    }

    /// Where its last delimiter stands.
    pub(super) fn last(self) -> Option<usize> {
        let last = self.delimiters.checked_ilog2()?;
        Some(self.start + last as usize)
    }
}

/// The bits of so many bytes at the beginning of a block.
fn bits_before(place: usize) -> u64 {
    1_u64.unbounded_shl(place as u32).wrapping_sub(1)
}

/// The blocks of some bytes, one behind the other.
pub(super) fn blocks(input: &[u8], delimiter: u8) -> impl Iterator<Item = Block> {
    let (whole, rest) = input.as_chunks::<BLOCK>();
    let whole_blocks = whole
        .iter()
        .enumerate()
        .map(move |(number, bytes)| Block::of(bytes, delimiter, number * BLOCK));
    let last = (!rest.is_empty()).then_some(rest);
    let last = last.into_iter().map(move |rest| {
        let mut filled = [0; BLOCK];
        let (begin, _) = filled.split_at_mut(rest.len());
        begin.copy_from_slice(rest);
        let mut block = Block::of(&filled, delimiter, whole.len() * BLOCK);
        // What only fills the block holds no marks.
        block.delimiters &= bits_before(rest.len());
        block.others &= bits_before(rest.len());
        block
    });
    whole_blocks.chain(last)
}

/// The places of the bits that are set, the lowest first.
fn places(mut bits: u64) -> impl Iterator<Item = usize> {
    iter::from_fn(move || {
        let place = bits.trailing_zeros();
        // Takes the lowest one away.
        bits &= bits.checked_sub(1)?;
        Some(place as usize)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// As if each byte were looked at by itself, from any place on.
        #[test]
        fn marks_are_found_wherever_they_stand(
            bytes in prop::collection::vec(prop::sample::select(b"ab,;\t \"\n\r\0\xc3".to_vec()), 0..300),
            delimiter in prop::sample::select(b",;\t |".to_vec()),
            from in 0_usize..300,
            before in 0_usize..300,
        ) {
            let all = |is_one: &dyn Fn(u8) -> bool| -> Vec<usize> {
                let all = (from..bytes.len()).filter(|at| is_one(bytes[*at]));
                all.collect()
            };
            let blocks = || blocks(&bytes, delimiter).map(|block| block.from(from));
            let others: Vec<usize> = blocks().flat_map(Block::others).collect();
            let is_other = |byte| byte != delimiter && matches!(byte, b'"' | 0..=b'\r');
            prop_assert_eq!(others, all(&is_other));
            let found: Vec<usize> = blocks().flat_map(Block::runs).flatten().collect();
            let delimiters = all(&|byte| byte == delimiter);
            prop_assert_eq!(&found, &delimiters);
            let some: Vec<usize> = blocks()
                .filter(|block| block.start <= before)
                .flat_map(|block| block.before(Some(before)).runs())
                .flatten()
                .collect();
            let expected: Vec<usize> = delimiters.into_iter().filter(|at| *at < before).collect();
            prop_assert_eq!(some, expected);
            let ascii = super::blocks(&bytes, delimiter).all(|block| block.is_ascii_before(Some(before)));
            prop_assert_eq!(ascii, bytes.iter().take(before).all(u8::is_ascii));
            prop_assert_eq!(blocks().map(Block::count).sum::<usize>(), found.len());
            prop_assert_eq!(blocks().filter_map(Block::last).last(), found.last().copied());
        }
    }
}
