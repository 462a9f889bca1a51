//! Text from outside on its way to the screen: what is hidden is made visible, what is too long is cut.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

/// The text with control characters, bidi overrides and other invisible ones spelled out.
pub fn shown(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
    };
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => out.push('⏎'),
            '\t' => out.push('→'),
            c if hidden(c) => {
                // Writing into a string can't fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Columns that a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text cut at its end to that many columns.
pub fn fit(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let mut buffer = [0; 4];
        let wide = c.encode_utf8(&mut buffer).width();
        if used + wide + 1 > columns {
            break;
        }
        out.push(c);
        used += wide;
    }
    if columns > 0 {
        out.push('…');
    }
    out
}

/// The text cut at its beginning: ids differ at their ends.
pub fn keep_end(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut kept: Vec<char> = Vec::new();
    let mut used = 0;
    for c in text.chars().rev() {
        let mut buffer = [0; 4];
        let wide = c.encode_utf8(&mut buffer).width();
        if used + wide + 1 > columns {
            break;
        }
        kept.push(c);
        used += wide;
    }
    let mut out = String::from(if columns > 0 { "…" } else { "" });
    out.extend(kept.into_iter().rev());
    out
}

/// Cut or filled to exactly that many columns, on the left.
pub fn left(text: &str, columns: usize) -> String {
    let cut = fit(text, columns);
    let fill = columns.saturating_sub(cut.width());
    cut + &" ".repeat(fill)
}

/// Cut or filled to exactly that many columns, on the right.
pub fn right(text: &str, columns: usize) -> String {
    let cut = keep_end(text, columns);
    " ".repeat(columns.saturating_sub(cut.width())) + &cut
}

/// Cut at its end or filled to exactly that many columns, on the right.
pub fn right_fit(text: &str, columns: usize) -> String {
    let cut = fit(text, columns);
    " ".repeat(columns.saturating_sub(cut.width())) + &cut
}

/// A whole number with its thousands apart.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + 4);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// An amount with its thousands apart, digits as they are.
pub fn money(amount: rust_decimal::Decimal) -> String {
    let text = amount.to_string();
    let (sign, rest) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').map_or((rest, ""), |(a, b)| (a, b));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), count);
    if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

/// A length of time in two units at most: `4 min 12 s`.
pub fn span(seconds: i64) -> String {
    let seconds = seconds.max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

/// Bytes in a short form: `96 B`, `12.4 kB`.
pub fn bytes(size: u64) -> String {
    match size {
        0..1_000 => format!("{size} B"),
        1_000..1_000_000 => format!("{}.{} kB", size / 1_000, size % 1_000 / 100),
        _ => format!("{}.{} MB", size / 1_000_000, size % 1_000_000 / 100_000),
    }
}

/// A bar of that many columns, so much of it full.
pub fn bar(part: u64, whole: u64, columns: usize) -> String {
    let full = (u128::from(part.min(whole)) * columns as u128)
        .checked_div(u128::from(whole))
        .unwrap_or(0) as usize;
    // What is there at all is seen.
    let full = if part > 0 { full.max(1) } else { full }.min(columns);
    "█".repeat(full) + &"░".repeat(columns - full)
}

/// One thing, or many: `1 order`, `12 orders`.
pub fn many(number: u64, one: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{} {one}{s}", count(number))
}

/// The lines of a text broken at spaces to that many columns.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            if !line.is_empty() && line.width() + 1 + word.width() > columns {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
            while line.width() > columns && columns > 1 {
                let cut: String = line.chars().take(columns).collect();
                line = line.chars().skip(columns).collect();
                lines.push(cut);
            }
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hidden_reaches_the_screen() {
        assert_eq!(shown("a\u{1b}[2J\u{202e}b\nc"), "a\\u{1b}[2J\\u{202e}b⏎c");
        assert_eq!(shown("Chloé 注文"), "Chloé 注文");
    }

    #[test]
    fn cutting_counts_columns_and_keeps_the_ends_of_ids() {
        assert_eq!(fit("注文番号", 5), "注文…");
        assert_eq!(keep_end("SHOP-2024-1017", 6), "…-1017");
        assert_eq!(left("ab", 4), "ab  ");
        assert_eq!(right("9.90", 6), "  9.90");
    }

    #[test]
    fn numbers_are_readable_and_keep_their_digits() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(money("31402.750".parse().unwrap()), "31,402.750");
        assert_eq!(money("-1000".parse().unwrap()), "-1,000");
        assert_eq!(many(1, "order"), "1 order");
    }

    #[test]
    fn long_words_are_broken_too() {
        assert_eq!(wrap("a bb ccc", 4), ["a bb", "ccc"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
    }
}
