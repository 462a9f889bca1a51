//! Text from outside on its way to the screen: what is hidden is made visible, what is too long is cut.
//!
//! Columns are counted as they are drawn: one grapheme cluster after the other. Characters measured by themselves
//! would tear an accent or a flag apart; a string measured whole joins Arabic letters of neighbouring clusters that
//! are drawn in cells of their own. Behind a cluster of two columns the cursor is placed anew, so that a terminal that
//! thinks otherwise of an emoji pushes no border aside. Text that reads from right to left is written as it is stored:
//! isolating characters are unknown to many terminals, which would draw them.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Joins emoji to one; terminals disagree on what they can join.
const JOINER: char = '\u{200d}';

/// The text with control characters, bidi overrides and other invisible ones spelled out. Emoji that are joined stand
/// side by side: that has the same width everywhere.
pub fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    let mut after_emoji = false;
    while let Some(c) = chars.next() {
        match c {
            '\n' => out.push('⏎'),
            '\t' => out.push('→'),
            JOINER if after_emoji && chars.peek().is_some_and(|next| is_joined(*next)) => {}
            c if is_hidden(c) => {
                // Writing into a string can't fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
        // A variation selector belongs to the emoji before it.
        if c != '\u{fe0f}' {
            after_emoji = is_joined(c);
        }
    }
    Cow::Owned(out)
}

/// Whether a character changes what is seen without being seen.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a character is one of those that emoji are joined of: pictures, skin tones, and signs like ♂.
fn is_joined(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}')
}

/// Columns that a text takes.
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// The text cut at its end to that many columns.
pub fn fit(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    cut(text, columns)
}

/// The beginning of a text in that many columns, the last of them for a sign that it goes on.
pub fn cut(text: &str, columns: usize) -> String {
    let mut out = head(text, columns.saturating_sub(1)).to_owned();
    if columns > 0 {
        out.push('…');
    }
    out
}

/// As much of the beginning as has room in that many columns.
fn head(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let end = text.grapheme_indices(true).find_map(|(at, cluster)| {
        used += cluster.width();
        (used > columns).then_some(at)
    });
    text.split_at(end.unwrap_or(text.len())).0
}

/// As much of the end as has room in that many columns.
fn tail(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let start = text.grapheme_indices(true).rev().find_map(|(at, cluster)| {
        used += cluster.width();
        (used > columns).then_some(at + cluster.len())
    });
    text.split_at(start.unwrap_or(0)).1
}

/// The first cluster of a text; empty where there is none.
pub fn first(text: &str) -> &str {
    text.graphemes(true).next().unwrap_or_default()
}

/// The last cluster of a text; empty where there is none.
pub fn last(text: &str) -> &str {
    text.graphemes(true).next_back().unwrap_or_default()
}

/// The text cut at its beginning: ids differ at their ends.
pub fn keep_end(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let dots = if columns > 0 { "…" } else { "" };
    let kept = tail(text, columns.saturating_sub(1));
    // Without its base an accent would stand on the dots.
    let kept = kept.trim_start_matches(|c: char| c.width() == Some(0));
    format!("{dots}{kept}")
}

/// Cut or filled to exactly that many columns, on the left.
pub fn left(text: &str, columns: usize) -> String {
    let cut = fit(text, columns);
    let fill = columns.saturating_sub(width(&cut));
    cut + &" ".repeat(fill)
}

/// Cut or filled to exactly that many columns, on the right.
pub fn right(text: &str, columns: usize) -> String {
    let cut = keep_end(text, columns);
    " ".repeat(columns.saturating_sub(width(&cut))) + &cut
}

