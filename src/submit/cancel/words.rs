//! What is known of an order that is to be cancelled, in words that both fronts show.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{CancelBy, CancelOrder};
use crate::ledger::{Book, Known, RunName};
use crate::order::outcome::{Operation, Outcome};

impl CancelOrder {
    /// What the ledger knows of it at this account: last outcome, operation, run, when, the vendor's id.
    pub fn known(&self, now: Timestamp) -> String {
        self.known_in(now, TimeZone::system())
    }

    fn known_in(&self, now: Timestamp, zone: TimeZone) -> String {
        let Some(last) = &self.last else {
            return "never sent to this account from here: the vendor may or may not know it"
                .to_owned();
        };
        let run = RunName {
            book: self.book,
            id: last.run,
        };
        let at = last.at.to_zoned(zone).strftime("%Y-%m-%d %H:%M");
        let mut words = format!(
            "last at this account: {}, run {run}, {}, {at}, {}",
            last.operation,
            last.outcome.word(last.operation),
            ago(last.at, now)
        );
        if let Some(id) = &last.vendor_id {
            words = format!("{words}; the vendor's id {id}");
        }
        words
    }

    /// That the account took its cancellation, and nothing was sent of it since.
    pub fn cancelled_already(&self) -> Option<String> {
        cancelled_in(self.last.as_ref()?, self.book)
    }

    /// Whether more than its id is sent, which must come from somewhere.
    pub fn by_more_than_its_id(&self) -> bool {
        matches!(self.payload, Ok((CancelBy::File | CancelBy::Ledger, _)))
    }

    /// What is sent for it, where something can be.
    pub fn how(&self) -> Option<&'static str> {
        match self.payload {
            Ok((CancelBy::Id, _)) => Some("cancelled by its id"),
            Ok((CancelBy::File, _)) => Some("cancelled with the order of the file"),
            Ok((CancelBy::Ledger, _)) => Some("cancelled with what this account was sent before"),
            Err(_) => None,
        }
    }
}

/// In which run an order was cancelled, where that is the last thing that became of it.
pub fn cancelled_in(last: &Known, book: Book) -> Option<String> {
    let taken = last.operation == Operation::Cancel && last.outcome.is_taken();
    let run = RunName { book, id: last.run };
    taken.then(|| match last.outcome {
        Outcome::Imported => format!("cancelled in run {run}"),
        // The vendor hasn't said yet that it did so.
        outcome => format!("cancelled in run {run} ({outcome})"),
    })
}

/// How long ago that was, in one unit.
fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(at).as_secs().max(0);
    let (number, unit) = match seconds {
        0..60 => return "just now".to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{s} ago")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::RunId;

    #[test]
    fn what_is_known_is_said_with_its_time() {
        let at: Timestamp = "2026-03-02T15:04:00Z".parse().unwrap();
        let mut order = CancelOrder {
            key: "#1".to_owned(),
            payload: Err("no".to_owned()),
            book: Book::Work,
            worth: None,
            last: Some(Known {
                run: RunId(14),
                operation: Operation::Import,
                outcome: Outcome::Imported,
                payload_hash: None,
                source: String::new(),
                at,
                vendor_id: Some("ord_1".to_owned()),
                worth: None,
            }),
        };
        let known =
            |order: &CancelOrder, now: &str| order.known_in(now.parse().unwrap(), TimeZone::UTC);
        assert_eq!(
            known(&order, "2026-03-05T16:00:00Z"),
            "last at this account: import, run 14, imported, 2026-03-02 15:04, 3 days ago; the vendor's id ord_1"
        );
        assert!(known(&order, "2026-03-02T15:05:59Z").contains("1 minute ago"));
        assert!(known(&order, "2026-03-02T15:04:01Z").contains("just now"));
        order.last = None;
        assert!(known(&order, "2026-03-02T15:04:01Z").starts_with("never sent"));
    }
}
