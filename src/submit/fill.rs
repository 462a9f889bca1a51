//! Putting a batch together: the payloads within the limits, without what must not leave after all.

use super::run::{Runner, Work};
use crate::ledger::OutcomeUpdate;
use crate::order::outcome::Outcome;
use crate::vendor::{Batch, BatchOrder, Doubt};

impl Runner {
    /// Gets the payloads; what is over the limit in bytes goes back to the queue.
    pub(super) async fn fill(&mut self, mut work: Work) -> Result<(Work, Batch), String> {
        if let Err(reason) = self.feed.check() {
            self.put_back(work);
            return Err(reason);
        }
        let mut orders = Vec::with_capacity(work.ordinals.len());
        let mut bytes = 0;
        for (index, ordinal) in work.ordinals.iter().enumerate() {
            let payload = match self.feed.payload(*ordinal).await {
                Ok(payload) => payload,
                Err(reason) => {
                    self.put_back(work);
                    return Err(reason);
                }
            };
            bytes += payload.len() + 1;
            if bytes > self.limits.bytes_per_request && index > 0 {
                break;
            }
            orders.push(BatchOrder {
                key: self.key(*ordinal),
                payload,
            });
        }
        let rest = work.ordinals.split_off(orders.len());
        if !rest.is_empty() {
            let rest = Work {
                ordinals: rest,
                ..work.clone()
            };
            self.put_back(rest);
        }
        let batch = Batch {
            operation: self.job.operation,
            orders,
            mode: self.job.mode.clone(),
        };
        Ok((work, batch))
    }

    /// Takes out of a batch what an earlier process left in doubt and whose payload shows now that a second copy
    /// is for the operator to decide.
    pub(super) fn leave_in_doubt(&self, work: &mut Work, batch: &mut Batch) {
        if self.job.resent.is_empty() {
            return;
        }
        let (vendor, account) = (self.job.vendor, &self.job.account);
        let mut alone = Batch {
            operation: batch.operation,
            orders: Vec::new(),
            mode: batch.mode.clone(),
        };
        let mut leaves = Vec::with_capacity(work.ordinals.len());
        for (ordinal, order) in work.ordinals.iter().zip(&batch.orders) {
            alone.orders = vec![order.clone()];
            leaves.push(
                !self.job.resent.contains(ordinal)
                    || vendor.doubt(&alone, account) == Doubt::Resend,
            );
        }
        let mut kept = leaves.iter();
        work.ordinals.retain(|_| *kept.next().unwrap_or(&true));
        let mut kept = leaves.iter();
        batch.orders.retain(|_| *kept.next().unwrap_or(&true));
    }

    /// Takes out of a batch what only the whole request shows to be wrong, such as an id that an edit made
    /// equal to another one's.
    pub(super) async fn hold_back(&mut self, work: &mut Work, batch: &mut Batch) {
        let mut findings = self.job.vendor.check_batch(batch);
        findings.retain(|(position, finding)| finding.blocks() && *position < batch.orders.len());
        findings.sort_by_key(|(position, _)| *position);
        findings.dedup_by_key(|(position, _)| *position);
        let mut outcomes = Vec::with_capacity(findings.len());
        for (position, finding) in findings.into_iter().rev() {
            batch.orders.remove(position);
            let ordinal = work.ordinals.remove(position);
            outcomes.push(OutcomeUpdate {
                reason: Some(finding.message()),
                rule: Some(finding.rule.id.to_owned()),
                ..OutcomeUpdate::new(ordinal, Outcome::Blocked)
            });
        }
        self.record_outcomes(outcomes).await;
    }
}
