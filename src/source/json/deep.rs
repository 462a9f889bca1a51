//! Objects of 128 levels: `serde_json` reads 127, so the outermost level is taken off here and each member read
//! alone. Only what `serde_json` gave up on comes this way.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::survey::{KeyPath, Survey, survey};

/// Surveys an object that is too deep for one go; none where its outermost level isn't sound.
pub(super) fn survey_members(
    bytes: &[u8],
    path: Option<&KeyPath>,
) -> Option<Result<Survey, serde_json::Error>> {
    let mut all = Survey::default();
    let mut names = HashSet::new();
    let count = |all: &mut Survey, name: String, more: usize| match &mut all.duplicate {
        Some((_, known)) => *known += more,
        none => *none = Some((name, more)),
    };
    for (name, value) in members(bytes)? {
        let rest = path.and_then(|path| path.behind(&name));
        let found = match survey(value, rest.as_ref()) {
            Ok(found) => found,
            Err(error) => return Some(Err(error)),
        };
        if rest.is_some() {
            all.key = found.key;
        }
        if let Some((name, more)) = found.duplicate {
            count(&mut all, name, more);
        }
        if !names.insert(name.clone()) {
            count(&mut all, name, 1);
        }
    }
    Some(Ok(all))
}

/// Reads an object, however deep its outermost level stands.
pub(super) fn value(bytes: &[u8]) -> Option<Value> {
    if let Ok(value) = serde_json::from_slice(bytes) {
        return Some(value);
    }
    let mut object = Map::new();
    for (name, value) in members(bytes)? {
        object.insert(name, serde_json::from_slice(value).ok()?);
    }
    Some(Value::Object(object))
}

/// The members of an object, each with the bytes of its value.
fn members(bytes: &[u8]) -> Option<Vec<(String, &[u8])>> {
    let inner = bytes.trim_ascii().strip_prefix(b"{")?.strip_suffix(b"}")?;
    let mut members = Vec::new();
    let mut rest = inner.trim_ascii();
    while !rest.is_empty() {
        let colon = end_of(rest, b':')?;
        let (name, behind) = rest.split_at(colon);
        let name: String = serde_json::from_slice(name).ok()?;
        let behind = behind.get(1..)?;
        let end = end_of(behind, b',').unwrap_or(behind.len());
        let (value, after) = behind.split_at(end);
        members.push((name, value.trim_ascii()));
        rest = match after.split_first() {
            Some((_, next)) if next.trim_ascii().is_empty() => return None,
            Some((_, next)) => next.trim_ascii(),
            None => after,
        };
    }
    Some(members)
}

/// Where that sign stands first, outside strings and everything that opens here.
fn end_of(bytes: &[u8], sign: u8) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0_u32, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            byte if *byte == sign && depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_members_of_an_object_are_what_serde_reads() {
        for text in [
            "{}",
            r#"{"a":1}"#,
            r#" { "a,:}" : [1,{"b":"]\"}"}] , "c":{"d":[]}, "a":null } "#,
        ] {
            let expected: Value = serde_json::from_str(text).unwrap();
            let mut object = Map::new();
            for (name, value) in members(text.as_bytes()).unwrap() {
                object.insert(name, serde_json::from_slice(value).unwrap());
            }
            assert_eq!(Value::Object(object), expected, "{text}");
        }
        for text in ["", "[1]", r#"{"a"}"#, r#"{"a":1,}"#, "{1:2}"] {
            assert!(members(text.as_bytes()).is_none(), "{text}");
        }
    }
}
