//! A payload's bytes while they are written. There is always room ahead of the end, so that names, numbers and short
//! texts go in by a few moves of fixed size, without a call for each piece.

use std::io;
use std::ops::Range;

use rust_decimal::Decimal;

/// More bytes than any member's name of a table takes with its punctuation.
const LONGEST_KEY: usize = 40;
/// More bytes than any number takes: a sign, 29 digits and a point.
const LONGEST_NUMBER: usize = 32;
/// Quotes around a text and what comes behind it.
const AROUND_TEXT: usize = 3;

/// A member's name as it stands in a payload, `"name":`.
#[derive(Debug, Clone)]
pub struct Key {
    /// A quote stands behind the name: texts begin with one.
    bytes: [u8; LONGEST_KEY],
    length: u8,
}

impl Key {
    /// The key of a name that needs no escapes.
    pub fn of(name: &str) -> Self {
        let mut bytes = [0; LONGEST_KEY];
        let written = [b"\"", name.as_bytes(), b"\":\""].concat();
        for (to, from) in bytes.iter_mut().zip(&written) {
            *to = *from;
        }
        Self {
            bytes,
            length: (written.len() - 1) as u8,
        }
    }

    /// Whether a member's name is short enough for a key.
    pub const fn fits(name: usize) -> bool {
        name + "\"\":\"".len() <= LONGEST_KEY
    }
}

/// The bytes of a payload. A comma stands behind every member until it is known to be the last.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// What is written, and room.
    room: Vec<u8>,
    end: usize,
}

impl Page {
    /// Forgets what is written but keeps the room.
    pub fn clear(&mut self) {
        self.end = 0;
    }

    /// What is written.
    pub fn bytes(&self) -> &[u8] {
        self.room.get(..self.end).unwrap_or_default()
    }

    /// A part of it.
    pub fn part(&self, place: Range<u32>) -> &[u8] {
        let bytes = self.room.get(place.start as usize..place.end as usize);
        bytes.unwrap_or_default()
    }

    /// A text that stands in it.
    pub fn text(&self, place: Range<u32>) -> &str {
        std::str::from_utf8(self.part(place)).unwrap_or_default()
    }

    /// Keeps a text without anything around it, for whoever reads no payload.
    pub fn keep(&mut self, text: &str) -> Range<u32> {
        let start = self.end;
        if let Some(to) = self.ahead(text.len()).get_mut(..text.len()) {
            copy_plain(text.as_bytes(), to);
        }
        self.end += text.len();
        start as u32..self.end as u32
    }

    /// The room ahead, at least that many bytes.
    #[allow(clippy::indexing_slicing)]
    #[inline]
    fn ahead(&mut self, bytes: usize) -> &mut [u8] {
        if self.room.len() - self.end < bytes {
            self.grow(bytes);
        }
        &mut self.room[self.end..]
    }

    #[cold]
    fn grow(&mut self, bytes: usize) {
        let length = (self.room.len() * 2).max(self.end + bytes).max(1024);
        self.room.resize(length, 0);
    }

    /// Writes a name of the table.
    #[inline]
    pub fn key(&mut self, key: &Key) {
        if let Some(to) = self.ahead(LONGEST_KEY).first_chunk_mut() {
            *to = key.bytes;
        }
        self.end += usize::from(key.length);
    }

    /// Writes a member's name that may be anything, and returns where it stands; `None` if it had to be escaped.
    pub fn free_key(&mut self, name: &str) -> Option<Range<u32>> {
        let place = self.value(name);
        self.back();
        self.put(b':');
        place
    }

    /// Writes a member that is a text, and returns where the text stands; `None` if it had to be escaped.
    #[inline]
    pub fn member(&mut self, key: &Key, text: &str) -> Option<Range<u32>> {
        let to = self.ahead(LONGEST_KEY + text.len() + AROUND_TEXT);
        *to.first_chunk_mut()? = key.bytes;
        // The key has the quote that the text begins with.
        let name = usize::from(key.length);
        let place = self.text_at(name + 1, text);
        if place.is_none() {
            self.end += name;
            self.escaped(text);
        }
        place
    }

    /// Writes a text and returns where it stands; `None` if it had to be escaped.
    pub fn value(&mut self, text: &str) -> Option<Range<u32>> {
        *self.ahead(text.len() + AROUND_TEXT).first_mut()? = b'"';
        let place = self.text_at(1, text);
        if place.is_none() {
            self.escaped(text);
        }
        place
    }

    /// Writes a text behind its first quote, so many bytes ahead, into room that is there; nothing counts if it needs
    /// escapes.
    #[inline]
    fn text_at(&mut self, ahead: usize, text: &str) -> Option<Range<u32>> {
        let start = self.end + ahead;
        let to = self.room.get_mut(start..)?;
        let (body, behind) = to.split_at_mut_checked(text.len())?;
        if !copy_plain(text.as_bytes(), body) {
            return None;
        }
        *behind.first_chunk_mut()? = *b"\",";
        let stop = start + text.len();
        self.end = stop + 2;
        Some(start as u32..stop as u32)
    }

