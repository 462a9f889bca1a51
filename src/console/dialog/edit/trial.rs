//! What an edit would come to, before it is made: the vendor's rules on it, what would be sent, and which other
//! vendors' payloads change with it. The same checks as everywhere, on an order that nobody keeps.

use serde_json::Value;

use crate::console::widget::json::canonical;
use crate::deck::bulk::shifts;
use crate::deck::{Deck, DeckOrder, Target};
use crate::finding::{Finding, Severity};
use crate::order::Field;
use crate::order::edit::Edit;
use crate::vendor::Encoded;

/// What an edit would come to.
#[derive(Debug, Default)]
pub struct Trial {
    /// What is said about this very field, the gravest first.
    pub about: Vec<(Severity, String)>,
    /// Rules that no longer speak of the order.
    pub goes: Vec<&'static str>,
    /// Rules that begin to speak of it, elsewhere than at this field: with their words.
    pub comes: Vec<(Severity, String)>,
    /// Rules that hold the order back then.
    pub blocked_by: Vec<&'static str>,
    /// What stands in the payload then, as JSON; none where it isn't there.
    pub sent: Option<Value>,
    /// Other vendors whose payload changes, each with the rules that hold it back since.
    pub others: Vec<(&'static str, Vec<&'static str>)>,
}

/// What is tried.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The order as it is.
    pub order: &'a DeckOrder,
    /// The vendor in front.
    pub target: &'a Target,
    /// What is said of the order now.
    pub now: &'a [Finding],
    /// Where the field stands in the payload.
    pub pointer: &'a str,
    /// The field of the order, if it is that which is edited.
    pub field: Option<(Field, Option<usize>)>,
}

impl Trial {
    /// Tries edits of one order. `others` are the accounts of the other vendors.
    pub fn of(
        deck: &Deck,
        subject: &Subject<'_>,
        edits: &[Edit],
        others: &[Target],
    ) -> Result<Self, String> {
        let mut order = subject.order.clone();
        for edit in edits {
            order = order.with_edit(edit).map_err(|error| error.to_string())?;
        }
        let payload = deck
            .payload(&order, subject.target)
            .map_err(|error| error.to_string())?;
        let (about, rest): (Vec<&Finding>, Vec<&Finding>) = payload
            .findings
            .iter()
            .filter(|finding| finding.severity != Severity::Info)
            .partition(|finding| subject.is_about(finding));
        let words = |finding: &Finding| {
            let words = format!("{} {}", finding.rule.id, order.message(finding));
            (finding.severity, words)
        };
        let mut trial = Self {
            about: about.into_iter().map(words).collect(),
            sent: payload.value.pointer(subject.pointer).cloned(),
            blocked_by: blocking(&payload.findings),
            ..Self::default()
        };
        for (finding, goes) in shifts(subject.now, &payload.findings) {
            if goes {
                trial.goes.push(finding.rule.id);
            } else if rest.iter().any(|other| std::ptr::eq(*other, finding)) {
                trial.comes.push(words(finding));
            }
        }
        if subject.field.is_some() && !edits.is_empty() {
            trial.others = changed(deck, subject.order, &order, others);
        }
        Ok(trial)
    }
}

impl Subject<'_> {
    fn is_about(&self, finding: &Finding) -> bool {
        let is_field = self.field.is_some_and(|field| {
            !finding
                .rule
                .id
                .starts_with(self.target.vendor.rule_family())
                && canonical(&finding.target) == Some(field)
        });
        is_field
            || (!self.pointer.is_empty()
                && finding.target.pointer().as_deref() == Some(self.pointer))
    }
}

/// The vendors whose payload differs, with the rules that hold it back only since.
fn changed(
    deck: &Deck,
    now: &DeckOrder,
    then: &DeckOrder,
    others: &[Target],
) -> Vec<(&'static str, Vec<&'static str>)> {
    let (mut before, mut after) = (Encoded::default(), Encoded::default());
    let mut changed = Vec::new();
    for target in others {
        if deck.encode(now, target, &mut before).is_err()
            || deck.encode(then, target, &mut after).is_err()
        {
            continue;
        }
        let was = blocking(&before.findings);
        let mut is = blocking(&after.findings);
        is.retain(|rule| !was.contains(rule));
        if before.bytes != after.bytes || !is.is_empty() {
            changed.push((target.vendor.title(), is));
        }
    }
    changed
}

fn blocking(findings: &[Finding]) -> Vec<&'static str> {
    let mut rules: Vec<&'static str> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.blocks()) {
        if !rules.contains(&finding.rule.id) {
            rules.push(finding.rule.id);
        }
    }
    rules
}
