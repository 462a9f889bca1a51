//! One order of the file, with the operator's edits in it.

use serde_json::Value;

use super::Deck;
use crate::finding::{Finding, Rule, Severity, Target};
use crate::mapping::{Compiled, Exclusion, Native};
use crate::order::edit::{Edit, EditTarget};
use crate::order::{Field, Order};
use crate::source::{Group, SourceError};

/// The source says something else than when the edit was made.
pub static EDIT_01: Rule = Rule {
    id: "EDT-01",
    severity: Severity::Error,
    title: "the source changed under an edit",
    why: "The edit replaced a value that the file no longer holds, so it isn't known whether the edit is still meant.",
    remedy: "Look at both values; make the edit again or undo it.",
};

/// An edit that can't be made any more.
pub static EDIT_02: Rule = Rule {
    id: "EDT-02",
    severity: Severity::Error,
    title: "an edit doesn't fit the order",
    why: "The edit names a field or a line item that the order doesn't have, or a value that the field can't hold.",
    remedy: "Undo the edit, or export the file again as it was.",
};

/// The rules about edits.
pub static RULES: &[&Rule] = &[&EDIT_01, &EDIT_02];

/// Why an order is left out whatever the vendor says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Left {
    /// A test order.
    Test,
    /// A draft.
    Draft,
    /// Cancelled, and the mapping leaves such orders out.
    Cancelled,
    /// The operator left it out.
    ByOperator,
}

impl Left {
    /// The reason in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Test => "a test order",
            Self::Draft => "a draft",
            Self::Cancelled => "cancelled, as the mapping says",
            Self::ByOperator => "left out by the operator",
        }
    }
}

/// One order of the file.
#[derive(Debug, Clone, Default)]
pub struct DeckOrder {
    /// Its place in the file, counted from 0.
    pub index: usize,
    /// The order, edits included.
    pub order: Order,
    /// The payload as the source has it, if the source is a vendor's own.
    pub native: Option<Native>,
    /// Why it is left out, if it is.
    pub left: Option<Left>,
    /// Why it would be left out without any edit.
    pub left_by_source: Option<Left>,
    /// What reading, mapping and edits found.
    pub findings: Vec<Finding>,
    /// The edits in force.
    pub edits: Vec<Edit>,
    /// The records behind it.
    pub group: Group,
}

impl Deck {
    /// Decodes one order from the file and lays the edits over it.
    pub fn order(&self, index: usize) -> Result<DeckOrder, SourceError> {
        self.orders().read(index).map(std::mem::take)
    }

    /// Makes an order of the records in its group; whatever else it held is gone.
    pub(super) fn make_order(
        &self,
        order: &mut DeckOrder,
        index: usize,
        mapping: &Compiled,
    ) -> Result<(), SourceError> {
        mapping.gather(&mut order.group)?;
        let edits = if self.without_edits {
            &[]
        } else {
            self.edits.of(&order.group.key)
        };
        // An edit remembers what the source says.
        let mapping = if edits.is_empty() {
            mapping
        } else {
            mapping.for_edits(&self.file.mapping)
        };
        let exclusion = mapping.map_into(&order.group, &mut order.order, &mut order.findings);
        order.index = index;
        order.native = mapping.native_of(&order.group);
        order.left = exclusion.map(|exclusion| match exclusion {
            Exclusion::Test => Left::Test,
            Exclusion::Draft => Left::Draft,
            Exclusion::Cancelled => Left::Cancelled,
        });
        order.left_by_source = order.left;
        order.findings.extend(order.group.findings.iter().cloned());
        order.edits.clear();
        order.edits.extend_from_slice(edits);
        order.lay_edits();
        Ok(())
    }
}

impl DeckOrder {
    fn lay_edits(&mut self) {
        for edit in &self.edits {
            match &edit.target {
                EditTarget::Excluded => {
                    self.left = match edit.after.as_bool() {
                        Some(true) => Some(Left::ByOperator),
                        // Taken back in: a test order too, if the operator says so.
                        _ => None,
                    };
                }
                EditTarget::Order { field, item } => {
                    let item = item.map(|item| item as usize);
                    let Some(field) = Field::from_name(field) else {
                        self.findings
                            .push(Finding::new(&EDIT_02, Target::Whole, field.as_str()));
                        continue;
                    };
                    let target = pointer_of(field, item);
                    let now = field.get(&self.order, item).unwrap_or_default();
                    let before = edit.before.as_str().unwrap_or_default();
                    if now != before {
                        let detail = format!(
                            "`{}` was \"{before}\" when it was edited, the file says \"{now}\"",
                            field.name()
                        );
                        self.findings
                            .push(Finding::new(&EDIT_01, target.clone(), detail));
                    }
                    let after = edit.after.as_str().unwrap_or_default();
                    match field.set(&mut self.order, item, after) {
                        // What the mapping said about the value that was replaced is settled.
                        Ok(()) => self
                            .findings
                            .retain(|finding| finding.target != target || finding.rule == &EDIT_01),
                        Err(error) => {
                            let detail = format!("`{}`: {error}", field.name());
                            self.findings.push(Finding::new(&EDIT_02, target, detail));
                        }
                    }
                }
                EditTarget::Payload { .. } => {}
            }
        }
    }

    /// The edit in force of a field of the order.
    pub fn edit_of(&self, field: Field, item: Option<usize>) -> Option<&Edit> {
        self.edits.iter().find(|edit| {
            matches!(&edit.target, EditTarget::Order { field: name, item: index }
                if name == field.name() && index.map(|i| i as usize) == item)
        })
    }

    /// The value of a field as edits write it: text, null for none.
    pub fn value(&self, field: Field, item: Option<usize>) -> Value {
        field
            .get(&self.order, item)
            .map_or(Value::Null, Value::String)
    }
}

/// Where findings about a canonical field point to.
pub fn pointer_of(field: Field, item: Option<usize>) -> Target {
    match item {
        None => Target::Pointer(format!("/{}", field.name().replace('.', "/")).into()),
        Some(item) => {
            let name = field.name().trim_start_matches("items.");
            Target::Pointer(format!("/items/{item}/{name}").into())
        }
    }
}
