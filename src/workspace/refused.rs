//! The vendor's last word on an order, as long as it is about the payload as it is now.

use super::{Workspace, WorkspaceError};
use crate::deck::Target;
use crate::ledger::Ledger;
use crate::order::outcome::Outcome;

impl Workspace {
    /// Why the account refused this very payload, if that is the last that is known of the order there, and the order
    /// was alone in its request: what an answer says of several names none of them.
    pub fn refused_alone(
        &self,
        target: &Target,
        key: &str,
        payload_hash: [u8; 16],
    ) -> Result<Option<String>, WorkspaceError> {
        let account = &target.account;
        let book = Self::book(account);
        let Some(ledger) = self.existing_ledger(book)? else {
            return Ok(None);
        };
        let vendor = target.vendor.name();
        // The quick question first: most orders were never refused.
        let last = ledger.last_outcomes(&account.account, vendor, &[key])?;
        if last.first() != Some(&Some(Outcome::Rejected)) {
            return Ok(None);
        }
        let history = ledger.history(key)?;
        let last = history.into_iter().rev().find(|entry| {
            let decided = &entry.run.decided;
            decided.vendor == vendor
                && decided.account == account.account
                && decided.operation == target.operation
                && entry.outcome.update.outcome == Outcome::Rejected
        });
        Ok(last.and_then(|entry| {
            let exchange = entry.outcome.update.exchange;
            let alone = entry
                .exchanges
                .iter()
                .any(|one| Some(one.id) == exchange && one.order_count == 1);
            if !alone || entry.payload_hash != payload_hash {
                return None;
            }
            entry.outcome.update.reason
        }))
    }
}
