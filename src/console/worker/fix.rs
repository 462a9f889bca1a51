//! One rule's fix in many orders: whether there is one, and what it would change.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use super::file::{TOLD_EVERY, inspect};
use super::{Tell, Worker};
use crate::console::event::{Arrival, Ticket};
use crate::console::model::RuleExample;
use crate::deck::{Deck, FixError, Target};
use crate::finding::Rule;

impl Worker {
    /// Of each rule one order, with whether one key puts it right.
    pub(super) fn examples(
        &self,
        ticket: Ticket,
        deck: &Deck,
        target: &Target,
        rules: &[(&'static Rule, usize)],
        tell: Tell<'_>,
    ) {
        let mut examples = Vec::with_capacity(rules.len());
        for (rule, place) in rules {
            if Self::outdated(&self.plans, ticket) {
                return;
            }
            // What can't be read any more is told where its payload is.
            let Ok(inspection) = inspect(deck, *place, 0, target.clone()) else {
                continue;
            };
            let Ok(payload) = &inspection.payload else {
                continue;
            };
            let all = payload.findings.iter().zip(&inspection.fixable);
            let of_rule = all.filter(|(finding, _)| finding.rule == *rule);
            // One that can be fixed says more of the rule.
            let Some((finding, fixable)) = of_rule.max_by_key(|(_, fixable)| **fixable) else {
                continue;
            };
            examples.push(RuleExample {
                rule,
                order: inspection.order.order.id.clone(),
                message: inspection.order.message(finding),
                fixable: *fixable,
            });
        }
        tell(Arrival::Examples { ticket, examples });
    }

    pub(super) fn plan_fix(
        &self,
        ticket: Ticket,
        deck: &Deck,
        target: &Target,
        (rule, places): (&'static Rule, &[usize]),
        tell: Tell<'_>,
    ) {
        let mut told = Instant::now();
        let plan = deck.plan_fix(target, rule, places, &mut |done| {
            if Self::outdated(&self.plans, ticket) {
                return ControlFlow::Break(());
            }
            if told.elapsed() > TOLD_EVERY {
                told = Instant::now();
                tell(Arrival::FixPlanning { ticket, done });
            }
            ControlFlow::Continue(())
        });
        let plan = match plan {
            Err(FixError::Stopped) => return,
            plan => plan.map(Arc::new).map_err(|error| error.to_string()),
        };
        tell(Arrival::FixPlanned { ticket, plan });
    }
}
