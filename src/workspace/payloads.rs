//! What an account was sent of an order, run after run, and what changed from one sending to the next, field by
//! field. Read from the ledger alone: the file may be gone for years.

use jiff::Timestamp;
use serde_json::Value;
use serde_json::value::Index;

use crate::ledger::{ExchangeState, HistoryEntry, Ledger, LedgerError};
use crate::submit::sent::Sent;

/// What the ledger holds of a payload that was sent.
#[derive(Debug, Clone, PartialEq)]
pub enum SentPayload {
    /// It was left out, or never left.
    NotSent,
    /// As it was sent.
    Text(Value),
    /// Its request's body was removed to make room.
    Removed(Timestamp),
    /// Its request holds several, and it can't be told which of them it was.
    Hidden,
}

/// A payload against the one that the account was sent before, by the same operation.
#[derive(Debug, Clone, PartialEq)]
pub enum Changes {
    /// Nothing was sent, so nothing changed there.
    NotSent,
    /// It was the first.
    First,
    /// These fields; none: it was the same.
    Fields(Vec<FieldChange>),
    /// It was another one, but one of the two texts isn't there any more; in words.
    Unknown(String),
}

/// One field that isn't what it was.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// Where, as a JSON pointer; empty for the whole.
    pub pointer: String,
    /// What was sent before, if the field was there.
    pub was: Option<Value>,
    /// What was sent now, if the field is there.
    pub is: Option<Value>,
}

/// What was sent of an order before: its hash, and what is known of its text.
pub(super) type Before = ([u8; 16], SentPayload);

/// How many characters of a value are told.
const VALUE: usize = 120;

impl FieldChange {
    /// The change in a line: `/total: "1.00" → "2.00"`; what came has a plus, what went a minus.
    pub fn words(&self) -> String {
        let pointer = &self.pointer;
        match (&self.was, &self.is) {
            (None, Some(is)) => format!("+ {pointer}: {}", short(is)),
            (Some(was), None) => format!("- {pointer}: {}", short(was)),
            (was, is) => format!(
                "{pointer}: {} → {}",
                was.as_ref().map_or_else(String::new, short),
                is.as_ref().map_or_else(String::new, short)
            ),
        }
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(VALUE) {
        None => text,
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
    }
}

impl SentPayload {
    /// What was sent last in a run.
    pub(super) fn of(ledger: &dyn Ledger, entry: &HistoryEntry) -> Result<Self, LedgerError> {
        let last = entry.exchanges.iter().rfind(|exchange| {
            exchange.state != ExchangeState::NotSent && exchange.carries_orders()
        });
        let Some(last) = last else {
            return Ok(Self::NotSent);
        };
        if let Some(at) = last.compacted_at {
            return Ok(Self::Removed(at));
        }
        let sent = Sent::of(&ledger.exchange(last.id)?);
        let found = sent.payload(entry.outcome.update.ordinal, entry.payload_hash);
        Ok(found.map_or(Self::Hidden, Self::Text))
    }

    /// What changed since the last sending.
    pub(super) fn against(&self, hash: [u8; 16], before: Option<&Before>) -> Changes {
        let Some((hash_before, before)) = before else {
            return match self {
                Self::NotSent => Changes::NotSent,
                _ => Changes::First,
            };
        };
        match (self, before) {
            (Self::NotSent, _) => Changes::NotSent,
            _ if hash == *hash_before => Changes::Fields(Vec::new()),
            (Self::Text(is), Self::Text(was)) => Changes::Fields(changes(was, is)),
            (Self::Removed(at), _) | (_, Self::Removed(at)) => {
                let day = at.strftime("%Y-%m-%d");
                Changes::Unknown(format!("its text was removed by compact on {day}"))
            }
            _ => Changes::Unknown("it can't be told apart in its request".to_owned()),
        }
    }
}

/// What differs between two payloads, field by field.
pub(super) fn changes(was: &Value, is: &Value) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    compare(String::new(), Some(was), Some(is), &mut changes);
    changes
}

fn compare(at: String, was: Option<&Value>, is: Option<&Value>, changes: &mut Vec<FieldChange>) {
    match (was, is) {
        (Some(was), Some(is)) if was == is => {}
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let added = new.keys().filter(|name| !old.contains_key(*name));
            for name in old.keys().chain(added) {
                let pointer = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                compare(
                    pointer,
                    get(was, name.as_str()),
                    get(is, name.as_str()),
                    changes,
                );
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            for index in 0..old.len().max(new.len()) {
                compare(
                    format!("{at}/{index}"),
                    get(was, index),
                    get(is, index),
                    changes,
                );
            }
        }
        (was, is) => changes.push(FieldChange {
            pointer: at,
            was: was.cloned(),
            is: is.cloned(),
        }),
    }
}

fn get<I: Index>(value: Option<&Value>, index: I) -> Option<&Value> {
    value?.get(index)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn changes_name_the_field_and_keep_the_digits() {
        let was: Value = serde_json::from_str(
            r#"{"total":25.10,"lines":[{"sku":"A","n":1},{"sku":"B"}],"a/b":1,"gone":null}"#,
        )
        .unwrap();
        let is: Value = serde_json::from_str(
            r#"{"total":25.1,"lines":[{"sku":"A","n":2}],"a/b":1,"new":{"x":[]}}"#,
        )
        .unwrap();
        let mut changes = Vec::new();
        compare(String::new(), Some(&was), Some(&is), &mut changes);
        let told: Vec<_> = changes
            .iter()
            .map(|it| {
                let text = |value: &Option<Value>| value.as_ref().map(ToString::to_string);
                (it.pointer.as_str(), text(&it.was), text(&it.is))
            })
            .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            told,
            [
                ("/total", some("25.10"), some("25.1")),
                ("/lines/0/n", some("1"), some("2")),
                ("/lines/1", some(r#"{"sku":"B"}"#), None),
                ("/gone", some("null"), None),
                ("/new", None, some(r#"{"x":[]}"#)),
            ]
        );
    }

    #[test]
    fn what_cannot_be_compared_says_why() {
        let at: Timestamp = "2026-01-05T00:00:00Z".parse().unwrap();
        let text = SentPayload::Text(json!({}));
        let before = ([1; 16], SentPayload::Removed(at));
        assert_eq!(
            text.against([2; 16], Some(&before)),
            Changes::Unknown("its text was removed by compact on 2026-01-05".to_owned())
        );
        // The hash stays, and tells that it was the same.
        assert_eq!(
            text.against([1; 16], Some(&before)),
            Changes::Fields(Vec::new())
        );
        assert_eq!(text.against([1; 16], None), Changes::First);
        assert_eq!(
            SentPayload::NotSent.against([1; 16], Some(&before)),
            Changes::NotSent
        );
    }
}
