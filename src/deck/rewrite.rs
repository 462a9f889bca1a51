//! A payload that was rewritten as a whole, as edits: one for each place that differs. Also the way back to what
//! the source says.

use serde_json::Value;

use super::{Deck, DeckOrder};
use crate::order::Field;
use crate::order::edit::{Edit, EditTarget};
use crate::order::field::Level;
use crate::vendor::payload::{apply, is_within};
use crate::vendor::{Origin, PayloadChange, VendorRef};

/// Why a rewritten payload can't be kept as edits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RewriteError {
    /// An edit to null takes a field away, so a field that is null can't be told from one that is gone.
    #[error("{0} can't be null here; take the field out, or write another value")]
    Null(String),
    /// A payload is an object.
    #[error("a payload is an object in braces; this is {0}")]
    NoObject(&'static str),
}

impl Deck {
    /// The edits that make one payload of a vendor into another. Laid over `before` in their order they give
    /// `after`, with every digit as it was written.
    pub fn payload_edits(
        order: &DeckOrder,
        vendor: &str,
        before: &Value,
        after: &Value,
    ) -> Result<Vec<Edit>, RewriteError> {
        if !after.is_object() {
            return Err(RewriteError::NoObject(kind_of(after)));
        }
        let mut changes = Vec::new();
        compare("", before, after, &mut changes)?;
        let mut edits: Vec<Edit> = Vec::new();
        for change in changes {
            // Where a whole object or list is edited already, that edit goes on: of two edits one inside the
            // other the inner one would get lost as soon as it is back at its first value.
            let pointer = around(order, vendor, &change.pointer).unwrap_or(change.pointer);
            let edit = Edit {
                order: order.group.key.clone(),
                before: value_at(before, &pointer),
                after: value_at(after, &pointer),
                target: EditTarget::Payload {
                    vendor: vendor.to_owned(),
                    pointer,
                },
            };
            if !edits.contains(&edit) {
                edits.push(edit);
            }
        }
        Ok(edits)
    }

    /// The edits that take those of a place of the payload back: of the payload itself, of what is inside it, and
    /// of the order's fields that it comes from; where none of these is, the edit of the object or list around it.
    /// The empty pointer means all of the order. Empty where nothing there was edited.
    pub fn back_to_source(
        order: &DeckOrder,
        vendor: VendorRef,
        origins: &[(String, Origin)],
        pointer: &str,
    ) -> Vec<Edit> {
        let here: Vec<(Field, Option<usize>)> = origins
            .iter()
            .filter(|(place, _)| is_within(place, pointer))
            .filter_map(|(place, origin)| match origin {
                Origin::Fields(fields) => Some((place, *fields)),
                _ => None,
            })
            .flat_map(|(place, fields)| fields.iter().map(|field| (*field, item_in(*field, place))))
            .collect();
        let touched = |edit: &&Edit| match &edit.target {
            EditTarget::Excluded => false,
            EditTarget::Payload {
                vendor: name,
                pointer: place,
            } => name == vendor.name() && is_within(place, pointer),
            EditTarget::Order { field, item } => {
                pointer.is_empty()
                    || here.iter().any(|(one, index)| {
                        one.name() == field && *index == item.map(|item| item as usize)
                    })
            }
        };
        let back = |edit: &Edit| Edit {
            before: edit.after.clone(),
            after: edit.before.clone(),
            ..edit.clone()
        };
        let own: Vec<Edit> = order.edits.iter().filter(touched).map(back).collect();
        if !own.is_empty() {
            return own;
        }
        let whole = around(order, vendor.name(), pointer).map(|pointer| EditTarget::Payload {
            vendor: vendor.name().to_owned(),
            pointer,
        });
        let edits = order.edits.iter();
        edits
            .filter(|edit| Some(&edit.target) == whole.as_ref())
            .map(back)
            .collect()
    }
}

/// The line item of a field that stands at this place.
fn item_in(field: Field, pointer: &str) -> Option<usize> {
    (field.level() == Level::Item)
        .then(|| pointer.split('/').find_map(|part| part.parse().ok()))
        .flatten()
}

/// The object or list around a place that is edited as a whole.
pub(super) fn around(order: &DeckOrder, vendor: &str, pointer: &str) -> Option<String> {
    order
        .edits
        .iter()
        .filter_map(|edit| match &edit.target {
            EditTarget::Payload {
                vendor: name,
                pointer: place,
            } if name == vendor && place != pointer && is_within(pointer, place) => Some(place),
            _ => None,
        })
        .min_by_key(|place| place.len())
        .cloned()
}

fn value_at(payload: &Value, pointer: &str) -> Value {
    payload.pointer(pointer).cloned().unwrap_or(Value::Null)
}

