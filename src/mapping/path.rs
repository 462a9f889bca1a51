//! Paths into a JSON object: `billing.first_name`, `shipping_lines[0].title`, `refunds[*].total`,
//! `meta_data[key=_gift].value`, `$.currency` (from the order, inside a line item's rule).

use std::fmt;

use serde_json::Value;

/// Deeper paths are a mistake.
const DEEPEST: usize = 16;

/// A path that was read from a mapping file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    text: String,
    from_order: bool,
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Member(String),
    Index(usize),
    All,
    /// The elements in which all of these members have these values.
    Where(Vec<(String, String)>),
}

/// One step of the way to a value, for its JSON pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'p> {
    /// A member of an object.
    Member(&'p str),
    /// An element of an array, counted from 0.
    Index(usize),
}

/// The JSON pointer (RFC 6901) of the steps.
pub fn pointer(steps: &[Step]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for step in steps {
        text.push('/');
        match step {
            Step::Member(name) => text.push_str(&name.replace('~', "~0").replace('/', "~1")),
            // Writing into a string can't fail.
            Step::Index(index) => _ = write!(text, "{index}"),
        }
    }
    text
}

impl Path {
    /// Reads a path; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| Err(format!("the path `{text}` {why}"));
        let (from_order, mut rest) = match text.strip_prefix("$.") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut segments = Vec::new();
        while !rest.is_empty() {
            if let Some(inner) = rest.strip_prefix('[') {
                let Some((inner, behind)) = inner.split_once(']') else {
                    return wrong("has a `[` without `]`");
                };
                if inner == "*" {
                    segments.push(Segment::All);
                } else if let Some((member, is)) = inner.split_once('=') {
                    let condition = (member.trim().to_owned(), is.trim().to_owned());
                    // Brackets side by side are conditions on the same elements.
                    match segments.last_mut() {
                        Some(Segment::Where(conditions)) => conditions.push(condition),
                        _ => segments.push(Segment::Where(vec![condition])),
                    }
                } else if let Ok(index) = inner.parse() {
                    segments.push(Segment::Index(index));
                } else {
                    return wrong(
                        "has brackets that hold neither `*`, a number, nor `member=value`",
                    );
                }
                rest = behind.strip_prefix('.').unwrap_or(behind);
                if behind.ends_with('.') && rest.is_empty() {
                    return wrong("ends in a dot");
                }
            } else {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                let (name, behind) = rest.split_at(end);
                if name.is_empty() {
                    return wrong("has a blank name");
                }
                segments.push(Segment::Member(name.to_owned()));
                rest = match behind.strip_prefix('.') {
                    Some("") => return wrong("ends in a dot"),
                    Some(behind) => behind,
                    None => behind,
                };
            }
        }
        if segments.is_empty() {
            return wrong("is empty");
        }
        if segments.len() > DEEPEST {
            return wrong("is too deep");
        }
        Ok(Self {
            text: text.to_owned(),
            from_order,
            segments,
        })
    }

    /// Starts at the order, even in a line item's rule.
    pub fn starts_at_order(&self) -> bool {
        self.from_order
    }

    /// The JSON pointer, if the path leads to one place only.
    pub fn as_pointer(&self) -> Option<String> {
        let steps: Option<Vec<Step>> = self
            .segments
            .iter()
            .map(|segment| match segment {
                Segment::Member(name) => Some(Step::Member(name)),
                Segment::Index(index) => Some(Step::Index(*index)),
                Segment::All | Segment::Where(_) => None,
            })
            .collect();
        steps.map(|steps| pointer(&steps))
    }

    /// Visits every value that the path leads to, in order, null included.
    pub fn visit<'p, 'v>(
        &'p self,
        value: &'v Value,
        found: &mut dyn FnMut(&[Step<'p>], &'v Value),
    ) {
        let mut steps = Vec::with_capacity(self.segments.len());
        walk(&self.segments, value, &mut steps, found);
    }

    /// Whether the member is there, even if it is null.
    pub fn exists(&self, value: &Value) -> bool {
        let mut there = false;
        self.visit(value, &mut |_, _| there = true);
        there
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn walk<'p, 'v>(
    segments: &'p [Segment],
    value: &'v Value,
    steps: &mut Vec<Step<'p>>,
    found: &mut dyn FnMut(&[Step<'p>], &'v Value),
) {
    let Some((segment, rest)) = segments.split_first() else {
        found(steps, value);
        return;
    };
    let mut into = |step: Step<'p>, child: &'v Value| {
        steps.push(step);
        walk(rest, child, steps, found);
        steps.pop();
    };
    match segment {
        Segment::Member(name) => {
            if let Some(child) = value.get(name) {
                into(Step::Member(name), child);
            }
        }
        Segment::Index(index) => {
            if let Some(child) = value.get(index) {
                into(Step::Index(*index), child);
            }
        }
        Segment::All => {
            for (index, child) in value.as_array().into_iter().flatten().enumerate() {
                into(Step::Index(index), child);
            }
        }
        Segment::Where(conditions) => {
            for (index, child) in value.as_array().into_iter().flatten().enumerate() {
                let fits = conditions
                    .iter()
                    .all(|(member, is)| is_text(child.get(member), is));
                if fits {
                    into(Step::Index(index), child);
                }
            }
        }
    }
}

/// Whether a member is written like that.
fn is_text(value: Option<&Value>, text: &str) -> bool {
    match value {
        Some(Value::String(is)) => is == text,
        Some(Value::Number(number)) => number.as_str() == text,
        // `[parent=]`: the elements that have none.
        None | Some(Value::Null) => text.is_empty(),
        Some(Value::Bool(flag)) => text == if *flag { "true" } else { "false" },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(path: &str, value: &Value) -> Vec<(String, String)> {
        let path = Path::parse(path).unwrap();
        let mut all = Vec::new();
        path.visit(value, &mut |steps, value| {
            all.push((pointer(steps), value.to_string()));
        });
        all
    }

    #[test]
    fn paths_lead_to_values_and_know_their_pointers() {
        let value = json!({"a": {"b/c": 1}, "l": [{"k": "x", "v": [2, 3]}, {"k": "y", "v": [4]}]});
        assert_eq!(found("a.b/c", &value), [("/a/b~1c".into(), "1".into())]);
        assert_eq!(
            found("l[1].v[0]", &value),
            [("/l/1/v/0".into(), "4".into())]
        );
        let all: Vec<String> = found("l[*].v[*]", &value)
            .into_iter()
            .map(|(_, v)| v)
            .collect();
        assert_eq!(all, ["2", "3", "4"]);
        assert_eq!(
            found("l[k=y].v[*]", &value),
            [("/l/1/v/0".into(), "4".into())]
        );
        assert_eq!(found("l[k=y][v=1]", &value), []);
        assert!(found("a.x.y", &value).is_empty());
        let value = json!([{"k": "r", "ok": true, "n": 1}, {"k": "r", "ok": false, "n": 2}]);
        let both = found("[k=r][ok=true].n", &value);
        assert_eq!(both, [("/0/n".into(), "1".into())]);
    }

    #[test]
    fn paths_that_are_none() {
        for text in ["", "a..b", "a.", "a[", "a[x]", "[*].", ".a"] {
            assert!(Path::parse(text).is_err(), "{text}");
        }
        assert!(Path::parse(&["a"; 20].join(".")).is_err());
    }

    #[test]
    fn pointers_of_single_places() {
        assert_eq!(
            Path::parse("a.b[0]").unwrap().as_pointer().as_deref(),
            Some("/a/b/0")
        );
        assert_eq!(Path::parse("a[*]").unwrap().as_pointer(), None);
    }
}