/// Cut at its end or filled to exactly that many columns, on the right.
pub fn right_fit(text: &str, columns: usize) -> String {
    let cut = fit(text, columns);
    " ".repeat(columns.saturating_sub(width(&cut))) + &cut
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
            if !line.is_empty() && width(&line) + 1 + width(word) > columns {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
            while width(&line) > columns && columns > 1 {
                let rest = line.split_off(head(&line, columns).len());
                lines.push(std::mem::replace(&mut line, rest));
            }
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    #[test]
    fn what_belongs_together_is_not_torn() {
        // A flag, an accent of its own, a skin tone; joined emoji stand side by side.
        assert_eq!(fit("🇩🇪🇫🇷🇪🇸", 5), "🇩🇪🇫🇷…");
        assert_eq!(keep_end("e\u{301}e\u{301}e\u{301}", 2), "…e\u{301}");
        assert_eq!(fit("👍🏽👍🏽", 3), "👍🏽…");
        assert_eq!(
            shown("👨\u{200d}👩\u{200d}👧 🏳\u{fe0f}\u{200d}🌈"),
            "👨👩👧 🏳\u{fe0f}🌈"
        );
        assert_eq!(shown("a\u{200d}b"), "a\\u{200d}b");
        // Lam and alef are drawn in a cell each.
        assert_eq!(width("\u{644}\u{627}"), 2);
        assert_eq!(wrap("注文番号です", 5), ["注文", "番号", "です"]);
    }

    /// Text as files may hold it: scripts, emoji, accents, joiners, overrides, controls.
    fn any_text() -> impl Strategy<Value = String> {
        let pieces = [
            "a",
            "#1017",
            " ",
            "注",
            "한",
            "\u{1100}\u{1161}",
            "e\u{301}\u{323}",
            "\u{301}",
            "ש",
            "ل",
            "ا",
            "\u{202e}",
            "\u{2067}",
            "\u{200b}",
            "\u{200d}",
            "👨",
            "👩🏽",
            "❤\u{fe0f}",
            "🇩",
            "🇪",
            "\t",
            "\u{7f}",
            "\u{1b}",
            "\n",
            "ﷺ",
            "\u{e0067}",
            "…",
            "क",
            "\u{94d}",
            "1\u{fe0f}\u{20e3}",
        ];
        let piece = prop_oneof![
            8 => prop::sample::select(pieces.to_vec()).prop_map(str::to_owned),
            1 => any::<char>().prop_map(String::from),
        ];
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    /// Columns that it really takes in a row of cells.
    fn drawn(text: &str) -> usize {
        let area = ratatui::layout::Rect::new(0, 0, 400, 1);
        let mut buffer = ratatui::buffer::Buffer::empty(area);
        usize::from(
            buffer
                .set_stringn(0, 0, text, 400, ratatui::style::Style::new())
                .0,
        )
    }

    proptest! {
        #[test]
        fn cut_text_has_room_and_whole_clusters(raw in any_text(), columns in 0_usize..30) {
            let text = shown(&raw).into_owned();
            prop_assert!(!text.contains(is_hidden), "{text:?}");
            prop_assert_eq!(width(&text), drawn(&text));
            let clusters: Vec<&str> = text.graphemes(true).collect();
            let (head, end) = (fit(&text, columns), keep_end(&text, columns));
            prop_assert!(width(&head) <= columns && width(&end) <= columns);
            if width(&text) <= columns {
                prop_assert_eq!((&head, &end), (&text, &text));
            } else if columns > 0 {
                let head = head.strip_suffix('…').unwrap();
                let whole = (0..=clusters.len()).any(|count| clusters[..count].concat() == head);
                prop_assert!(whole, "{head:?} of {text:?}");
                let end = end.strip_prefix('…').unwrap();
                prop_assert!(text.ends_with(end));
            }
            for exact in [left(&text, columns), right(&text, columns), right_fit(&text, columns)] {
                prop_assert_eq!(width(&exact), columns);
                prop_assert_eq!(drawn(&exact), columns);
            }
        }

        #[test]
        fn wrapped_text_has_room_and_loses_nothing(raw in any_text(), columns in 2_usize..30) {
            let text = shown(&raw).into_owned();
            let lines = wrap(&text, columns);
            for line in &lines {
                prop_assert!(width(line) <= columns, "{line:?}");
            }
            let bare = |text: &str| text.replace(' ', "");
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
        }
    }
}
