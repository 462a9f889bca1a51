//! Another text for each text: a table in the mapping file.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// All texts that aren't in the table.
const OTHERS: &str = "*";

/// Another text for each text, in any case; `*` stands for all others. Without `*` others stay.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "BTreeMap<String, String>")]
pub struct Lookup {
    words: BTreeMap<String, String>,
    /// What all others become.
    others: Option<String>,
    /// A bit for each length that a word has, the highest for all that are longer: no other text of ASCII is among
    /// them.
    lengths: u64,
    /// Whether texts that differ in case alone become the same.
    ignores_case: bool,
}

impl From<BTreeMap<String, String>> for Lookup {
    fn from(words: BTreeMap<String, String>) -> Self {
        let is_ascii = words.keys().all(|word| word.is_ascii());
        let lengths = words.keys().map(|word| length_bit(word));
        let small: BTreeSet<String> = words.keys().map(|word| word.to_lowercase()).collect();
        Self {
            lengths: if is_ascii {
                lengths.fold(0, |lengths, length| lengths | length)
            } else {
                u64::MAX
            },
            others: words.get(OTHERS).cloned(),
            ignores_case: words.contains_key(OTHERS) && small.len() == words.len(),
            words,
        }
    }
}

impl FromIterator<(String, String)> for Lookup {
    fn from_iter<W: IntoIterator<Item = (String, String)>>(words: W) -> Self {
        words.into_iter().collect::<BTreeMap<_, _>>().into()
    }
}

impl Lookup {
    /// The words and what they become, as the mapping file has them.
    pub fn words(&self) -> &BTreeMap<String, String> {
        &self.words
    }

    /// Whether texts that differ in case alone become the same.
    pub(super) fn ignores_case(&self) -> bool {
        self.ignores_case
    }

    /// What a text becomes: by exactly that word, else by one in any case, else by the one for all others.
    pub(super) fn of(&self, text: &str) -> Option<&str> {
        let mut known = None;
        let is_ascii = text.is_ascii();
        if self.lengths & length_bit(text) != 0 || !is_ascii {
            // Where no word holds other letters than those of ASCII, one of another length is none.
            let by_length = is_ascii && self.lengths != u64::MAX;
            let words = self.words.iter();
            for (word, to) in words.filter(|(word, _)| !by_length || word.len() == text.len()) {
                if **word == *text {
                    known = Some(to);
                    break;
                }
                if known.is_none() && same_in_any_case(word, text) {
                    known = Some(to);
                }
            }
        }
        known.or(self.others.as_ref()).map(String::as_str)
    }
}

fn length_bit(text: &str) -> u64 {
    1 << text.len().min(63)
}

fn same_in_any_case(one: &str, other: &str) -> bool {
    if one.eq_ignore_ascii_case(other) {
        return true;
    }
    // Letters beyond ASCII may have small ones of another length, and of ASCII.
    let is_ascii = one.is_ascii() && other.is_ascii();
    !is_ascii && one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(words: &[(&str, &str)]) -> Lookup {
        let words = words.iter();
        let words = words.map(|(word, to)| ((*word).to_owned(), (*to).to_owned()));
        words.collect()
    }

    #[test]
    fn texts_are_found_in_any_case_whatever_their_length() {
        let long = "a long name that no column of bits for lengths has a place of its own for";
        let words = lookup(&[("Pos", "till"), (long, "long"), ("*", "other")]);
        for (text, to) in [
            ("pos", "till"),
            ("POS", "till"),
            ("Pot", "other"),
            ("P", "other"),
            ("*", "other"),
            (&long.to_uppercase(), "long"),
            (&format!("{long}!"), "other"),
        ] {
            assert_eq!(words.of(text), Some(to), "{text}");
        }
        // The Kelvin sign's small letter is a k.
        assert_eq!(lookup(&[("ok", "yes")]).of("o\u{212a}"), Some("yes"));
        assert_eq!(lookup(&[("o\u{212a}", "yes")]).of("ok"), Some("yes"));
        assert_eq!(lookup(&[("ok", "yes")]).of("no"), None);
    }

    #[test]
    fn case_counts_where_two_words_differ_by_it_or_others_stay() {
        assert!(lookup(&[("a", "1"), ("b", "2"), ("*", "")]).ignores_case());
        assert!(!lookup(&[("a", "1"), ("A", "2"), ("*", "")]).ignores_case());
        assert!(!lookup(&[("a", "1")]).ignores_case());
        let words = lookup(&[("a", "1"), ("A", "2")]);
        assert_eq!((words.of("a"), words.of("A")), (Some("1"), Some("2")));
    }
}
