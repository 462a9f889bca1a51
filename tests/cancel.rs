//! Cancelling by id from the command line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::time::Duration;

use serde_json::json;
use support::sending::{Vendors, count, deck_with, misbehaving, submit, taken};

#[test]
fn cancelling_by_id() {
    let deck = deck_with(3);
    let cancel = |vendor: &str, more: &[&str]| {
        let profile = format!("sandbox-{vendor}");
        let mut args = vec!["cancel", "--profile", &profile, "#1001", "--yes", "--json"];
        args.extend(more);
        deck.run(args)
    };
    // Kibo wants the whole order: neither a file nor the ledger has it yet.
    let refused = cancel("kibo", &[]).ends(3);
    assert!(
        refused.stderr.contains("id alone is not enough"),
        "{}",
        refused.stderr
    );
    // Project Agora has no way at all, and says so.
    cancel("project-agora", &[])
        .ends(3)
        .complains(&["no way to cancel"]);
    assert!(deck.run(["runs", "--json"]).lines().is_empty());

    for vendor in ["voucherify", "kameleoon", "kibo"] {
        submit(&deck, vendor, &["--yes"]).ends(0);
    }
    assert_eq!(
        count(&cancel("voucherify", &[]).ends(0).json(), "imported"),
        1
    );
    let sent = deck.run(["tail", "--json"]).lines().pop().unwrap();
    assert_eq!(sent["method"], "PUT");
    assert!(
        sent["url"]
            .as_str()
            .unwrap()
            .ends_with("/v1/orders/%231001"),
        "{sent}"
    );
    let told = cancel("kameleoon", &[]).ends(0);
    assert!(
        told.stderr
            .contains("#1001: last at this account: import, run s2, accepted, ")
            && told.stderr.contains(", just now; cancelled by its id"),
        "{}",
        told.stderr
    );
    let by_ledger = cancel("kibo", &[]).ends(0);
    assert!(
        by_ledger.stderr.contains("was sent before"),
        "{}",
        by_ledger.stderr
    );
    let came = taken(&deck);
    for vendor in ["voucherify", "kameleoon", "kibo"] {
        assert_eq!(came[vendor]["cancelled"]["#1001"], 1, "{vendor}");
    }
}

#[test]
fn cancelling_many_ids_with_a_file() {
    let deck = deck_with(3);
    deck.file("ids.txt", "#1001\r\n\n #1002 \n#1001\n#9\n");
    let args = [
        "cancel",
        "--profile",
        "sandbox-kibo",
        "--ids-from",
        "ids.txt",
        "--file",
        "orders.csv",
        "--reason",
        "the shop closed",
        "--yes",
        "--json",
    ];
    // One of them is in no file and in no ledger.
    let said = deck.run(args).ends(1);
    assert!(
        said.stderr
            .contains("#1001 is named more than once and taken once"),
        "{}",
        said.stderr
    );
    assert!(
        said.stderr
            .contains("#9: never sent to this account from here: the vendor may or may not know it; can't be cancelled"),
        "{}",
        said.stderr
    );
    assert!(
        said.stderr
            .contains("may or may not know it; cancelled with the order of the file orders.csv"),
        "{}",
        said.stderr
    );
    let status = said.json();
    assert_eq!(
        (status["orders"].as_u64(), count(&status, "accepted")),
        (Some(2), 2)
    );
    assert_eq!(status["choices"]["reason"], "the shop closed");
    // Kibo loads orders that are cancelled already: these two weren't there.
    let copies = &taken(&deck)["kibo"]["copies"];
    assert_eq!(*copies, json!({ "#1001": 1, "#1002": 1 }));
    let sent = deck.run(["history", "#1002", "--json"]).lines();
    assert_eq!(sent[0]["operation"], "cancel");
    assert_eq!(sent[0]["because"], "the shop closed");
    let told = deck.run(["history", "#1002"]).ends(0);
    assert!(
        told.text().contains("because: the shop closed"),
        "{}",
        told.text()
    );
}

#[test]
fn a_line_of_several_ids_is_no_id() {
    let deck = deck_with(1);
    deck.file("ids.txt", "#1001\n#1002, #1003\n");
    let args = [
        "cancel",
        "--profile",
        "sandbox-kameleoon",
        "--ids-from",
        "ids.txt",
        "--yes",
    ];
    deck.run(args)
        .ends(2)
        .complains(&["line 2 of ids.txt", "#1002, #1003", "one id a line"]);
    assert!(deck.run(["runs", "--json"]).ends(0).lines().is_empty());
}

#[test]
fn why_the_vendor_rejects_a_cancellation_is_told() {
    let deck = deck_with(1);
    let vendors = Vendors::start(&deck.path("vendors"), Duration::ZERO);
    let right = vendors.profile("shop", "voucherify", "test");
    let refusing = misbehaving(Some((
        404,
        r#"{"code":404,"key":"not_found","message":"Resource not found","details":"Cannot find order with id #1001"}"#,
    )));
    let base = right
        .lines()
        .find(|line| line.starts_with("base_url"))
        .unwrap();
    deck.profiles(&right.replace(base, &format!("base_url = \"{refusing}\"")));
    let said = deck
        .run(["cancel", "--profile", "shop", "#1001", "--yes"])
        .ends(1);
    let told = said
        .stderr
        .lines()
        .find(|line| line.starts_with("#1001: rejected: "));
    assert!(
        told.is_some_and(|line| line.contains("Cannot find order")),
        "{}",
        said.stderr
    );
}
