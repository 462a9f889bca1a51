//! Kibo takes latin1: other characters travel as `&#N;`, and lengths count after that. A literal `&` stays.

use std::borrow::Cow;
use std::fmt::Write;

const LAST_OF_LATIN1: char = '\u{FF}';
const LAST_OF_BASIC_PLANE: char = '\u{FFFF}';

/// Writes characters outside latin1 as `&#N;`. Those outside the Basic Multilingual Plane stay as they are,
/// so that KIB-09 finds them.
pub fn numeric_references(text: &str) -> Cow<'_, str> {
    let travels = |c: char| c <= LAST_OF_LATIN1 || is_outside_basic_plane(c);
    if text.is_ascii() || text.chars().all(travels) {
        return Cow::Borrowed(text);
    }
    let mut written = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if travels(c) {
            written.push(c);
        } else {
            // Writing to a string can't fail.
            let _ = write!(written, "&#{};", u32::from(c));
        }
    }
    Cow::Owned(written)
}

/// Emoji and the like, which Kibo usually refuses.
pub fn is_outside_basic_plane(c: char) -> bool {
    c > LAST_OF_BASIC_PLANE
}

/// Whether a text has one of them, told by its bytes: only they take four in UTF-8.
pub fn has_outside_basic_plane(text: &[u8]) -> bool {
    const FIRST_OF_FOUR: u8 = 0xF0;
    // Without stopping early, which the compiler turns into many bytes at once.
    text.iter().copied().fold(0, u8::max) >= FIRST_OF_FOUR
}
