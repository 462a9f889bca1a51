//! One change to many orders: what it would do to each, and to what the vendor's rules say, before it is made.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use serde_json::Value;

use super::{Deck, DeckOrder, Target};
use crate::finding::{Finding, Rule, Severity};
use crate::order::Field;
use crate::order::edit::Edit;
use crate::vendor::payload::apply;
use crate::vendor::{Encoded, PayloadChange};

/// How many orders a preview shows before and after.
pub const SHOWN: usize = 200;

/// A change that is made to many orders alike.
#[derive(Debug, Clone, PartialEq)]
pub enum BulkChange {
    /// A field of the order.
    Field {
        /// Which.
        field: Field,
        /// The line item.
        item: Option<usize>,
        /// The text; empty for none.
        text: String,
    },
    /// A field of every line item.
    Items {
        /// Which.
        field: Field,
        /// The text; empty for none.
        text: String,
    },
    /// A place in one vendor's payload.
    Payload(PayloadChange),
    /// A place in every element of a list of one vendor's payload.
    PayloadItems {
        /// Pointer of the list: `/items`.
        list: String,
        /// Pointer inside an element: `/price`.
        rest: String,
        /// The new value; `None` takes the member away.
        value: Option<Value>,
    },
    /// Leave out, or take back in.
    Exclude(bool),
}

/// One order of a preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkSample {
    /// Its place in the file.
    pub place: usize,
    /// Its id.
    pub id: String,
    /// What is there.
    pub before: String,
    /// What would be there.
    pub after: String,
    /// How many places of the order change: its line items.
    pub changes: usize,
}

/// How many orders' findings of a rule go and come.
#[derive(Debug, Clone, Copy)]
pub struct RuleShift {
    /// The rule.
    pub rule: &'static Rule,
    /// How serious it is.
    pub severity: Severity,
    /// Orders that have it now and wouldn't.
    pub goes: usize,
    /// Orders that would have it and don't.
    pub comes: usize,
}

/// What a change of many orders would do.
#[derive(Debug, Clone, Default)]
pub struct BulkPreview {
    /// Orders looked at.
    pub orders: usize,
    /// Orders that change.
    pub change: usize,
    /// Orders that have it already.
    pub same: usize,
    /// Orders that can't hold it: why, how many, and the first one's id.
    pub cannot: Vec<(String, usize, String)>,
    /// The first orders that change.
    pub shown: Vec<BulkSample>,
    /// Rules whose findings go or come at the vendor, the most frequent first.
    pub rules: Vec<RuleShift>,
    /// Orders with an error finding for the vendor, of those that change: now, and then.
    pub blocked: (usize, usize),
}

impl Deck {
    /// The edits that a change means for one order; those that change nothing are left out. The error says why the
    /// order can't hold it.
    pub fn bulk_edits(
        &self,
        order: &DeckOrder,
        change: &BulkChange,
        target: &Target,
    ) -> Result<Vec<Edit>, String> {
        let field_edit = |field: Field, item, text: &str| {
            Self::field_edit(order, field, item, text).map_err(|error| error.to_string())
        };
        let mut edits = match change {
            BulkChange::Field { field, item, text } => vec![field_edit(*field, *item, text)?],
            BulkChange::Items { field, text } => {
                let items = 0..order.order.items.len();
                items
                    .map(|item| field_edit(*field, Some(item), text))
                    .collect::<Result<_, _>>()?
            }
            BulkChange::Exclude(out) => vec![Self::exclusion_edit(order, *out)],
            BulkChange::Payload(change) => {
                let payload = self.payload_value(order, target)?;
                if !has_its_lines(&payload, &change.pointer) {
                    return Err("its payload has no such line".to_owned());
                }
                vec![Self::payload_edit(
                    order,
                    target.vendor.name(),
                    &payload,
                    change,
                )]
            }
            BulkChange::PayloadItems { list, rest, value } => {
                let payload = self.payload_value(order, target)?;
                let lines = payload
                    .pointer(list)
                    .and_then(Value::as_array)
                    .map_or(0, Vec::len);
                let mut now = payload;
                let mut edits = Vec::with_capacity(lines);
                for line in 0..lines {
                    let change = PayloadChange {
                        pointer: format!("{list}/{line}{rest}"),
                        value: value.clone(),
                    };
                    let vendor = target.vendor.name();
                    edits.push(Self::payload_edit(order, vendor, &now, &change));
                    apply(&mut now, &change);
                }
                edits
            }
        };
        if edits.is_empty() {
            return Err("it has no line items".to_owned());
        }
        edits.retain(|edit| !edit.is_idle());
        Ok(edits)
    }

