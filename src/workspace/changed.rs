//! What changed of an order: against the source by the operator's edits, and against what its account was sent last.

use jiff::Timestamp;

use super::payloads::{FieldChange, SentPayload, changes};
use super::{Workspace, WorkspaceError};
use crate::deck::{Deck, DeckOrder, Payload, Target, Unavailable};
use crate::ledger::{Ledger, RunName};
use crate::order::edit::{Edit, EditTarget};
use crate::order::field::Level;
use crate::source::SourceError;
use crate::vendor::Encoded;
use crate::vendor::payload::is_within;

/// What changed of an order's payload for one account.
#[derive(Debug, Clone, PartialEq)]
pub struct WhatChanged {
    /// The order's id.
    pub order: String,
    /// Against the source: what the edits made of its payload.
    pub source: Vec<Change>,
    /// Edits in force that don't show in this payload.
    pub elsewhere: Vec<Edit>,
    /// Against what was sent last.
    pub sent: AgainstSent,
}

/// One field that isn't what it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The field, what it was, what it is.
    pub field: FieldChange,
    /// The label of the edit that did it, if one did.
    pub by: Option<String>,
}

/// What would be sent now against what was sent last, by the same operation.
#[derive(Debug, Clone, PartialEq)]
pub enum AgainstSent {
    /// The account was never sent this order.
    Never,
    /// It was.
    Last {
        /// By which run.
        run: RunName,
        /// When that ended for the order.
        at: Timestamp,
        /// What came of it, in a word.
        outcome: String,
        /// What differs; none: the same would be sent. Else why that can't be told.
        changes: Result<Vec<Change>, String>,
    },
}

/// Why it can't be told.
#[derive(Debug, thiserror::Error)]
pub enum ChangedError {
    /// The order can't be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// It can't be this vendor's.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The ledger can't be read.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
}

impl Workspace {
    /// What changed of an order, by its place in the file.
    pub fn what_changed(
        &self,
        deck: &Deck,
        place: usize,
        target: &Target,
    ) -> Result<WhatChanged, ChangedError> {
        let order = deck.order(place)?;
        let bare = deck.clone().without_edits();
        let was = deck.payload(&bare.order(place)?, target)?;
        let is = deck.payload(&order, target)?;
        let by = Behind {
            deck,
            order: &order,
            target,
            payloads: [&was, &is],
        };
        let source = by.told(changes(&was.value, &is.value));
        let shown: Vec<&Edit> = source
            .iter()
            .flat_map(|change| by.edits(&change.field.pointer))
            .collect();
        let elsewhere = order.edits.iter().filter(|edit| !shown.contains(edit));
        Ok(WhatChanged {
            order: order.order.id.clone(),
            elsewhere: elsewhere.cloned().collect(),
            sent: self.against_sent(&by, &is)?,
            source,
        })
    }

    fn against_sent(&self, by: &Behind<'_>, is: &Payload) -> Result<AgainstSent, ChangedError> {
        let (target, key) = (by.target, &by.order.order.id);
        let book = Self::book(&target.account);
        let Some(ledger) = self.existing_ledger(book)? else {
            return Ok(AgainstSent::Never);
        };
        let history = ledger.history(key).map_err(WorkspaceError::from)?;
        for entry in history.into_iter().rev() {
            let decided = &entry.run.decided;
            if decided.vendor != target.vendor.name()
                || decided.account != target.account.account
                || decided.operation != target.operation
            {
                continue;
            }
            let changes = match SentPayload::of(&ledger, &entry).map_err(WorkspaceError::from)? {
                SentPayload::NotSent => continue,
                _ if entry.payload_hash == by.hash()? => Ok(Vec::new()),
                SentPayload::Text(was) => Ok(by.told(changes(&was, &is.value))),
                SentPayload::Removed(at) => Err(format!(
                    "its text was removed by compact on {}",
                    at.strftime("%Y-%m-%d")
                )),
                SentPayload::Hidden => Err("it can't be told apart in its request".to_owned()),
            };
            return Ok(AgainstSent::Last {
                run: RunName {
                    book,
                    id: entry.run.id,
                },
                at: entry.outcome.at,
                outcome: entry.outcome.update.outcome.to_string(),
                changes,
            });
        }
        Ok(AgainstSent::Never)
    }
}

/// Finds the edit behind a change.
struct Behind<'a> {
    deck: &'a Deck,
    order: &'a DeckOrder,
    target: &'a Target,
    /// As the source has it, and as it is.
    payloads: [&'a Payload; 2],
}

impl Behind<'_> {
    fn told(&self, fields: Vec<FieldChange>) -> Vec<Change> {
        let told = fields.into_iter().map(|field| Change {
            by: self.label(&field.pointer),
            field,
        });
        told.collect()
    }

    /// The edits in force that a place's value may come from.
    fn edits(&self, pointer: &str) -> impl Iterator<Item = &Edit> {
        let item = pointer.split('/').find_map(|part| part.parse().ok());
        let fields: Vec<_> = self
            .payloads
            .iter()
            .flat_map(|payload| payload.places())
            .filter(|(place, _)| is_within(place, pointer))
            .flat_map(|(_, fields)| fields)
            .collect();
        let vendor = self.target.vendor.name();
        let pointer = pointer.to_owned();
        self.order
            .edits
            .iter()
            .filter(move |edit| match &edit.target {
                EditTarget::Excluded => false,
                EditTarget::Payload {
                    vendor: name,
                    pointer: place,
                } => name == vendor && (is_within(place, &pointer) || is_within(&pointer, place)),
                EditTarget::Order { field, item: index } => fields.iter().any(|known| {
                    known.name() == field
                        && (known.level() == Level::Order
                            || item == index.map(|index| index as usize))
                }),
            })
    }

    /// The label of the newest entry that made one of them.
    fn label(&self, pointer: &str) -> Option<String> {
        let edits: Vec<&Edit> = self.edits(pointer).collect();
        let made = |edit: &Edit| {
            edits
                .iter()
                .any(|known| known.order == edit.order && known.target == edit.target)
        };
        let mut entries = self.deck.edits().entries().iter().rev();
        entries
            .find(|entry| entry.edits.iter().any(made))
            .map(|entry| entry.label.clone())
    }

    /// Hash of what would be sent now.
    fn hash(&self) -> Result<[u8; 16], Unavailable> {
        let mut encoded = Encoded::default();
        self.deck.encode(self.order, self.target, &mut encoded)?;
        Ok(encoded.hash())
    }
}
