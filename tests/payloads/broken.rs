//! Payloads with one value broken.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

/// Puts something else in one place.
#[derive(Debug, Clone)]
pub struct Broken {
    place: Index,
    /// `None` takes the member away.
    value: Option<Value>,
}

pub fn any() -> impl Strategy<Value = Broken> {
    let values = vec![
        None,
        Some(Value::Null),
        Some(json!("")),
        Some(json!("x")),
        Some(json!("12.5")),
        Some(json!(-1)),
        Some(json!(0)),
        Some(json!(1.5)),
        Some(json!(7)),
        Some(json!(1_700_000_000_000_u64)),
        Some(json!(true)),
        Some(json!([])),
        Some(json!({})),
        Some(json!("2024-02-30")),
        Some(json!("2024-02-28 10:00:00Z")),
        Some(json!("2024-02-28T10:00:00+01:00[Europe/Berlin]")),
        Some(json!("--a--b")),
        Some(json!("y".repeat(300))),
        Some(json!("z".repeat(1500))),
    ];
    (any_index(), prop::sample::select(values)).prop_map(|(place, value)| Broken { place, value })
}

fn any_index() -> impl Strategy<Value = Index> {
    proptest::arbitrary::any::<Index>()
}

impl Broken {
    pub fn apply(&self, payload: &Value) -> Value {
        let mut places = Vec::new();
        collect(payload, &mut String::new(), &mut places);
        let place = self.place.get(&places);
        let mut payload = payload.clone();
        let (parent, name) = place.rsplit_once('/').unwrap();
        match (payload.pointer_mut(parent).unwrap(), &self.value) {
            (Value::Object(members), Some(value)) => {
                members.insert(name.to_owned(), value.clone());
            }
            (Value::Object(members), None) => {
                members.shift_remove(name);
            }
            (Value::Array(list), Some(value)) => {
                list[name.parse::<usize>().unwrap()] = value.clone();
            }
            (Value::Array(list), None) => drop(list.remove(name.parse().unwrap())),
            _ => unreachable!(),
        }
        payload
    }
}

/// Pointers of every value inside.
fn collect(value: &Value, at: &mut String, places: &mut Vec<String>) {
    let length = at.len();
    let mut inside = |name: &str, value: &Value, places: &mut Vec<String>| {
        at.push('/');
        at.push_str(name);
        places.push(at.clone());
        collect(value, at, places);
        at.truncate(length);
    };
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| inside(name, value, places)),
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                inside(&index.to_string(), value, places);
            }
        }
        _ => {}
    }
}