    fn payload_value(&self, order: &DeckOrder, target: &Target) -> Result<Value, String> {
        let payload = self.payload(order, target);
        Ok(payload.map_err(|error| error.to_string())?.value)
    }

    /// Looks at what a change would do to these orders. `progress` is told how many are done; breaking it off gives
    /// nothing.
    pub fn preview_bulk(
        &self,
        places: &[usize],
        change: &BulkChange,
        target: &Target,
        progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Option<BulkPreview> {
        let mut preview = BulkPreview::default();
        let mut cannot: BTreeMap<String, (usize, String)> = BTreeMap::new();
        let mut rules: BTreeMap<&'static str, RuleShift> = BTreeMap::new();
        let (mut now, mut then) = (Encoded::default(), Encoded::default());
        for place in places {
            if progress(preview.orders).is_break() {
                return None;
            }
            preview.orders += 1;
            let mut refuse = |why: String, id: &str| {
                cannot.entry(why).or_insert((0, id.to_owned())).0 += 1;
            };
            let order = match self.order(*place) {
                Ok(order) => order,
                Err(error) => {
                    let key = self.source_key(*place).unwrap_or_default();
                    refuse(error.to_string(), &key);
                    continue;
                }
            };
            let edits = match self.bulk_edits(&order, change, target) {
                Ok(edits) => edits,
                Err(why) => {
                    refuse(why, &order.order.id);
                    continue;
                }
            };
            let Some(first) = edits.first() else {
                preview.same += 1;
                continue;
            };
            let mut trial = order.clone();
            for edit in &edits {
                // It could be held: it was asked for above.
                if let Ok(next) = trial.with_edit(edit) {
                    trial = next;
                }
            }
            preview.change += 1;
            if preview.shown.len() < SHOWN {
                preview.shown.push(BulkSample {
                    place: *place,
                    id: order.order.id.clone(),
                    before: plain(&first.before),
                    after: plain(&first.after),
                    changes: edits.len(),
                });
            }
            now.findings.clear();
            then.findings.clear();
            if self.encode(&order, target, &mut now).is_err()
                || self.encode(&trial, target, &mut then).is_err()
            {
                continue;
            }
            preview.blocked.0 += usize::from(now.is_blocked());
            preview.blocked.1 += usize::from(then.is_blocked());
            for (finding, goes) in shifts(&now.findings, &then.findings) {
                let shift = rules.entry(finding.rule.id).or_insert(RuleShift {
                    rule: finding.rule,
                    severity: finding.severity,
                    goes: 0,
                    comes: 0,
                });
                if goes {
                    shift.goes += 1;
                } else {
                    shift.comes += 1;
                }
            }
        }
        preview.cannot = cannot
            .into_iter()
            .map(|(why, (count, first))| (why, count, first))
            .collect();
        preview
            .cannot
            .sort_by_key(|entry| std::cmp::Reverse(entry.1));
        preview.rules = rules.into_values().collect();
        preview
            .rules
            .sort_by_key(|shift| std::cmp::Reverse((shift.severity, shift.goes + shift.comes)));
        Some(preview)
    }
}

/// Whether every element of a list that a place stands in is there.
fn has_its_lines(payload: &Value, pointer: &str) -> bool {
    let mut parents = pointer.match_indices('/').skip(1).map(|(end, _)| end);
    parents.all(|end| {
        let (parent, _) = pointer.split_at(end);
        let list = parent.rsplit_once('/').map_or("", |(list, _)| list);
        payload.pointer(parent).is_some() || !payload.pointer(list).is_some_and(Value::is_array)
    })
}

/// The rules that speak of an order only before or only after, each once, notes left out; whether it goes.
pub fn shifts<'a>(now: &'a [Finding], then: &'a [Finding]) -> Vec<(&'a Finding, bool)> {
    let mut shifts: Vec<(&Finding, bool)> = Vec::new();
    for (here, there, goes) in [(now, then, true), (then, now, false)] {
        for finding in here {
            let is_told = |other: &Finding| other.rule == finding.rule;
            if finding.severity != Severity::Info
                && !there.iter().any(is_told)
                && !shifts.iter().any(|(told, _)| is_told(told))
            {
                shifts.push((finding, goes));
            }
        }
    }
    shifts
}

/// A value as it is read: text without its quotes, nothing for nothing.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
