//! Taking up a run that was stopped or whose process died: jobs are watched again by their id, doubt is
//! settled by the vendor's policy, and only what certainly was not taken is sent.

use std::collections::HashSet;
use std::sync::Arc;

use super::jobs::OpenJob;
use super::plan::deck_payloads;
use super::settle::{About, OpenDoubt};
use super::start::{Rest, Seat, Started, spawn};
use super::{Payloads, ReadyPayloads, SubmitError};
use crate::deck::{Deck, Target};
use crate::ledger::{
    Exchange, Frozen, Ledger, ManifestEntry, Ordinal, OutcomeUpdate, Run, RunId, RunState,
};
use crate::order::outcome::Outcome;
use crate::vendor::{Batch, BatchOrder, Credentials, Doubt};

/// Where the payloads of a resumed run come from.
pub enum Again<'a> {
    /// The file that the run was decided on, opened again.
    Deck(&'a Deck),
    /// Payloads made again from what was typed in, by ordinal.
    Ready(Vec<Vec<u8>>),
    /// None can be had; the text says why. Enough where nothing has to be sent.
    Nothing(String),
}

/// What a resumed run would do, before it does it.
pub struct Resumption {
    run: Run,
    manifest: Vec<ManifestEntry>,
    rest: Rest,
    back_to_pending: Vec<OutcomeUpdate>,
    target: Target,
    mode: Option<String>,
}

impl Resumption {
    /// Finds out what is left to do of a run. The seat must have been taken, so that no other sender lives.
    pub fn find(seat: &Seat, run: RunId, target: &Target) -> Result<Self, SubmitError> {
        let ledger = seat.ledger();
        let run = ledger.run(run)?;
        let manifest = ledger.manifest(run.id)?;
        let rows = ledger.outcomes(run.id, &[])?;
        let mode = serde_json::from_str::<serde_json::Value>(&run.decided.frozen.choices)
            .ok()
            .and_then(|choices| choices.get("mode")?.as_str().map(str::to_owned));
        let mut found = Self {
            run,
            manifest,
            rest: Rest::default(),
            back_to_pending: Vec::new(),
            target: target.clone(),
            mode,
        };
        let with_row: HashSet<Ordinal> = rows.iter().map(|row| row.update.ordinal).collect();
        found.rest.pending = (0..found.manifest.len() as Ordinal)
            .filter(|ordinal| !with_row.contains(ordinal))
            .collect();
        let of = |outcome: Outcome| -> HashSet<Ordinal> {
            rows.iter()
                .filter(|row| row.update.outcome == outcome)
                .map(|row| row.update.ordinal)
                .collect()
        };
        found.find_jobs(ledger, &of(Outcome::Queued))?;
        found.find_doubts(ledger, of(Outcome::InDoubt))?;
        Ok(found)
    }

    /// Whether anything is left to do.
    pub fn is_empty(&self) -> bool {
        self.rest.pending.is_empty() && self.rest.jobs.is_empty() && self.rest.doubts.is_empty()
    }

    /// How many orders would be sent, how many jobs watched, how many requests settled by asking.
    pub fn counts(&self) -> (usize, usize, usize) {
        (
            self.rest.pending.len(),
            self.rest.jobs.len(),
            self.rest.doubts.len(),
        )
    }

    /// What the run was decided on.
    pub fn frozen(&self) -> &Frozen {
        &self.run.decided.frozen
    }

