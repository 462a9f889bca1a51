//! One rule's fix in many orders: what it would set is found first, then made as one entry of the edit log.

use std::collections::HashSet;
use std::ops::ControlFlow;

use serde_json::Value;

use super::edits::EditError;
use super::{Deck, DeckOrder, Payload, Target, Unavailable};
use crate::finding::Rule;
use crate::ledger::Ledger;
use crate::order::edit::{Edit, EditTarget};
use crate::source::SourceError;
use crate::vendor::{PayloadChange, Scope, VendorRef};

/// An order has no more findings of a rule than this that are put right one after the other.
const ROUNDS: usize = 200;
/// Examples that a plan keeps.
const EXAMPLES: usize = 50;

/// Why orders can't be put right.
#[derive(Debug, thiserror::Error)]
pub enum FixError {
    /// The file can't be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The file's orders can't be this vendor's.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Somebody stopped it; nothing was changed.
    #[error("stopped; nothing was changed")]
    Stopped,
    /// Edits were made since the plan.
    #[error("the edits are others than when the fix was planned; plan it again")]
    Changed,
    /// The entry can't be kept, so nothing is changed.
    #[error(transparent)]
    Edit(#[from] EditError),
}

/// What a fix sets in one place.
#[derive(Debug, Clone, PartialEq)]
pub struct FixExample {
    /// The order's id.
    pub order: String,
    /// JSON pointer into the payload.
    pub pointer: String,
    /// What is there; null for nothing.
    pub before: Value,
    /// What will be there; null takes it away.
    pub after: Value,
}

/// An order that the fix doesn't put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfixed {
    /// Its place in the file.
    pub place: usize,
    /// Its id.
    pub order: String,
    /// Why not.
    pub why: String,
}

/// What the fix of a rule would change.
#[derive(Debug, Clone)]
pub struct FixPlan {
    /// The rule.
    pub rule: &'static Rule,
    /// The vendor whose payloads are changed.
    pub vendor: VendorRef,
    /// Orders that it puts right.
    pub fixed: u64,
    /// Orders with the finding that it doesn't put right.
    pub unfixed: Vec<Unfixed>,
    /// The first of what is set.
    pub examples: Vec<FixExample>,
    /// Different values that are set.
    pub values: u64,
    edits: Vec<Edit>,
    /// Entries of the edit log when it was planned.
    entries: usize,
}

impl FixPlan {
    /// Places that are changed.
    pub fn changes(&self) -> u64 {
        self.edits.len() as u64
    }

    /// The entry's words: `fix of KAM-04 in 312 orders for Kameleoon`.
    pub fn label(&self) -> String {
        let (rule, vendor) = (self.rule.id, self.vendor.title());
        let s = if self.fixed == 1 { "" } else { "s" };
        format!("fix of {rule} in {} order{s} for {vendor}", self.fixed)
    }
}

impl Deck {
    /// What the rule's fix would change in the orders at these places. `progress` gets how many were looked at and
    /// may stop it. Orders without the finding are passed over.
    pub fn plan_fix(
        &self,
        target: &Target,
        rule: &'static Rule,
        places: &[usize],
        progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<FixPlan, FixError> {
        let mut plan = FixPlan {
            rule,
            vendor: target.vendor,
            fixed: 0,
            unfixed: Vec::new(),
            examples: Vec::new(),
            values: 0,
            edits: Vec::new(),
            entries: self.edits.entries().len(),
        };
        let mut values = HashSet::new();
        for (done, place) in places.iter().enumerate() {
            if progress(done).is_break() {
                return Err(FixError::Stopped);
            }
            let order = self.order(*place)?;
            let id = order.order.id.clone();
            match self.fix_order(order, target, rule)? {
                Fixed::NotFound => {}
                Fixed::No(why) => plan.unfixed.push(Unfixed {
                    place: *place,
                    order: id,
                    why,
                }),
                Fixed::By(edits) => {
                    plan.fixed += 1;
                    for edit in &edits {
                        values.insert(blake3::hash(edit.after.to_string().as_bytes()));
                        if let EditTarget::Payload { pointer, .. } = &edit.target
                            && plan.examples.len() < EXAMPLES
                        {
                            plan.examples.push(FixExample {
                                order: id.clone(),
                                pointer: pointer.clone(),
                                before: edit.before.clone(),
                                after: edit.after.clone(),
                            });
                        }
                    }
                    plan.edits.extend(edits);
                }
            }
        }
        plan.values = values.len() as u64;
        Ok(plan)
    }

    /// Makes a planned fix, as one entry of the log: in the ledger first, then here.
    pub fn make_fix(&mut self, ledger: &mut dyn Ledger, plan: &FixPlan) -> Result<(), FixError> {
        if self.edits.entries().len() != plan.entries {
            return Err(FixError::Changed);
        }
        Ok(self.make(ledger, &plan.label(), plan.edits.clone())?)
    }

    /// Puts the rule's findings of an order right one after the other, as one key after the other would.
    fn fix_order(
        &self,
        mut order: DeckOrder,
        target: &Target,
        rule: &'static Rule,
    ) -> Result<Fixed, FixError> {
        let mut made: Vec<Edit> = Vec::new();
        for round in 0..ROUNDS {
            let payload = self.payload(&order, target)?;
            let Some((message, changes)) = next_fix(&order, &payload, target, rule) else {
                return Ok(if round == 0 {
                    Fixed::NotFound
                } else {
                    Fixed::By(made)
                });
            };
            let Some(changes) = changes else {
                return Ok(Fixed::No(message));
            };
            let before = made.clone();
            for change in &changes {
                let edit = Self::payload_edit(&order, target.vendor.name(), &payload.value, change);
                lay(&mut made, edit.clone());
                lay(&mut order.edits, edit);
            }
            if made == before {
                return Ok(Fixed::No(format!("its fix changes nothing: {message}")));
            }
        }
        Ok(Fixed::No("it has too many findings of the rule".to_owned()))
    }
}

/// What became of one order.
enum Fixed {
    /// It doesn't have the finding.
    NotFound,
    By(Vec<Edit>),
    No(String),
}

/// The first finding of the rule that one key puts right, else the first of the rule at all.
fn next_fix(
    order: &DeckOrder,
    payload: &Payload,
    target: &Target,
    rule: &Rule,
) -> Option<(String, Option<Vec<PayloadChange>>)> {
    let scope = Scope {
        operation: target.operation,
        account: &target.account,
        now: target.now,
    };
    let mut found = None;
    for finding in payload
        .findings
        .iter()
        .filter(|finding| finding.rule == rule)
    {
        let changes = target.vendor.fix(finding, &payload.value, &scope);
        let changes = changes.filter(|changes| !changes.is_empty());
        let is_fixed = changes.is_some();
        if is_fixed || found.is_none() {
            found = Some((order.message(finding), changes));
        }
        if is_fixed {
            break;
        }
    }
    found
}

/// One edit a place: the first `before`, the last `after`.
fn lay(edits: &mut Vec<Edit>, mut edit: Edit) {
    if let Some(at) = edits.iter().position(|other| other.target == edit.target) {
        edit.before = edits.remove(at).before;
    }
    edits.push(edit);
}
