//! `[status]`: the platform's words for what became of an order, and ours.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::mistake::nearest;
use crate::order::{Field, Fulfilment, Kind, LineStatus, Payment};

/// The status words of the platform, by axis.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Status {
    payment: Words,
    fulfilment: Words,
    cancelled: Words,
    line: Words,
}

/// The platform's words and ours; `*` stands for all others, an empty text for "says nothing".
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "BTreeMap<String, String>")]
pub(super) struct Words(Vec<(String, String)>);

impl From<BTreeMap<String, String>> for Words {
    fn from(words: BTreeMap<String, String>) -> Self {
        Self(words.into_iter().collect())
    }
}

impl Words {
    /// Our word; `None` for an unknown one.
    pub(super) fn of(&self, word: &str) -> Option<&str> {
        // There are a few words: going through them takes less than comparing by their order.
        let find = |word: &str| {
            let mut words = self.0.iter();
            words
                .find(|(known, _)| *known == word)
                .map(|(_, ours)| ours)
        };
        let known = find(word).or_else(|| find(&word.to_lowercase()));
        known.or_else(|| find("*")).map(String::as_str)
    }
}

impl Status {
    /// The words for a field; `None` if it is no status.
    pub(super) fn of(&self, field: Field) -> Option<&Words> {
        match (field.kind(), field) {
            (Kind::Payment, _) => Some(&self.payment),
            (Kind::Fulfilment, _) => Some(&self.fulfilment),
            (Kind::LineStatus, _) => Some(&self.line),
            (_, Field::Cancelled) => Some(&self.cancelled),
            _ => None,
        }
    }

    /// Whether the platform has words for a field.
    pub(super) fn speaks_of(&self, field: Field) -> bool {
        self.of(field).is_some_and(|words| !words.0.is_empty())
    }

    /// Every word that is none of ours, or that no word of a file can match: its key in the file and what is wrong.
    pub(super) fn wrong(&self) -> Vec<([&str; 3], String)> {
        let axes = [
            ("payment", &self.payment, Payment::NAMES),
            ("fulfilment", &self.fulfilment, Fulfilment::NAMES),
            ("cancelled", &self.cancelled, Kind::Boolean.choices()),
            ("line", &self.line, LineStatus::NAMES),
        ];
        let mut wrong = Vec::new();
        for (axis, Words(words), names) in axes {
            for (word, ours) in words {
                if !ours.is_empty() && !names.contains(&ours.as_str()) {
                    let next = match nearest(ours, names.iter().copied()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("it is one of {}, or empty", names.join(", ")),
                    };
                    let what = format!("there is no {axis} status `{ours}`; {next}");
                    wrong.push((["status", axis, word], what));
                }
                if *word != word.to_lowercase() {
                    let what = format!(
                        "write `{}` in small letters: it is matched in any case",
                        word.to_lowercase()
                    );
                    wrong.push((["status", axis, word], what));
                }
            }
        }
        wrong
    }
}
