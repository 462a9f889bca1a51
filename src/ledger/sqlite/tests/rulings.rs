//! The operator's word about doubt.

use super::*;
use crate::ledger::{LedgerError, Ruling};

fn ruling(ordinal: Ordinal, arrived: bool) -> Ruling {
    Ruling {
        ordinal,
        arrived,
        note: Some("seen in their shop".to_owned()),
    }
}

#[test]
fn a_ruling_ends_doubt_and_is_kept_with_what_it_ended() {
    let mut desk = Desk::new();
    let run = desk.begin(3);
    let exchange = desk.send(run, &[0, 1]);
    desk.ledger
        .abandon_open_exchanges(run, "its process died")
        .unwrap();
    desk.ledger
        .record_rulings(run, &[ruling(0, true), ruling(1, false)])
        .unwrap();
    assert_eq!(desk.count(run, Outcome::Accepted), 1);
    assert_eq!(desk.count(run, Outcome::Pending), 2);
    assert!(desk.taken("#0").is_some());
    assert_eq!(desk.taken("#1"), None);

    let history = desk.ledger.history("#0").unwrap().remove(0);
    let reason = history.outcome.update.reason.unwrap();
    assert_eq!(
        reason,
        "it arrived, by the operator's word: seen in their shop"
    );
    let row = &history.rulings[0];
    assert_eq!(row.ruling, ruling(0, true));
    assert_eq!(row.exchange, Some(exchange));
    assert_eq!(row.doubt.as_deref(), Some("its process died"));
    // That it was decided not to have arrived is kept too, though the order is as if it had never been sent.
    let history = desk.ledger.history("#1").unwrap().remove(0);
    assert_eq!(history.outcome.update.outcome, Outcome::Pending);
    assert!(!history.rulings[0].ruling.arrived);
}

#[test]
fn only_doubt_can_be_ruled_on_and_all_or_nothing() {
    let mut desk = Desk::new();
    let run = desk.begin(3);
    desk.send(run, &[0]);
    desk.ledger.abandon_open_exchanges(run, "died").unwrap();
    desk.sent_with(run, &[1], Outcome::Rejected);
    for other in [1, 2] {
        let refused = desk
            .ledger
            .record_rulings(run, &[ruling(0, true), ruling(other, false)])
            .unwrap_err();
        assert!(
            matches!(&refused, LedgerError::Contradiction { order, .. } if *order == format!("#{other}")),
            "{refused}"
        );
        assert_eq!(desk.count(run, Outcome::InDoubt), 1);
        assert!(desk.ledger.history("#0").unwrap()[0].rulings.is_empty());
    }
}

#[test]
fn what_was_taken_or_refused_cannot_become_anything_else_in_its_run() {
    let mut desk = Desk::new();
    let run = desk.begin(2);
    desk.sent_with(run, &[0], Outcome::Accepted);
    desk.sent_with(run, &[1], Outcome::Rejected);
    for (ordinal, next) in [
        (0, Outcome::Pending),
        (0, Outcome::InDoubt),
        (1, Outcome::Imported),
    ] {
        let refused = desk
            .ledger
            .record_outcomes(run, &[OutcomeUpdate::new(ordinal, next)])
            .unwrap_err();
        assert!(
            matches!(refused, LedgerError::Contradiction { .. }),
            "{refused}"
        );
    }
    assert_eq!(desk.count(run, Outcome::Accepted), 1);
    assert_eq!(desk.count(run, Outcome::Rejected), 1);
}