    #[cold]
    fn escaped(&mut self, text: &str) {
        // Writing to memory can't fail.
        let _ = serde_json::to_writer(&mut *self, text);
        self.put(b',');
    }

    /// Writes a number with its digits as they are.
    #[inline]
    pub fn number(&mut self, number: Decimal) {
        let to = self.ahead(LONGEST_NUMBER + 1);
        let length = to
            .first_chunk_mut()
            .map_or(0, |to| write_decimal(number, to));
        if let Some(behind) = to.get_mut(length) {
            *behind = b',';
        }
        self.end += length + 1;
    }

    /// Writes a member that is a whole number and not negative.
    #[inline]
    pub fn natural(&mut self, key: &Key, number: u64) {
        let to = self.ahead(LONGEST_KEY + LONGEST_NUMBER + 1);
        if let Some(to) = to.first_chunk_mut() {
            *to = key.bytes;
        }
        let start = usize::from(key.length);
        let stop = start + count_digits(number);
        if let Some(to) = to.get_mut(start..stop) {
            write_digits(number, to);
        }
        if let Some(behind) = to.get_mut(stop) {
            *behind = b',';
        }
        self.end += stop + 1;
    }

    /// Writes something short that is no text.
    pub fn word(&mut self, word: &str) {
        // Writing to memory can't fail.
        let _ = io::Write::write_all(self, word.as_bytes());
        self.put(b',');
    }

    /// Writes anything.
    pub fn tree(&mut self, value: &serde_json::Value) {
        // Writing to memory can't fail.
        let _ = serde_json::to_writer(&mut *self, value);
        self.put(b',');
    }

    /// Opens an object or a list.
    #[inline]
    pub fn open(&mut self, opening: u8) {
        self.put(opening);
    }

    /// Closes it, which is a value itself.
    #[inline]
    pub fn close(&mut self, closing: u8) {
        if self.bytes().last() == Some(&b',') {
            self.back();
        }
        if let Some(to) = self.ahead(2).first_chunk_mut() {
            *to = [closing, b','];
        }
        self.end += 2;
    }

    /// Takes the last byte away: the comma behind what has nothing behind it.
    pub fn back(&mut self) {
        self.end = self.end.saturating_sub(1);
    }

    #[inline]
    fn put(&mut self, byte: u8) {
        if let Some(to) = self.ahead(1).first_mut() {
            *to = byte;
        }
        self.end += 1;
    }
}

impl io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(to) = self.ahead(bytes.len()).get_mut(..bytes.len()) {
            to.copy_from_slice(bytes);
        }
        self.end += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Copies a text into room of its length, and tells whether it can stand between quotes as it is. Texts are short:
/// they go by words of eight bytes, the last of which may overlap the one before.
#[inline]
fn copy_plain(from: &[u8], to: &mut [u8]) -> bool {
    if let (Some(last), Some(to_last)) = (from.last_chunk(), to.last_chunk_mut()) {
        *to_last = *last;
        let mut found = needing_escapes(u64::from_le_bytes(*last));
        for (word, to) in from.as_chunks().0.iter().zip(to.as_chunks_mut().0) {
            *to = *word;
            found |= needing_escapes(u64::from_le_bytes(*word));
        }
        found == 0
    } else {
        copy_short(from, to)
    }
}

/// The same for fewer than eight bytes.
#[inline]
fn copy_short(from: &[u8], to: &mut [u8]) -> bool {
    let word = if let (Some(first), Some(last)) = (from.first_chunk(), from.last_chunk()) {
        if let Some(to) = to.first_chunk_mut() {
            *to = *first;
        }
        if let Some(to) = to.last_chunk_mut() {
            *to = *last;
        }
        u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << u32::BITS
    } else {
        // Blanks stand for bytes that aren't there.
        from.iter().zip(to).fold(BLANKS, |word, (byte, to)| {
            *to = *byte;
            word << 8 | u64::from(*byte)
        })
    };
    needing_escapes(word) == 0
}

const EVERY_BYTE: u64 = 0x0101_0101_0101_0101;
const HIGHEST_BITS: u64 = EVERY_BYTE << 7;
const BLANKS: u64 = EVERY_BYTE * b' ' as u64;

/// Not 0 if one of eight bytes is a quote, a backslash or a control character.
#[inline]
fn needing_escapes(word: u64) -> u64 {
    // A byte below the subtrahend borrows from its highest bit; one that had that bit is above it.
    let below = |word: u64, least: u8| {
        word.wrapping_sub(EVERY_BYTE * u64::from(least)) & !word & HIGHEST_BITS
    };
    let is = |byte: u8| below(word ^ (EVERY_BYTE * u64::from(byte)), 1);
    below(word, b' ') | is(b'"') | is(b'\\')
}

