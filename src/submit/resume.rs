//! Taking up a run that was stopped or whose process died: jobs are watched again by their id, doubt is
//! settled by the vendor's policy, and only what certainly was not taken is sent.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::crash::point;
use super::jobs::{OpenJob, VANISHED};
use super::plan::deck_payloads;
use super::settle::{About, OpenDoubt};
use super::start::{Rest, Seat, Started, spawn};
use super::{Payloads, ReadyPayloads, SubmitError};
use crate::deck::{Deck, Target};
use crate::ledger::{
    ExchangeId, Frozen, Ledger, ManifestEntry, NewRun, Ordinal, OutcomeRow, OutcomeUpdate, Run,
    RunId, RunName, RunState, Taken,
};
use crate::order::outcome::Outcome;
use crate::vendor::{Batch, BatchOrder, Credentials, Doubt, Encoded};

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
    /// Orders that another run took or left in doubt since: they are left alone.
    decided_since: Vec<OutcomeUpdate>,
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
            decided_since: Vec::new(),
            target: target.clone(),
            mode,
        };
        let with_row: HashSet<Ordinal> = rows.iter().map(|row| row.update.ordinal).collect();
        found.rest.pending = (0..found.manifest.len() as Ordinal)
            .filter(|ordinal| !with_row.contains(ordinal))
            .collect();
        // A job that was given up may have come to its end since: it settles the doubt that it left.
        let open: HashSet<ExchangeId> = ledger
            .jobs(Some(found.run.id))?
            .into_iter()
            .filter(|row| !row.job.finished)
            .map(|row| row.exchange)
            .collect();
        let (in_jobs, rows): (Vec<_>, Vec<_>) =
            rows.into_iter()
                .partition(|OutcomeRow { update, .. }| match update.outcome {
                    Outcome::Queued => true,
                    Outcome::InDoubt => update.exchange.is_some_and(|it| open.contains(&it)),
                    _ => false,
                });
        let in_jobs = in_jobs.iter().map(|row| row.update.ordinal).collect();
        found.find_jobs(ledger, in_jobs)?;
        found.find_doubts(ledger, &rows)?;
        found.leave_alone(ledger)?;
        Ok(found)
    }

    /// Whether anything is left to do.
    pub fn is_empty(&self) -> bool {
        self.rest.pending.is_empty()
            && self.rest.jobs.is_empty()
            && self.rest.doubts.is_empty()
            && self.decided_since.is_empty()
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
        // What was sent is compared with what the vendor has. Where it can't be had, the operator compares.
        let jobs = self.rest.jobs.iter_mut();
        let doubts = self.rest.doubts.iter_mut();
        let batches = jobs
            .map(|job| (&mut job.batch, &job.ordinals))
            .chain(doubts.map(|doubt| (&mut doubt.batch, &doubt.ordinals)));
        for (batch, ordinals) in batches {
            for (order, ordinal) in batch.orders.iter_mut().zip(ordinals) {
                order.payload = payloads.payload(*ordinal).unwrap_or_default();
            }
        }
        let id = self.run.id;
        if !self.decided_since.is_empty() {
            seat.ledger_mut().record_outcomes(id, &self.decided_since)?;
        }
        seat.ledger_mut()
            .set_run_state(id, RunState::Running, None)?;
        point("run-resumed");
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
            run: self.name_of(self.run.id),
            changed: changed.to_owned(),
        };
        match again {
            Again::Nothing(_) if nothing_to_send => Ok(Arc::new(ReadyPayloads::default())),
            Again::Nothing(why) => Err(SubmitError::Refused(why)),
            Again::Ready(payloads) => {
                let payload = |ordinal: Ordinal| payloads.get(ordinal as usize);
                for ordinal in &self.rest.pending {
                    let Some(entry) = self.manifest.get(*ordinal as usize) else {
                        continue;
                    };
                    let hash = payload(*ordinal).map(|payload| blake3::hash(payload));
                    if hash.is_none_or(|hash| hash.as_bytes()[..16] != entry.payload_hash) {
                        return Err(mismatch(&format!("the payload of {}", entry.key)));
                    }
                }
                Ok(Arc::new(ReadyPayloads(payloads)))
            }
            Again::Deck(deck) => {
                let frozen = self.frozen();
                let changed = if deck.index().fingerprint() != frozen.source_fingerprint {
                    Some("the source file")
                } else if let Some(changed) = deck.changed_mapping(&frozen.mapping) {
                    Some(changed)
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
                    None => Ok(deck_payloads(deck, &self.target, self.places(deck))),
                }
            }
        }
    }

    /// Each order's place in the file, with what was decided on.
    fn places(&self, deck: &Deck) -> Vec<(usize, [u8; 16])> {
        let keys: Vec<&str> = self.keys().collect();
        let mut places: Vec<_> = deck
            .find_all(&keys)
            .into_iter()
            .zip(&self.manifest)
            .map(|(place, entry)| (place.unwrap_or(usize::MAX), entry.payload_hash))
            .collect();
        let renamed = deck.renamed();
        let mut encoded = Encoded::default();
        let mut is_meant = |place: usize, hash: [u8; 16]| {
            let available = deck.encode_at(place, &self.target, &mut encoded);
            available.is_ok_and(|(_, available)| available.is_ok()) && encoded.hash() == hash
        };
        for ((place, hash), key) in places.iter_mut().zip(keys) {
            // An id that stands for two orders of the file: the payload tells which one was meant.
            if let Some(others) = renamed.get(key)
                && !is_meant(*place, *hash)
                && let Some(meant) = others.iter().find(|other| is_meant(**other, *hash))
            {
                *place = *meant;
            }
        }
        places
    }

    fn find_jobs(
        &mut self,
        ledger: &dyn Ledger,
        mut in_jobs: HashSet<Ordinal>,
    ) -> Result<(), SubmitError> {
        // Newest first: an order that was sent again is in the last job that it was in.
        for row in ledger.jobs(Some(self.run.id))? {
            if in_jobs.is_empty() {
                break;
            }
            let exchange = ledger.exchange(row.exchange)?;
            let mut ordinals = exchange.intent.orders;
            ordinals.retain(|ordinal| in_jobs.remove(ordinal));
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

    /// The doubts by the exchange that left them.
    fn find_doubts(&mut self, ledger: &dyn Ledger, rows: &[OutcomeRow]) -> Result<(), SubmitError> {
        let mut by_exchange: BTreeMap<ExchangeId, Vec<Ordinal>> = BTreeMap::new();
        for row in rows {
            if let (Outcome::InDoubt, Some(exchange)) = (row.update.outcome, row.update.exchange) {
                let ordinals = by_exchange.entry(exchange).or_default();
                ordinals.push(row.update.ordinal);
            }
        }
        let jobs = ledger.jobs(Some(self.run.id))?;
        for (exchange, ordinals) in by_exchange {
            let batch = self.batch(&ordinals);
            match self.target.vendor.doubt(&batch, &self.target.account) {
                Doubt::AskOperator => {}
                Doubt::AskVendor => {
                    let exchange = ledger.exchange(exchange)?;
                    self.rest.doubts.push(OpenDoubt {
                        exchange: exchange.id,
                        sent_at: exchange.sent_at,
                        ordinals,
                        batch,
                        about: match jobs.iter().find(|row| row.exchange == exchange.id) {
                            None => About::Request,
                            Some(row) if row.job.status == VANISHED => About::Vanished,
                            Some(row) => About::Job(row.job.message.clone()),
                        },
                        attempt: 0,
                    });
                }
                // They stay in doubt until an answer says what became of them.
                Doubt::Resend => {
                    self.rest.resent.extend_from_slice(&ordinals);
                    self.rest.pending.extend(ordinals);
                }
            }
        }
        self.rest.pending.sort_unstable();
        Ok(())
    }

    /// What people call a run of this ledger.
    fn name_of(&self, id: RunId) -> RunName {
        RunName {
            book: super::book_of(self.target.account.environment),
            id,
        }
    }

    /// Takes out of what is to be sent whatever another run took or left in doubt since this one was decided: a
    /// later run, or an earlier one that was taken up again. What is in doubt here is not asked for then either:
    /// an answer could only tell of the other run's copy, and one that says no would send a third.
    fn leave_alone(&mut self, ledger: &dyn Ledger) -> Result<(), SubmitError> {
        let NewRun {
            account,
            vendor,
            operation,
            ..
        } = &self.run.decided;
        let doubts = self.rest.doubts.iter();
        let doubtful: HashSet<Ordinal> = doubts
            .flat_map(|doubt| doubt.ordinals.iter().copied())
            .collect();
        let key = |ordinal: &Ordinal| {
            let entry = self.manifest.get(*ordinal as usize);
            entry.map_or("", |entry| entry.key.as_str())
        };
        let meant: Vec<Ordinal> = self.rest.pending.iter().chain(&doubtful).copied().collect();
        let keys: Vec<&str> = meant.iter().map(key).collect();
        let taken = ledger.taken(account, vendor, *operation, &keys)?;
        let mut left: HashSet<Ordinal> = HashSet::new();
        let mut decided = Vec::new();
        for (ordinal, taken) in meant.iter().zip(taken) {
            let Some(taken) = taken.filter(|taken| self.is_since(taken)) else {
                continue;
            };
            left.insert(*ordinal);
            let other = self.name_of(taken.run);
            let (outcome, reason) = if taken.outcome != Outcome::InDoubt {
                let reason = format!("run {other} took it since this run was stopped");
                (Outcome::Skipped, reason)
            } else if doubtful.contains(ordinal) {
                // In doubt it stays here as well.
                continue;
            } else {
                let reason = format!("it is in doubt in run {other}, which sent it since");
                (Outcome::Blocked, reason)
            };
            decided.push(OutcomeUpdate {
                reason: Some(reason),
                ..OutcomeUpdate::new(*ordinal, outcome)
            });
        }
        self.rest.pending.retain(|ordinal| !left.contains(ordinal));
        for doubt in &mut self.rest.doubts {
            doubt.leave_out(&left);
        }
        self.rest.doubts.retain(|doubt| !doubt.ordinals.is_empty());
        self.decided_since = decided;
        Ok(())
    }

    /// Whether another run has told that of an order since this one was decided.
    fn is_since(&self, taken: &Taken) -> bool {
        let run = &self.run;
        taken.run > run.id || (taken.run < run.id && taken.at >= run.started_at)
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
