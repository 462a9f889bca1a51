//! How the orders of a plan travel together: the requests as they would leave, one after another.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Payloads, Plan};
use crate::finding::Finding;
use crate::ledger::Ordinal;
use crate::vendor::{Batch, BatchOrder, Limits};

/// Goes over the batches of a plan, within the vendor's limits, without sending anything.
pub struct Batches<'p> {
    plan: &'p Plan,
    payloads: Arc<dyn Payloads>,
    limits: Limits,
    queue: VecDeque<Ordinal>,
    /// What only the whole request shows to be wrong: those orders are held back.
    pub held_back: Vec<(String, Finding)>,
}

impl Plan {
    /// The batches that its orders are sent in.
    pub fn batches(&self) -> Batches<'_> {
        Batches {
            plan: self,
            payloads: self.payloads(),
            limits: self.limits(),
            queue: self.pending().into(),
            held_back: Vec::new(),
        }
    }
}

impl Batches<'_> {
    fn fill(&mut self) -> Result<Batch, String> {
        let mut orders: Vec<BatchOrder> = Vec::new();
        let mut bytes = 0;
        self.payloads.check()?;
        while orders.len() < self.limits.orders_per_request.max(1) {
            let Some(ordinal) = self.queue.front().copied() else {
                break;
            };
            let payload = self.payloads.payload(ordinal)?;
            bytes += payload.len() + 1;
            if bytes > self.limits.bytes_per_request && !orders.is_empty() {
                break;
            }
            self.queue.pop_front();
            let order = self.plan.orders.get(ordinal as usize);
            orders.push(BatchOrder {
                key: order.map_or_else(String::new, |order| order.entry.key.clone()),
                payload,
            });
        }
        Ok(Batch {
            operation: self.plan.target.operation,
            orders,
            mode: self.plan.mode.clone(),
        })
    }

    fn hold_back(&mut self, batch: &mut Batch) {
        let mut findings = self.plan.target.vendor.check_batch(batch);
        findings.retain(|(position, finding)| finding.blocks() && *position < batch.orders.len());
        findings.sort_by_key(|(position, _)| *position);
        findings.dedup_by_key(|(position, _)| *position);
        for (position, finding) in findings.into_iter().rev() {
            let order = batch.orders.remove(position);
            self.held_back.push((order.key, finding));
        }
    }
}

impl Iterator for Batches<'_> {
    /// The error says why nothing more can be sent: the file changed, or is gone.
    type Item = Result<Batch, String>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.queue.is_empty() {
            match self.fill() {
                Ok(mut batch) => {
                    self.hold_back(&mut batch);
                    if !batch.orders.is_empty() {
                        return Some(Ok(batch));
                    }
                }
                Err(reason) => {
                    self.queue.clear();
                    return Some(Err(reason));
                }
            }
        }
        None
    }
}
