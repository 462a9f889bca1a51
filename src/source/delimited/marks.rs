//! Where the bytes stand that may split a row: delimiters, quotes, line ends. They are looked for in many bytes at
//! once.

use wide::u8x16;

/// Bytes that are looked at together: a bit each.
const BLOCK: usize = 64;
/// Bytes that are compared at once.
const LANES: usize = 16;

/// The marks of some bytes, from left to right: delimiters, quotes, line ends, and NUL, which no row should hold.
pub(super) struct Marks<'r> {
    input: &'r [u8],
    delimiter: u8,
    /// Where the block stands whose marks are told.
    block: usize,
    /// Where the block behind it stands.
    behind: usize,
    /// A bit for each mark of the block that is still to be told.
    left: u64,
}

impl<'r> Marks<'r> {
    pub(super) fn of(input: &'r [u8], delimiter: u8) -> Self {
        Self {
            input,
            delimiter,
            block: 0,
            behind: 0,
            left: 0,
        }
    }

    /// Goes on to the next block; `None` behind the last one.
    fn forward(&mut self) -> Option<()> {
        let rest = self.input.get(self.behind..)?;
        self.left = if let Some(block) = rest.first_chunk() {
            marks_of(block, self.delimiter)
        } else if rest.is_empty() {
            return None;
        } else {
            let mut filled = [0; BLOCK];
            let (begin, _) = filled.split_at_mut(rest.len());
            begin.copy_from_slice(rest);
            // What only fills the block holds no marks.
            marks_of(&filled, self.delimiter) & ((1 << rest.len()) - 1)
        };
        self.block = self.behind;
        self.behind += BLOCK;
        Some(())
    }
}

impl Iterator for Marks<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.left == 0 {
            self.forward()?;
        }
        let at = self.block + self.left.trailing_zeros() as usize;
        // Takes the lowest bit away.
        self.left &= self.left - 1;
        Some(at)
    }
}

/// A bit for each mark.
fn marks_of(block: &[u8; BLOCK], delimiter: u8) -> u64 {
    let (parts, _) = block.as_chunks::<LANES>();
    let marks = [delimiter, b'"', b'\n', b'\r', 0].map(u8x16::splat);
    parts.iter().rev().fold(0, |found, part| {
        let part = u8x16::from(*part);
        let is_mark = marks.iter().fold(u8x16::splat(0), |is_mark, mark| {
            is_mark | part.simd_eq(*mark)
        });
        found << LANES | u64::from(is_mark.to_bitmask())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// As if each byte were looked at by itself.
        #[test]
        fn marks_are_found_wherever_they_stand(
            bytes in prop::collection::vec(prop::sample::select(b"ab,;\t \"\n\r\0\xc3".to_vec()), 0..300),
            delimiter in prop::sample::select(b",;\t |".to_vec()),
        ) {
            let is_mark = |byte: u8| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r' | 0);
            let expected: Vec<usize> =
                (0..bytes.len()).filter(|at| is_mark(bytes[*at])).collect();
            prop_assert_eq!(Marks::of(&bytes, delimiter).collect::<Vec<_>>(), expected);
        }
    }
}