const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Whether a value isn't what it was: the order of members doesn't count, digits do.
fn compare(
    at: &str,
    before: &Value,
    after: &Value,
    changes: &mut Vec<PayloadChange>,
) -> Result<(), RewriteError> {
    if before == after {
        return Ok(());
    }
    let turns_null = |was: Option<&Value>, is: &Value| is.is_null() && was != Some(&Value::Null);
    match (before, after) {
        // What is null inside stays so where the object around it is set as a whole.
        (Value::Object(old), Value::Object(new))
            if !at.is_empty() && new.iter().any(|(name, is)| turns_null(old.get(name), is)) =>
        {
            set(at.to_owned(), after, changes)
        }
        (Value::Object(old), Value::Object(new)) => {
            for (name, was) in old {
                let place = format!("{at}/{}", escaped(name));
                match new.get(name) {
                    Some(is) => compare(&place, was, is, changes)?,
                    None => changes.push(PayloadChange {
                        pointer: place,
                        value: None,
                    }),
                }
            }
            for (name, is) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
                set(format!("{at}/{}", escaped(name)), is, changes)?;
            }
            Ok(())
        }
        // A list that grew or shrank is one edit: places inside it mean others afterwards.
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            // An element that becomes null would be taken out.
            if old
                .iter()
                .zip(new)
                .any(|(was, is)| turns_null(Some(was), is))
            {
                return set(at.to_owned(), after, changes);
            }
            for (index, (was, is)) in old.iter().zip(new).enumerate() {
                compare(&format!("{at}/{index}"), was, is, changes)?;
            }
            Ok(())
        }
        _ => set(at.to_owned(), after, changes),
    }
}

fn set(
    pointer: String,
    value: &Value,
    changes: &mut Vec<PayloadChange>,
) -> Result<(), RewriteError> {
    if value.is_null() {
        return Err(RewriteError::Null(pointer));
    }
    changes.push(PayloadChange {
        pointer,
        value: Some(value.clone()),
    });
    Ok(())
}

/// A member's name as a part of a pointer.
pub fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A payload with another value at a place; null takes the place away. The empty pointer means the whole.
pub fn with_value(payload: &Value, pointer: &str, value: Value) -> Value {
    if pointer.is_empty() {
        return value;
    }
    let mut out = payload.clone();
    let value = (!value.is_null()).then_some(value);
    apply(
        &mut out,
        &PayloadChange {
            pointer: pointer.to_owned(),
            value,
        },
    );
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn json(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn changes(before: &Value, after: &Value) -> Result<Vec<PayloadChange>, RewriteError> {
        let mut changes = Vec::new();
        compare("", before, after, &mut changes).map(|()| changes)
    }

    #[test]
    fn only_what_differs_is_changed_and_digits_count() {
        let before =
            json(r#"{"a/b":1,"n":25.10,"items":[{"q":1},{"q":2}],"gone":true,"same":{"x":null}}"#);
        let after =
            json(r#"{"n":25.1,"a/b":1,"items":[{"q":1},{"q":3}],"same":{"x":null},"new":[]}"#);
        let found: Vec<_> = changes(&before, &after)
            .unwrap()
            .into_iter()
            .map(|change| (change.pointer, change.value.map(|value| value.to_string())))
            .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            found,
            [
                ("/n".to_owned(), some("25.1")),
                ("/items/1/q".to_owned(), some("3")),
                ("/gone".to_owned(), None),
                ("/new".to_owned(), some("[]")),
            ]
        );
    }

    #[test]
    fn a_list_of_another_length_is_one_edit() {
        let before = json!({"items": [{"q": 1}, {"q": 2}]});
        let after = json!({"items": [{"q": 2}]});
        let found = changes(&before, &after).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].pointer, "/items");
    }

    #[test]
    fn a_field_that_is_set_to_null_is_told() {
        let error = changes(&json!({"a": {"b": 1}}), &json!({"a": null})).unwrap_err();
        assert_eq!(error, RewriteError::Null("/a".to_owned()));
        assert!(error.to_string().contains("/a"));
        // Deeper inside it is kept, with the object around it.
        let found = changes(&json!({"a": {"b": 1}}), &json!({"a": {"b": null}})).unwrap();
        assert_eq!(found[0].pointer, "/a");
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            "[1-9][0-9]{0,20}(\\.[0-9]{1,4})?".prop_map(|digits| json(&digits)),
            "[a-c/~ é]{0,4}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                members(inner),
            ]
        })
    }

    fn members(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
        prop::collection::vec(("[ab0/~]{0,2}", inner), 0..5)
            .prop_map(|members| Value::Object(members.into_iter().collect()))
    }

    proptest! {
        #[test]
        fn the_changes_laid_over_the_old_give_the_new(before in members(any_json()), after in members(any_json())) {
            let Ok(changes) = changes(&before, &after) else {
                return Ok(());
            };
            let mut made = before;
            for change in &changes {
                apply(&mut made, change);
            }
            prop_assert_eq!(made, after);
        }

        #[test]
        fn a_value_is_put_where_it_was_taken_from(payload in members(any_json()), at in 0usize..8) {
            if let Value::Object(members) = &payload
                && let Some((name, value)) = members.iter().nth(at)
                && !value.is_null()
            {
                let pointer = format!("/{}", escaped(name));
                let without = with_value(&payload, &pointer, Value::Null);
                prop_assert!(without.pointer(&pointer).is_none());
                prop_assert_eq!(with_value(&without, &pointer, value.clone()), payload);
            }
        }
    }
}
