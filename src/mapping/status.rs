//! `[status]`: the platform's words for what became of an order, and ours.

use std::collections::BTreeMap;

use serde::Deserialize;

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
#[serde(transparent)]
pub(super) struct Words(BTreeMap<String, String>);

impl Words {
    /// Our word; `None` for an unknown one.
    pub(super) fn of(&self, word: &str) -> Option<&str> {
        let known = self.0.get(word).or_else(|| {
            let lower = word.to_lowercase();
            self.0.get(&lower)
        });
        known.or_else(|| self.0.get("*")).map(String::as_str)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
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

    /// Whether every word of ours is one.
    pub(super) fn check(&self) -> Result<(), String> {
        let axes = [
            ("payment", &self.payment, Payment::NAMES),
            ("fulfilment", &self.fulfilment, Fulfilment::NAMES),
            ("cancelled", &self.cancelled, Kind::Boolean.choices()),
            ("line", &self.line, LineStatus::NAMES),
        ];
        for (axis, Words(words), names) in axes {
            for (word, ours) in words {
                if !ours.is_empty() && !names.contains(&ours.as_str()) {
                    return Err(format!(
                        "[status.{axis}] `{word}` = `{ours}`: must be one of {}, or empty",
                        names.join(", ")
                    ));
                }
                if *word != word.to_lowercase() {
                    return Err(format!(
                        "[status.{axis}] `{word}`: write it in small letters"
                    ));
                }
            }
        }
        Ok(())
    }
}
