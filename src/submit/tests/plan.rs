//! What goes, what is left out and why.

use super::*;
use crate::deck::{DeckOrder, Filter};
use crate::order::Field;
use crate::submit::Fate;
use crate::vendor::Encoded;

fn edit(bench: &mut Bench, place: usize, field: Field, text: &str) {
    let order: DeckOrder = bench.deck.order(place).unwrap();
    let edit = Deck::field_edit(&order, field, None, text).unwrap();
    let mut ledger = bench.workspace.ledger(Book::Work).unwrap();
    bench.deck.make(&mut ledger, "test", vec![edit]).unwrap();
}

#[tokio::test]
async fn a_pilot_takes_the_first_orders_only() {
    let bench = Bench::new(5).await;
    let target = bench.target("kameleoon", Operation::Import);
    let plan = bench.plan(
        &target,
        &Selection {
            limit: Some(2),
            ..Selection::default()
        },
    );
    assert_eq!(plan.to_send.orders, 2);
    assert_eq!(plan.to_send.totals["EUR"].to_string(), "70.00");
}

#[tokio::test]
async fn progress_counts_orders_not_stretches_of_the_file() {
    let bench = Bench::new(600).await;
    let target = bench.target("kameleoon", Operation::Import);
    let mut told = Vec::new();
    let mut progress = |done| {
        told.push(done);
        ControlFlow::Continue(())
    };
    let selection = Selection::default();
    Plan::of_deck(&bench.deck, &target, &selection, None, &mut progress).unwrap();
    assert!(told.is_sorted());
    // Fewer are left behind the last of them than one stretch has.
    assert!(told.last().is_some_and(|done| (300..600).contains(done)));
}

#[tokio::test]
async fn errors_hold_an_order_back_and_edits_let_it_go() {
    let mut bench = Bench::new(3).await;
    edit(&mut bench, 1, Field::CustomerEmail, "nobody");
    let target = bench.target("voucherify", Operation::Import);
    let plan = bench.plan(&target, &Selection::default());
    assert_eq!(plan.to_send.orders, 2);
    assert_eq!(plan.blocked_by["VOU-12"], 1);
    edit(&mut bench, 1, Field::CustomerEmail, "ada@example.com");
    let plan = bench.plan(&target, &Selection::default());
    assert_eq!(plan.to_send.orders, 3);
}

#[tokio::test]
async fn two_orders_that_an_edit_gave_one_id_are_not_both_sent() {
    for (vendor, rule) in [
        ("kameleoon", "KAM-12"),
        ("voucherify", "VOU-10"),
        ("project-agora", "PAC-11"),
        ("kibo", "KIB-14"),
    ] {
        let mut bench = Bench::new(3).await;
        edit(&mut bench, 1, Field::Id, "#1001");
        let target = bench.target(vendor, Operation::Import);
        let plan = bench.plan(&target, &Selection::default());
        assert_eq!(plan.to_send.orders, 2, "{vendor}");
        assert_eq!(plan.blocked_by[rule], 1, "{vendor}");
    }
}

#[tokio::test]
async fn a_filter_and_ids_choose() {
    let bench = Bench::new(4).await;
    let target = bench.target("kameleoon", Operation::Import);
    let by_filter = Selection {
        filter: Filter::parse("#1003").unwrap(),
        ..Selection::default()
    };
    assert_eq!(bench.plan(&target, &by_filter).meant.orders, 1);
    let by_id = Selection {
        ids: vec!["#1002".into(), "#1004".into()],
        ..Selection::default()
    };
    let plan = bench.plan(&target, &by_id);
    let keys: Vec<_> = plan.orders.iter().map(|o| o.entry.key.as_str()).collect();
    assert_eq!(keys, ["#1002", "#1004"]);
}

