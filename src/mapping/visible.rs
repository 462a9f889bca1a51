//! Text from outside, made fit for a message: bounded, control characters and bidi overrides spelled out.

use std::fmt::Write as _;

/// Longer texts are cut in messages.
const LONGEST: usize = 60;

/// The text between backquotes, cut at 60 characters.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST) + 2);
    out.push('`');
    for (count, symbol) in text.chars().enumerate() {
        if count == LONGEST {
            out.push('…');
            break;
        }
        let hidden = symbol.is_control()
            || matches!(symbol, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{61c}');
        if hidden {
            // Writing into a string can't fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(symbol));
        } else {
            out.push(symbol);
        }
    }
    out.push('`');
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn nothing_hidden_gets_through_and_nothing_long() {
        assert_eq!(quoted("a\u{1b}[0m\u{202e}b"), r"`a\u{1b}[0m\u{202e}b`");
        assert_eq!(quoted(&"x".repeat(100)).chars().count(), 63);
    }
}