/// 10 to the power of each index.
const POWERS: [u64; 20] = {
    let mut powers = [1; 20];
    let mut exponent = 1;
    while exponent < powers.len() {
        powers[exponent] = powers[exponent - 1] * 10;
        exponent += 1;
    }
    powers
};

/// Writes a number with its digits as they are, and returns how many bytes it takes.
pub fn write_decimal(number: Decimal, to: &mut [u8; LONGEST_NUMBER]) -> usize {
    let scale = number.scale() as usize;
    let small = u64::try_from(number.mantissa().unsigned_abs()).ok();
    let (Some(mantissa), Some(unit)) = (small, POWERS.get(scale)) else {
        return write_wide(number, to);
    };
    let sign = usize::from(number.is_sign_negative());
    to[0] = b'-';
    let (whole, fraction) = match scale {
        0 => (mantissa, 0),
        // What nearly all amounts have, without a division.
        2 => (mantissa / 100, mantissa % 100),
        _ => (mantissa / unit, mantissa % unit),
    };
    let point = sign + count_digits(whole);
    if let Some(to) = to.get_mut(sign..point) {
        write_digits(whole, to);
    }
    if scale == 0 {
        return point;
    }
    if let Some((to_point, to)) = (to.get_mut(point..)).and_then(<[u8]>::split_first_mut) {
        *to_point = b'.';
        if let Some(to) = to.get_mut(..scale) {
            write_digits(fraction, to);
        }
    }
    point + 1 + scale
}

/// A number as text.
pub fn decimal_text(number: Decimal, room: &mut [u8; LONGEST_NUMBER]) -> &str {
    let length = write_decimal(number, room);
    let written = room.get(..length).unwrap_or_default();
    std::str::from_utf8(written).unwrap_or_default()
}

/// Room for [`decimal_text`].
pub const NUMBER_ROOM: [u8; LONGEST_NUMBER] = [0; LONGEST_NUMBER];

fn count_digits(number: u64) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

/// Writes the last digits of a number, as many as there is room for.
#[inline]
fn write_digits(mut number: u64, to: &mut [u8]) {
    for to in to.iter_mut().rev() {
        *to = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// Numbers wider than 64 bits go the library's own way.
#[cold]
fn write_wide(number: Decimal, to: &mut [u8; LONGEST_NUMBER]) -> usize {
    let digits = number.to_string();
    for (to, digit) in to.iter_mut().zip(digits.bytes()) {
        *to = digit;
    }
    digits.len().min(LONGEST_NUMBER)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(number: Decimal) -> String {
        decimal_text(number, &mut NUMBER_ROOM.clone()).to_owned()
    }

    #[test]
    fn numbers_keep_their_digits() {
        for digits in [
            "0",
            "0.00",
            "7",
            "-7.50",
            "0.05",
            "-0.001",
            "19.90",
            "10.000",
            "18446744073709551615",
            "18446744073709551616",
            "79228162514264337593543950335",
            "-7.9228162514264337593543950335",
            "-0.0000000000000000000000000001",
        ] {
            assert_eq!(written(digits.parse().unwrap()), digits);
        }
    }

    proptest! {
        #[test]
        fn numbers_are_written_as_the_library_writes_them(mantissa in any::<i64>(), wide in any::<bool>(), scale in 0_u32..28) {
            let mantissa = i128::from(mantissa) * if wide { 1_000_003 } else { 1 };
            let number = Decimal::from_i128_with_scale(mantissa, scale);
            prop_assert_eq!(written(number), number.to_string());
        }

        #[test]
        fn texts_are_written_as_the_library_writes_them(
            texts in prop::collection::vec("([ -~]{0,20}|\\PC{0,9}|[\\x00-\\x7f]{0,9})", 1..6),
        ) {
            let mut page = Page::default();
            page.open(b'{');
            let mut expected = serde_json::Map::new();
            for (number, text) in texts.iter().enumerate() {
                let (name, free) = (format!("name{number}"), format!("{text}{number}"));
                let place = page.member(&Key::of(&name), text);
                prop_assert!(place.is_none_or(|place| page.text(place) == text));
                page.free_key(&free);
                page.value(text);
                expected.insert(name, text.as_str().into());
                expected.insert(free, text.as_str().into());
            }
            page.close(b'}');
            page.back();
            let written = std::str::from_utf8(page.bytes()).unwrap();
            prop_assert_eq!(written, serde_json::to_string(&expected).unwrap());
        }
    }

    #[test]
    fn what_stands_between_quotes_as_it_is_needs_no_escapes() {
        for length in 1..20 {
            for at in 0..length {
                for byte in 0..=u8::MAX {
                    let mut text = vec![b'x'; length];
                    text[at] = byte;
                    let mut to = vec![0; length];
                    let plain = byte >= b' ' && !matches!(byte, b'"' | b'\\');
                    assert_eq!(copy_plain(&text, &mut to), plain, "{byte} at {at}");
                    assert_eq!(to, text);
                }
            }
        }
    }
}
