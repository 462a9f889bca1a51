//! A 400 that may be one bad order among two thousand: the orders to blame are found by halves, and the good
//! ones end taken.

use super::super::chaos::end_of;
use super::project_agora::echo;
use super::*;

const BAD: [&str; 2] = ["#1777", "#2500"];
const ORDERS: usize = 2000;

/// Refuses whatever holds a bad order; takes the rest.
fn answer(vendor: &'static str) -> impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static {
    move |seen, _| {
        let is_bad = |key: &&str| seen.body.contains(&format!("\"{key}\""));
        match BAD.iter().find(|key| is_bad(key)) {
            Some(_) if vendor == "kameleoon" => Reply::status(
                400,
                r#"{"status":"error","payload":{"message":"unknown location_id"}}"#,
            ),
            Some(_) => Reply::status(
                400,
                r#"{"message":"invalid","additionalInfo":[{"code":"E7","message":"unknown gtin"}]}"#,
            ),
            None if vendor == "kameleoon" => Reply::ok(r#"{"status":"success"}"#),
            None => echo(seen),
        }
    }
}

async fn send(vendor: &'static str, narrow_down: bool) -> (Vec<OutcomeRow>, usize) {
    let bench = Bench::new(ORDERS).await;
    let chaos = Chaos::reading(answer(vendor)).await;
    let mut target = chaos.target(&bench, vendor);
    let settings = &mut target.account.settings;
    settings.insert("requests_per_minute".into(), 0.into());
    settings.insert("batch_size".into(), ORDERS.into());
    if !narrow_down {
        settings.insert("narrow_down".into(), false.into());
    }
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    let (state, reason) = end_of(started).await;
    assert_eq!((state, reason), (RunState::Finished, None), "{vendor}");
    (rows(&bench, id), chaos.orders())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_orders_to_blame_are_found_by_halves() {
    for (vendor, taken, said) in [
        ("kameleoon", Outcome::Accepted, "unknown location_id"),
        (
            "project-agora",
            Outcome::Imported,
            "invalid; E7: unknown gtin",
        ),
    ] {
        let (found, requests) = send(vendor, true).await;
        assert_eq!(found.len(), ORDERS);
        for row in &found {
            if BAD.contains(&row.key.as_str()) {
                assert_eq!(row.update.outcome, Outcome::Rejected, "{vendor}: {row:?}");
                assert_eq!(row.update.reason.as_deref(), Some(said));
            } else {
                assert_eq!(row.update.outcome, taken, "{vendor}: {row:?}");
            }
        }
        // For each of the two at most twice the eleven halvings that lead down to it.
        let most = BAD.len() * 2 * 11 + 1;
        assert!((12..=most).contains(&requests), "{vendor}: {requests}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_setting_the_whole_batch_is_rejected() {
    for vendor in ["kameleoon", "project-agora"] {
        let (found, requests) = send(vendor, false).await;
        assert_eq!((found.len(), requests), (ORDERS, 1));
        for row in &found {
            assert_eq!(row.update.outcome, Outcome::Rejected, "{vendor}: {row:?}");
            let reason = row.update.reason.as_deref().unwrap();
            assert!(reason.contains("whole batch of 2000"), "{reason}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_gets_through_it_stops_looking() {
    let bench = Bench::new(600).await;
    let chaos = Chaos::start(|_, _| Reply::status(400, "not enabled for this account")).await;
    let mut target = chaos.target(&bench, "kameleoon");
    let settings = &mut target.account.settings;
    settings.insert("requests_per_minute".into(), 0.into());
    settings.insert("batch_size".into(), 300.into());
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    let (state, reason) = end_of(started).await;
    assert_eq!((state, reason), (RunState::Finished, None));
    assert_eq!(count(&bench.summary(id), Outcome::Rejected), 600);
    // What was cut before, and the second batch whole.
    let requests = chaos.orders();
    assert!((201..=212).contains(&requests), "{requests}");
    let last = rows(&bench, id).pop().unwrap().update.reason.unwrap();
    assert_eq!(
        last,
        "the whole batch of 300 was refused, and as 200 requests in a row had been, the orders to blame were not looked for: 400 not enabled for this account"
    );
}