#[tokio::test]
async fn what_the_operator_left_out_stays_out() {
    let mut bench = Bench::new(2).await;
    let order = bench.deck.order(0).unwrap();
    let mut ledger = bench.workspace.ledger(Book::Work).unwrap();
    let exclusion = Deck::exclusion_edit(&order, true);
    bench
        .deck
        .make(&mut ledger, "leave out", vec![exclusion])
        .unwrap();
    let target = bench.target("kameleoon", Operation::Import);
    let plan = bench.plan(&target, &Selection::default());
    assert_eq!(plan.count(|fate| matches!(fate, Fate::Excluded(_))), 1);
    bench.deck.undo(&mut ledger).unwrap();
    let plan = bench.plan(&target, &Selection::default());
    assert_eq!(plan.to_send.orders, 2);
}

#[tokio::test]
async fn edits_come_back_with_the_file_and_the_file_stays_as_it_was() {
    let mut bench = Bench::new(2).await;
    let before = std::fs::read(bench.file()).unwrap();
    edit(&mut bench, 0, Field::CustomerEmail, "new@example.com");
    let again = bench
        .workspace
        .open_deck(&bench.file(), None, &mut |_| ControlFlow::Continue(()))
        .unwrap();
    let mut encoded = Encoded::default();
    let target = bench.target("voucherify", Operation::Import);
    again
        .encode_at(0, &target, &mut encoded)
        .unwrap()
        .1
        .unwrap();
    let text = String::from_utf8(encoded.bytes).unwrap();
    assert!(text.contains("new@example.com"), "{text}");
    assert_eq!(std::fs::read(bench.file()).unwrap(), before);
    let order = again.order(0).unwrap();
    let payload = again.payload(&order, &target).unwrap();
    let (pointer, origin) = payload
        .origins
        .iter()
        .find(|(pointer, _)| pointer == "/customer/email")
        .unwrap();
    assert_eq!(
        again.origin_words(&order, target.vendor, pointer, *origin),
        "edit"
    );
}

#[tokio::test]
async fn a_file_that_mixes_currencies_is_held_back_whoever_looked_at_it_before() {
    let mut bench = Bench::new(3).await;
    let text = export(3).replacen("EUR", "USD", 1);
    std::fs::write(bench.file(), text).unwrap();
    bench.deck = bench
        .workspace
        .open_deck(&bench.file(), None, &mut |_| ControlFlow::Continue(()))
        .unwrap();
    let mut target = bench.target("kameleoon", Operation::Import);
    target.account.currency = None;
    let plan = bench.plan(&target, &Selection::default());
    assert_eq!(plan.blocked_by["ORD-03"], 3);
    // An edit that puts it right lets them all go.
    edit(&mut bench, 0, Field::Currency, "EUR");
    let plan = bench.plan(&target, &Selection::default());
    assert_eq!(plan.to_send.orders, 3);
    let overview = bench
        .deck
        .overview(&mut |_| ControlFlow::Continue(()))
        .unwrap();
    assert_eq!(overview.all.totals.len(), 1);
}

#[tokio::test]
async fn what_was_undone_before_a_restart_is_done_again_in_its_order() {
    let mut bench = Bench::new(1).await;
    for email in ["a@example.com", "b@example.com", "c@example.com"] {
        edit(&mut bench, 0, Field::CustomerEmail, email);
    }
    let mut ledger = bench.workspace.ledger(Book::Work).unwrap();
    bench.deck.undo(&mut ledger).unwrap();
    bench.deck.undo(&mut ledger).unwrap();
    let mut again = bench
        .workspace
        .open_deck(&bench.file(), None, &mut |_| ControlFlow::Continue(()))
        .unwrap();
    let email = |deck: &Deck| deck.order(0).unwrap().value(Field::CustomerEmail, None);
    assert_eq!(email(&again), "a@example.com");
    again.redo(&mut ledger).unwrap();
    assert_eq!(email(&again), "b@example.com");
    again.redo(&mut ledger).unwrap();
    assert_eq!(email(&again), "c@example.com");
    assert_eq!(again.redo(&mut ledger).unwrap(), None);
}