    /// Keys of all its orders, by ordinal.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.manifest.iter().map(|entry| entry.key.as_str())
    }

    /// Goes on with the run. Must be called inside a tokio runtime.
    pub fn start(
        mut self,
        mut seat: Seat,
        again: Again<'_>,
        credentials: Credentials,
        wait_for_jobs: bool,
    ) -> Result<Started, SubmitError> {
        let payloads = self.payloads(again)?;
        for doubt in &mut self.rest.doubts {
            for (order, ordinal) in doubt.batch.orders.iter_mut().zip(&doubt.ordinals) {
                order.payload = payloads.payload(*ordinal).unwrap_or_default();
            }
        }
        let id = self.run.id;
        if !self.back_to_pending.is_empty() {
            seat.ledger_mut()
                .record_outcomes(id, &self.back_to_pending)?;
        }
        seat.ledger_mut()
            .set_run_state(id, RunState::Running, None)?;
        let keys = self.manifest.into_iter().map(|entry| entry.key).collect();
        spawn(
            seat,
            id,
            &self.target,
            self.mode,
            keys,
            payloads,
            self.rest,
            credentials,
            wait_for_jobs,
        )
    }

    /// The payloads, if they are still what the run was decided on.
    fn payloads(&self, again: Again<'_>) -> Result<Arc<dyn Payloads>, SubmitError> {
        let nothing_to_send = self.rest.pending.is_empty();
        let mismatch = |changed: &str| SubmitError::Mismatch {
            run: self.run.id.0,
            changed: changed.to_owned(),
        };
        match again {
            Again::Nothing(_) if nothing_to_send => Ok(Arc::new(ReadyPayloads::default())),
            Again::Nothing(why) => Err(SubmitError::Refused(why)),
            Again::Ready(payloads) => {
                for (entry, payload) in self.manifest.iter().zip(&payloads) {
                    let hash = blake3::hash(payload);
                    if hash.as_bytes()[..16] != entry.payload_hash && !nothing_to_send {
                        return Err(mismatch(&format!("the payload of {}", entry.key)));
                    }
                }
                Ok(Arc::new(ReadyPayloads(payloads)))
            }
            Again::Deck(deck) => {
                let frozen = self.frozen();
                let changed = if deck.index().fingerprint() != frozen.source_fingerprint {
                    Some("the source file")
                } else if deck.mapping_fingerprint() != frozen.mapping {
                    Some("the mapping")
                } else if self.target.account.frozen() != frozen.settings {
                    Some("the profile's settings")
                } else if deck.edits_fingerprint() != frozen.edits {
                    Some("an edit")
                } else {
                    None
                };
                match changed {
                    Some(_) if nothing_to_send => Ok(Arc::new(ReadyPayloads::default())),
                    Some(changed) => Err(mismatch(changed)),
                    None => {
                        let keys: Vec<&str> = self.keys().collect();
                        let orders = deck
                            .find_all(&keys)
                            .into_iter()
                            .zip(&self.manifest)
                            .map(|(place, entry)| (place.unwrap_or(usize::MAX), entry.payload_hash))
                            .collect();
                        Ok(deck_payloads(deck, &self.target, orders))
                    }
                }
            }
        }
    }

    fn find_jobs(
        &mut self,
        ledger: &dyn Ledger,
        queued: &HashSet<Ordinal>,
    ) -> Result<(), SubmitError> {
        for row in ledger.jobs(Some(self.run.id))? {
            let exchange = ledger.exchange(row.exchange)?;
            let ordinals = among(&exchange, queued);
            if !ordinals.is_empty() {
                self.rest.jobs.push(OpenJob {
                    state: row.job,
                    exchange: exchange.id,
                    sent_at: exchange.sent_at,
                    batch: self.batch(&ordinals),
                    ordinals,
                });
            }
        }
        Ok(())
    }

    fn find_doubts(
        &mut self,
        ledger: &dyn Ledger,
        mut doubtful: HashSet<Ordinal>,
    ) -> Result<(), SubmitError> {
        // Newest first: an order's doubt is about the last request that it was in.
        for exchange in self.exchanges(ledger)? {
            let ordinals = among(&exchange, &doubtful);
            if ordinals.is_empty() {
                continue;
            }
            for ordinal in &ordinals {
                doubtful.remove(ordinal);
            }
            let batch = self.batch(&ordinals);
            match self.target.vendor.doubt(&batch, &self.target.account) {
                Doubt::AskOperator => {}
                Doubt::AskVendor => self.rest.doubts.push(OpenDoubt {
                    exchange: exchange.id,
                    sent_at: exchange.sent_at,
                    ordinals,
                    batch,
                    about: match exchange.job {
                        Some(_) => About::Job(None),
                        None => About::Request,
                    },
                }),
                Doubt::Resend => {
                    for ordinal in ordinals {
                        self.back_to_pending
                            .push(OutcomeUpdate::new(ordinal, Outcome::Pending));
                        self.rest.pending.push(ordinal);
                    }
                }
            }
        }
        self.rest.pending.sort_unstable();
        Ok(())
    }

    /// Every exchange of the run that carried orders, newest first, with its ordinals.
    fn exchanges(&self, ledger: &dyn Ledger) -> Result<Vec<Exchange>, SubmitError> {
        let (mut found, mut before) = (Vec::new(), None);
        loop {
            let page = ledger.exchanges(Some(self.run.id), before, 500)?;
            let Some(last) = page.last() else {
                return Ok(found);
            };
            before = Some(last.id);
            for exchange in page {
                if exchange.order_count > 0 {
                    found.push(ledger.exchange(exchange.id)?);
                }
            }
        }
    }

    fn batch(&self, ordinals: &[Ordinal]) -> Batch {
        Batch {
            operation: self.target.operation,
            orders: ordinals
                .iter()
                .map(|ordinal| BatchOrder {
                    key: self
                        .manifest
                        .get(*ordinal as usize)
                        .map(|entry| entry.key.clone())
                        .unwrap_or_default(),
                    payload: Vec::new(),
                })
                .collect(),
            mode: self.mode.clone(),
        }
    }
}

fn among(exchange: &Exchange, wanted: &HashSet<Ordinal>) -> Vec<Ordinal> {
    exchange
        .intent
        .orders
        .iter()
        .copied()
        .filter(|ordinal| wanted.contains(ordinal))
        .collect()
}
