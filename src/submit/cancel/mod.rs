//! Cancelling by id: an operator types ids, with or without a file loaded.

mod ids;
mod words;

pub use ids::Ids;
pub use words::cancelled_in;

use crate::deck::{Deck, Target};
use crate::finding::Finding;
use crate::ledger::{Book, Known, Ledger, LedgerError};
use crate::order::{Decimal, Order};
use crate::vendor::payload::{apply, encode};
use crate::vendor::{Cancelling, Encoded, Facts, Scope, Subject};

/// Where what is sent for a cancellation came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelBy {
    /// The id alone says it all.
    Id,
    /// The order of the loaded file.
    File,
    /// What this account was sent before, taken from the ledger.
    Ledger,
}

/// One order to be cancelled, and what is known of it.
#[derive(Debug, Clone)]
pub struct CancelOrder {
    /// Its key.
    pub key: String,
    /// What would be sent, or why nothing can be.
    pub payload: Result<(CancelBy, Encoded), String>,
    /// The last thing known of it at this account; `None` if it was never sent from here.
    pub last: Option<Known>,
    /// Its total with the currency, as the loaded file or the ledger has it.
    pub worth: Option<(Decimal, String)>,
    /// The ledger that knows it.
    pub book: Book,
}

/// Makes what would be sent to cancel these orders.
pub fn prepare(
    target: &Target,
    ids: &[String],
    deck: Option<&Deck>,
    ledger: Option<&dyn Ledger>,
) -> Result<Vec<CancelOrder>, LedgerError> {
    let keys: Vec<&str> = ids.iter().map(String::as_str).collect();
    let last = match ledger {
        Some(ledger) => ledger.last_known(&target.account.account, target.vendor.name(), &keys)?,
        None => vec![None; keys.len()],
    };
    let mut orders = Vec::with_capacity(ids.len());
    for (key, last) in ids.iter().zip(last) {
        orders.push(CancelOrder {
            key: key.clone(),
            payload: payload(target, key, deck, ledger)?,
            worth: worth(key, deck, last.as_ref()),
            last,
            book: super::book_of(target.account.environment),
        });
    }
    Ok(orders)
}

/// What an order is worth, by the file that is loaded, else by what the ledger knows of it.
fn worth(key: &str, deck: Option<&Deck>, last: Option<&Known>) -> Option<(Decimal, String)> {
    let loaded = deck.and_then(|deck| {
        let order = deck.order(deck.find(key)?).ok()?.order;
        let currency = order
            .currency
            .map_or_else(String::new, |it| it.code().to_owned());
        Some((order.total?, currency))
    });
    loaded.or_else(|| last?.worth.clone())
}

fn payload(
    target: &Target,
    key: &str,
    deck: Option<&Deck>,
    ledger: Option<&dyn Ledger>,
) -> Result<Result<(CancelBy, Encoded), String>, LedgerError> {
    let mut encoded = Encoded::default();
    match target.vendor.cancelling() {
        Cancelling::Impossible(why) => Ok(Err(why.to_owned())),
        Cancelling::ById => {
            let order = Order {
                id: key.to_owned(),
                ..Order::default()
            };
            let subject = Subject {
                order: &order,
                native: None,
                edits: &[],
            };
            encode(
                target.vendor,
                subject,
                &target.account,
                target.operation,
                target.now,
                &mut encoded,
            );
            Ok(Ok((CancelBy::Id, encoded)))
        }
        Cancelling::WholeOrder(lacking) => {
            if let Some(deck) = deck
                && let Some(place) = deck.find(key)
            {
                let made = deck.encode_at(place, target, &mut encoded);
                return Ok(match made {
                    Ok((_, Ok(()))) => Ok((CancelBy::File, encoded)),
                    Ok((_, Err(unavailable))) => Err(unavailable.to_string()),
                    Err(error) => Err(error.to_string()),
                });
            }
            let sent = match ledger {
                Some(ledger) => last_sent(target, key, ledger)?,
                None => LastSent::Nothing,
            };
            let mut value = match sent {
                LastSent::Payload(value) => value,
                LastSent::Nothing => return Ok(Err(lacking.to_owned())),
                LastSent::Removed(at) => {
                    let day = at.strftime("%Y-%m-%d");
                    return Ok(Err(format!(
                        "what this account was sent was removed by compact on {day}. {lacking}"
                    )));
                }
            };
            for change in target.vendor.cancellation(&value).unwrap_or_default() {
                apply(&mut value, &change);
            }
            // Writing to memory can't fail.
            let _ = serde_json::to_writer(&mut encoded.bytes, &value);
            encoded.facts = Facts::of_value(&value, target.vendor.table());
            let scope = Scope {
                operation: target.operation,
                account: &target.account,
                now: target.now,
            };
            target
                .vendor
                .check(&encoded.facts, &scope, &mut encoded.findings);
            Ok(Ok((CancelBy::Ledger, encoded)))
        }
    }
}

/// What the ledger knows of the payload that an account got last for an order.
enum LastSent {
    Payload(serde_json::Value),
    /// It was removed to make room. An older one would be another order.
    Removed(jiff::Timestamp),
    Nothing,
}

/// The payload that this account got last for an order, where a request carries one order.
fn last_sent(target: &Target, key: &str, ledger: &dyn Ledger) -> Result<LastSent, LedgerError> {
    for entry in ledger.history(key)?.into_iter().rev() {
        let run = &entry.run.decided;
        if run.account != target.account.account || run.vendor != target.vendor.name() {
            continue;
        }
        for exchange in entry.exchanges.iter().rev() {
            if exchange.order_count != 1 {
                continue;
            }
            if let Some(at) = exchange.compacted_at {
                return Ok(LastSent::Removed(at));
            }
            let exchange = ledger.exchange(exchange.id)?;
            if let Ok(value) = serde_json::from_slice(&exchange.intent.body) {
                return Ok(LastSent::Payload(value));
            }
        }
    }
    Ok(LastSent::Nothing)
}

/// What is written down with a cancellation: from where, and why.
pub fn choices(from: &str, reason: Option<&str>) -> serde_json::Value {
    serde_json::json!({ "from": from, "reason": reason })
}

/// The first thing that keeps a cancellation from being sent.
pub fn refusal(order: &CancelOrder) -> Option<String> {
    match &order.payload {
        Err(why) => Some(why.clone()),
        Ok((_, encoded)) => encoded
            .findings
            .iter()
            .find(|finding| finding.blocks())
            .map(Finding::message),
    }
}
