//! Finding by a few letters: which of many texts are meant, the best first, and which of their letters matched.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::console::theme::Theme;

/// A text that is meant: its number, how well it fits, and the places of the letters that matched, counted in
/// characters.
pub type Found = (usize, u32, Vec<usize>);

/// The texts that fit what was typed, the best first; of equal ones the earlier first. Words that are divided by
/// blanks may stand in any order. Nothing typed fits all, as they are.
pub fn rank<T: AsRef<str>>(query: &str, items: impl IntoIterator<Item = T>) -> Vec<Found> {
    let mut config = Config::DEFAULT;
    config.prefer_prefix = true;
    rank_with(config, query, items)
}

/// The same for paths: what stands behind the last slash counts more.
pub fn rank_paths<T: AsRef<str>>(query: &str, items: impl IntoIterator<Item = T>) -> Vec<Found> {
    rank_with(Config::DEFAULT.match_paths(), query, items)
}

fn rank_with<T: AsRef<str>>(
    config: Config,
    query: &str,
    items: impl IntoIterator<Item = T>,
) -> Vec<Found> {
    let pattern = Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(config);
    let mut letters = Vec::new();
    let mut found: Vec<Found> = items
        .into_iter()
        .enumerate()
        .filter_map(|(index, item)| {
            let mut places = Vec::new();
            let text = Utf32Str::new(item.as_ref(), &mut letters);
            let score = pattern.indices(text, &mut matcher, &mut places)?;
            let mut places: Vec<usize> = places.into_iter().map(|place| place as usize).collect();
            places.sort_unstable();
            places.dedup();
            Some((index, score, places))
        })
        .collect();
    found.sort_by_key(|(index, score, _)| (std::cmp::Reverse(*score), *index));
    found
}

/// A text with the letters that matched standing out: underlined too, so that it is seen without colours.
pub fn spans(text: &str, places: &[usize], style: Style, theme: &Theme) -> Vec<Span<'static>> {
    let line = Line::from(Span::styled(text.to_owned(), style));
    mark(&line, places, theme).spans
}

/// A line with some of its letters standing out.
pub fn mark(line: &Line<'_>, places: &[usize], theme: &Theme) -> Line<'static> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut index = 0;
    for span in &line.spans {
        let matched = span
            .style
            .patch(theme.accent)
            .add_modifier(Modifier::UNDERLINED);
        let mut last = None;
        for c in span.content.chars() {
            let hit = places.binary_search(&index).is_ok();
            let style = if hit { matched } else { span.style };
            match spans.last_mut() {
                Some(before) if last == Some(hit) => before.content.to_mut().push(c),
                _ => spans.push(Span::styled(c.to_string(), style)),
            }
            last = Some(hit);
            index += 1;
        }
    }
    Line::from(spans).style(line.style)
}

/// Where a text has the words, whatever their case: the places of their letters. None unless it has them all.
pub fn having(text: &str, words: &[String]) -> Option<Vec<usize>> {
    let letters: Vec<char> = text.chars().map(small).collect();
    let mut places = Vec::new();
    for word in words {
        let word: Vec<char> = word.chars().map(small).collect();
        let before = places.len();
        for (start, part) in letters.windows(word.len().max(1)).enumerate() {
            if part == word.as_slice() {
                places.extend(start..start + word.len());
            }
        }
        if places.len() == before {
            return None;
        }
    }
    places.sort_unstable();
    places.dedup();
    Some(places)
}

/// A letter in its small form, where that is one letter.
fn small(c: char) -> char {
    let mut small = c.to_lowercase();
    match (small.next(), small.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::theme::Kind;

    #[test]
    fn a_few_letters_find_what_is_meant_and_the_best_comes_first() {
        let items = ["set-marked", "submit", "resume-run", "switch-theme"];
        let found = rank("sub", items);
        assert_eq!(found[0].0, 1);
        assert_eq!(found[0].2, [0, 1, 2]);
        assert_eq!(rank("swth", items)[0].0, 3);
        assert!(rank("zzz", items).is_empty());
        let all: Vec<usize> = rank("", items).into_iter().map(|hit| hit.0).collect();
        assert_eq!(all, [0, 1, 2, 3]);
    }

    #[test]
    fn words_stand_in_any_order_and_places_are_counted_in_characters() {
        let found = rank("lind chl", ["Bo Brandt", "Chloé Lind"]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].2, [0, 1, 2, 6, 7, 8, 9]);
    }

    #[test]
    fn words_are_found_whatever_their_case() {
        let words = ["übER".to_owned(), "a".to_owned()];
        assert_eq!(having("Alle Überall", &words), Some(vec![0, 5, 6, 7, 8, 9]));
        assert_eq!(having("Alle", &words), None);
        assert_eq!(having("Alle", &[]), Some(Vec::new()));
    }

    #[test]
    fn matched_letters_are_underlined_without_colours_too() {
        let theme = Theme::new(Kind::Plain);
        let spans = spans("submit", &[0, 1, 4], theme.text, &theme);
        let words: Vec<&str> = spans.iter().map(|span| span.content.as_ref()).collect();
        assert_eq!(words, ["su", "bm", "i", "t"]);
        assert!(spans[0].style.add_modifier.contains(Modifier::UNDERLINED));
        assert!(!spans[1].style.add_modifier.contains(Modifier::UNDERLINED));
    }
}
