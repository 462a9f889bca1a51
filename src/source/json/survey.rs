//! Reads one JSON value without keeping it: is it sound, what is its key, which names stand twice?

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Objects with more names than this look them up in a set.
const FEW_NAMES: usize = 32;

/// What a survey of one value found.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// The text at the key's path, without white space around it; blank if there is none.
    pub(super) key: String,
    /// A name that stands twice in one object, and how many such there are.
    pub(super) duplicate: Option<(String, usize)>,
}

/// The way from the record to its key, one name or index a step.
#[derive(Debug, Clone)]
pub(super) struct KeyPath(Vec<String>);

impl KeyPath {
    /// Reads a JSON pointer; the leading `/` may be missing.
    pub(super) fn new(pointer: &str) -> Self {
        let pointer = pointer.strip_prefix('/').unwrap_or(pointer);
        let steps = pointer.split('/');
        Self(
            steps
                .map(|step| step.replace("~1", "/").replace("~0", "~"))
                .collect(),
        )
    }

    /// The way on from the member of that name, if the way leads through it.
    pub(super) fn behind(&self, name: &str) -> Option<Self> {
        let (first, rest) = self.0.split_first()?;
        (first == name).then(|| Self(rest.to_vec()))
    }
}

/// Surveys the value that these bytes hold.
pub(super) fn survey(bytes: &[u8], path: Option<&KeyPath>) -> Result<Survey, serde_json::Error> {
    let mut state = State {
        survey: Survey::default(),
        hasher: RandomState::new(),
        names: Vec::new(),
    };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let walk = Walk {
        state: &mut state,
        path: path.map(|path| path.0.as_slice()),
    };
    walk.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(state.survey)
}

struct State {
    survey: Survey,
    hasher: RandomState,
    /// The hashes of the names of all objects that are open.
    names: Vec<u64>,
}

impl State {
    fn duplicate(&mut self, name: &str) {
        match &mut self.survey.duplicate {
            Some((_, count)) => *count += 1,
            none => *none = Some((name.to_owned(), 1)),
        }
    }
}

/// Walks one value; `path` leads from it to the key, if the key is inside.
struct Walk<'s> {
    state: &'s mut State,
    path: Option<&'s [String]>,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.path.is_some_and(<[String]>::is_empty) {
            let key = serde::Deserialize::deserialize(deserializer)?;
            self.state.survey.key = match key {
                Value::String(text) => text.trim().to_owned(),
                Value::Number(number) => number.to_string(),
                Value::Bool(truth) => truth.to_string(),
                Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
            };
            Ok(())
        } else {
            deserializer.deserialize_any(self)
        }
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let step = self.path.and_then(<[String]>::split_first);
        let mut index = 0_usize;
        loop {
            let path = step
                .filter(|(name, _)| name.parse() == Ok(index))
                .map(|(_, rest)| rest);
            let walk = Walk {
                state: &mut *self.state,
                path,
            };
            if elements.next_element_seed(walk)?.is_none() {
                return Ok(());
            }
            index += 1;
        }
    }

    // Numbers with all their digits come as a map of one private name; they pass through here too.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let step = self.path.and_then(<[String]>::split_first);
        let first = self.state.names.len();
        let mut many: Option<HashSet<u64>> = None;
        while let Some(name) = members.next_key::<std::borrow::Cow<'de, str>>()? {
            let hash = self.state.hasher.hash_one(name.as_ref());
            let open = self.state.names.get(first..).unwrap_or_default();
            let known = match &mut many {
                Some(set) => !set.insert(hash),
                None => open.contains(&hash),
            };
            if known {
                self.state.duplicate(&name);
            } else if many.is_none() {
                if open.len() < FEW_NAMES {
                    self.state.names.push(hash);
                } else {
                    let mut set: HashSet<u64> = open.iter().copied().collect();
                    set.insert(hash);
                    many = Some(set);
                }
            }
            match step.filter(|(wanted, _)| **wanted == name) {
                Some((_, rest)) => members.next_value_seed(Walk {
                    state: &mut *self.state,
                    path: Some(rest),
                })?,
                None => members.next_value_seed(Walk {
                    state: &mut *self.state,
                    path: None,
                })?,
            }
        }
        self.state.names.truncate(first);
        Ok(())
    }
}

/// Is this one JSON object and nothing else?
pub(in crate::source) fn is_object(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().first() == Some(&b'{')
        && serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(json: &str, pointer: &str) -> String {
        survey(json.as_bytes(), Some(&KeyPath::new(pointer)))
            .unwrap()
            .key
    }

    #[test]
    fn the_key_keeps_its_digits() {
        assert_eq!(
            key(r#"{"id": 12345678901234567890123}"#, "id"),
            "12345678901234567890123"
        );
        assert_eq!(key(r#"{"a":[{"b":" x "}]}"#, "/a/0/b"), "x");
        assert_eq!(key(r#"{"a/b":1.50}"#, "/a~1b"), "1.50");
        assert_eq!(key(r#"{"id":null}"#, "id"), "");
        assert_eq!(key(r#"{"id":{"x":1}}"#, "id"), "");
        assert_eq!(key(r#"{"x":{"id":1}}"#, "id"), "");
        assert_eq!(key(r#"{"id":1,"id":2}"#, "id"), "2");
    }

    #[test]
    fn equal_names_are_found_in_small_and_large_objects() {
        let twice = |json: &str| survey(json.as_bytes(), None).unwrap().duplicate;
        assert_eq!(twice(r#"{"a":{"a":1},"b":[{"a":1},{"a":1}]}"#), None);
        assert_eq!(
            twice(r#"{"x":1.0,"y":{"a":1,"\u0061":2}}"#),
            Some(("a".to_owned(), 1))
        );
        let names: Vec<String> = (0..100).map(|n| format!("\"n{n}\":{n}")).collect();
        assert_eq!(twice(&format!("{{{}}}", names.join(","))), None);
        let json = format!("{{{},\"n3\":1,\"n99\":1}}", names.join(","));
        assert_eq!(twice(&json), Some(("n3".to_owned(), 2)));
    }

    #[test]
    fn what_serde_refuses_is_refused() {
        for bad in [
            "{\"a\":1,}",
            "{\"a\" 1}",
            "[1 2]",
            "{\"a\":tru}",
            "{} {}",
            "1e",
            "\"\n\"",
        ] {
            assert!(survey(bad.as_bytes(), None).is_err(), "{bad}");
        }
        assert!(survey(b"{\"a\":1e400}", None).is_ok());
    }
}
