//! One thing wrong or notable: which rule, how bad, where, and what was seen.
//!
//! Every layer reports in these types, so that the fronts show `SRC-`, `MAP-`, `ORD-` and the vendors'
//! rules alike. A finding is small: the rule's words and the JSON pointer are made when it is shown.

mod place;
mod rule;

pub use place::Place;
pub use rule::{Rule, Severity};

/// What a finding is about, inside the order or the payload it was found in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// The order, record or file as a whole.
    Whole,
    /// A field by its path in a field table: segments divided by `/`, the line item's index written `*`.
    Field {
        /// For instance `items/*/price`.
        path: &'static str,
        /// Stands for `*`, counted from 0.
        item: Option<u32>,
    },
    /// A place no table knows, as a JSON pointer.
    Pointer(Box<str>),
}

impl Target {
    /// A field of the whole order.
    pub const fn field(path: &'static str) -> Self {
        Self::Field { path, item: None }
    }

    /// A field of one line item, counted from 0.
    pub const fn item(path: &'static str, item: u32) -> Self {
        Self::Field {
            path,
            item: Some(item),
        }
    }

    /// The JSON pointer (RFC 6901); `None` for the whole.
    pub fn pointer(&self) -> Option<String> {
        match self {
            Self::Whole => None,
            Self::Pointer(pointer) => Some(pointer.to_string()),
            Self::Field { path, item } => {
                let mut pointer = String::with_capacity(path.len() + 4);
                for segment in path.split('/') {
                    pointer.push('/');
                    match (segment, item) {
                        ("*", Some(index)) => pointer.push_str(&index.to_string()),
                        _ => pointer.push_str(segment),
                    }
                }
                Some(pointer)
            }
        }
    }
}

/// One thing wrong or notable in one order.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The rule that spoke.
    pub rule: &'static Rule,
    /// Mostly the rule's own severity; a profile may soften a few.
    pub severity: Severity,
    /// What it is about.
    pub target: Target,
    /// What was seen, in words that complete the rule's title; may be empty.
    pub detail: Box<str>,
    /// Where in the source file, if known.
    pub place: Option<Place>,
}

impl Finding {
    /// A finding of the rule's own severity.
    pub fn new(rule: &'static Rule, target: Target, detail: impl Into<Box<str>>) -> Self {
        Self {
            rule,
            severity: rule.severity,
            target,
            detail: detail.into(),
            place: None,
        }
    }

    /// The same finding at a place in the source.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Title and detail as one sentence part.
    pub fn message(&self) -> String {
        if self.detail.is_empty() {
            self.rule.title.to_owned()
        } else {
            format!("{}: {}", self.rule.title, self.detail)
        }
    }

    /// Errors keep an order from being sent.
    pub fn blocks(&self) -> bool {
        self.severity == Severity::Error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_name_the_line_item() {
        assert_eq!(Target::Whole.pointer(), None);
        assert_eq!(
            Target::field("customer/email").pointer().as_deref(),
            Some("/customer/email")
        );
        assert_eq!(
            Target::item("items/*/price", 3).pointer().as_deref(),
            Some("/items/3/price")
        );
    }
}
