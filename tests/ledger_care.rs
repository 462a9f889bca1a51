//! Looking after the ledger, by the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use support::Deck;
use support::sending::{begin, count, deck_with, ledger_is_sound, orders_csv, submit, until};

fn ledger(deck: &Deck, args: &[&str]) -> support::Said {
    let mut all = vec!["ledger"];
    all.extend(args);
    all.push("--sandbox");
    deck.run(all)
}

fn lines(deck: &Deck, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(deck.path(name)).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn what_is_in_it_and_that_it_is_whole() {
    let deck = deck_with(3);
    ledger(&deck, &["info"])
        .ends(2)
        .complains(&["there is no ledger", "nothing was sent"]);
    submit(&deck, "kibo", &["--yes"]).ends(0);
    submit(&deck, "voucherify", &["--yes"]).ends(0);
    let info = ledger(&deck, &["info", "--json"]).ends(0).json();
    assert_eq!(info["ledger"], "sandbox");
    assert_eq!(
        (&info["runs"], &info["orders"], &info["jobs"]),
        (&json!(2), &json!(6), &json!(1))
    );
    assert_eq!(info["outcomes"]["accepted"], 3);
    assert_eq!(info["in_doubt"], 0);
    assert_eq!(info["accounts"][0]["vendor"], "kibo");
    assert!(info["bodies"]["plain_bytes"].as_u64().unwrap() > 1000);
    let words = ledger(&deck, &["info"]).ends(0);
    for word in [
        "3 accepted, 3 imported",
        "sandbox-voucherify at voucherify: 1 run",
        "schema 5",
    ] {
        assert!(words.text().contains(word), "{word} in {}", words.text());
    }
    let check = ledger(&deck, &["check", "--json"]).ends(0).json();
    assert_eq!((&check["ok"], &check["orders"]), (&json!(true), &json!(6)));
    assert!(
        ledger(&deck, &["check"])
            .ends(0)
            .text()
            .contains("all well: 2 runs")
    );
}

#[test]
fn bodies_go_by_age_and_what_that_costs_is_said_before() {
    let deck = deck_with(3);
    submit(&deck, "kibo", &["--yes"]).ends(0);
    submit(&deck, "voucherify", &["--yes"]).ends(0);
    let young = ledger(
        &deck,
        &[
            "compact",
            "--bodies-older-than",
            "90d",
            "--dry-run",
            "--json",
        ],
    );
    assert_eq!(young.ends(0).json()["exchanges"], 0);
    let all = ["compact", "--bodies-older-than", "0d"];
    let rehearsed = ledger(&deck, &[&all[..], &["--dry-run", "--json"]].concat()).ends(0);
    let lost = "3 orders of sandbox-kibo at kibo could no longer be cancelled from the ledger";
    assert!(rehearsed.stderr.contains(lost), "{}", rehearsed.stderr);
    let rehearsed = rehearsed.json();
    assert_eq!(rehearsed["dry_run"], true);
    assert_eq!(rehearsed["no_longer_cancellable"][0]["orders"], 3);
    ledger(&deck, &all).ends(3);
    assert_eq!(
        ledger(&deck, &["info", "--json"]).json()["bodies"]["removed_exchanges"],
        0
    );
    let cancel = ["cancel", "--profile", "sandbox-kibo", "#1001", "--dry-run"];
    deck.run(cancel).ends(0);

    let done = ledger(&deck, &[&all[..], &["--yes", "--json"]].concat())
        .ends(0)
        .json();
    assert_eq!(done["exchanges"], rehearsed["exchanges"]);
    assert!(done["bytes_after"].as_u64() < done["bytes_before"].as_u64());
    // What was sent isn't there any more, and that is said wherever it is looked for.
    let cancelled = deck.run(cancel);
    assert_ne!(cancelled.code, 0);
    assert!(
        cancelled.stderr.contains("removed by compact on "),
        "{}",
        cancelled.stderr
    );
    let history = deck.run(["history", "#1001"]).ends(0);
    assert!(
        history
            .text()
            .contains("what was sent: removed by compact on "),
        "{}",
        history.text()
    );
    let history = deck.run(["history", "#1001", "--json"]).ends(0).lines();
    assert_eq!(history[0]["payload"], Value::Null);
    assert!(history[0]["payload_removed_at"].is_string());
    assert!(history[0]["exchanges"][0]["bodies_removed_at"].is_string());
    assert_eq!(history[0]["exchanges"][0]["status"], 200);
    assert_eq!(history[1]["job"]["status"], "DONE");
    // What is unchanged is still known.
    let again = submit(&deck, "kibo", &["--yes"]).ends(0).json();
    assert_eq!(count(&again, "skipped"), 3);
    ledger(&deck, &["check"]).ends(0);
}

#[cfg(unix)]
#[test]
fn nothing_is_removed_while_somebody_sends_and_a_backup_is_taken_meanwhile() {
    let deck = deck_with(2000);
    let mut sender = begin(
        &deck,
        &["submit", "orders.csv", "--profile", "sandbox-kibo", "--yes"],
    );
    until(&deck, "s1", |status| count(status, "accepted") >= 20);
    let refused = ledger(&deck, &["compact", "--bodies-older-than", "0d", "--yes"]).ends(3);
    for words in [
        "somebody is sending to sandbox-kibo",
        "run \"s1\"",
        &sender.id().to_string(),
    ] {
        assert!(
            refused.stderr.contains(words),
            "{words} in {}",
            refused.stderr
        );
    }
    let said = ledger(&deck, &["backup", "copy.sqlite"]).ends(0);
    assert!(said.stderr.contains("to restore it"), "{}", said.stderr);
    assert!(
        sender.try_wait().unwrap().is_none(),
        "the run was still going on"
    );
    support::sending::terminate(&sender);
    sender.wait().unwrap();
    ledger_is_sound(&deck.path("copy.sqlite"));
    let mode = fs::metadata(deck.path("copy.sqlite"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    ledger(&deck, &["backup", "copy.sqlite"])
        .ends(2)
        .complains(&["--force"]);

    // Restored as it says, it is the ledger of that moment.
    let file = deck.data().join("sandbox/ledger.sqlite");
    let now = deck.run(["status", "s1", "--json"]).json();
    for ending in ["", "-wal", "-shm"] {
        let part = format!("{}{ending}", file.display());
        let _ = fs::rename(&part, format!("{part}.old"));
    }
    fs::copy(deck.path("copy.sqlite"), &file).unwrap();
    ledger(&deck, &["check"]).ends(0);
    let then = deck.run(["status", "s1", "--json"]).ends(0).json();
    assert!(
        (20..=count(&now, "accepted")).contains(&count(&then, "accepted")),
        "{then}"
    );
}

#[test]
fn everything_is_exported_one_outcome_a_line() {
    let deck = deck_with(3);
    submit(&deck, "kibo", &["--yes"]).ends(0);
    submit(&deck, "voucherify", &["--yes", "--limit", "2"]).ends(0);
    let said = ledger(&deck, &["export", "--to", "all.ndjson", "--json"]).ends(0);
    assert_eq!(said.json()["outcomes"], 5);
    let all = lines(&deck, "all.ndjson");
    let known = all
        .iter()
        .map(|line| format!("{} {} {}", line["run"], line["order"], line["outcome"]));
    assert_eq!(
        known.collect::<Vec<_>>(),
        [
            r##""s1" "#1001" "accepted""##,
            r##""s1" "#1002" "accepted""##,
            r##""s1" "#1003" "accepted""##,
            r##""s2" "#1001" "imported""##,
            r##""s2" "#1002" "imported""##,
        ]
    );
    let members: Vec<&String> = all[0].as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        [
            "run",
            "vendor",
            "profile",
            "account",
            "environment",
            "operation",
            "order",
            "outcome",
            "reason",
            "rule",
            "vendor_id",
            "at",
            "exchange"
        ]
    );
    let to = ["export", "--to", "some.ndjson", "--force"];
    let some = |more: &[&str]| ledger(&deck, &[&to[..], more].concat()).ends(0);
    some(&["--account", "sandbox-voucherify"]);
    assert_eq!(lines(&deck, "some.ndjson").len(), 2);
    some(&["--since", "2999-01-01"]);
    assert_eq!(lines(&deck, "some.ndjson").len(), 0);
    ledger(&deck, &["export", "--to", "all.ndjson"])
        .ends(2)
        .complains(&["--force"]);
    ledger(&deck, &["export", "--to", "all.csv"])
        .ends(2)
        .complains(&[".ndjson"]);
}

#[test]
fn history_tells_what_changed_field_by_field_and_from_the_ledger_alone() {
    let deck = deck_with(3);
    for vendor in ["kibo", "voucherify", "kameleoon", "project-agora"] {
        deck.file("orders.csv", orders_csv(3));
        submit(&deck, vendor, &["--yes"]).ends(0);
        submit(&deck, vendor, &["--yes"]).ends(0);
        deck.file(
            "orders.csv",
            orders_csv(3).replace("Mug,15.00", "Mug,15.50"),
        );
        submit(&deck, vendor, &["--yes"]).ends(0);
    }
    fs::remove_file(deck.path("orders.csv")).unwrap();
    let history = deck.run(["history", "#1002", "--json"]).ends(0).lines();
    for runs in history.chunks(3) {
        let vendor = runs[0]["vendor"].as_str().unwrap();
        assert!(runs.iter().all(|run| run["vendor"] == vendor));
        assert!(runs[0]["payload"].is_object(), "{vendor}: {}", runs[0]);
        assert_eq!(runs[0]["changes"], Value::Null, "the first");
        assert_eq!(runs[1]["outcome"], "skipped");
        assert_eq!(runs[1]["payload"], Value::Null, "not sent");
        let changes = runs[2]["changes"].as_array().unwrap();
        assert!(!changes.is_empty(), "{vendor}");
        let price = changes.iter().find(|change| {
            let is = change["is"].to_string();
            is.contains("15.50") || is.contains("1550") || is.contains("15.5")
        });
        assert!(price.is_some(), "{vendor}: {changes:?}");
    }
    assert_eq!(history.len(), 12);
    let words = deck.run(["history", "#1002"]).ends(0);
    assert!(
        words.text().contains("changed since the last sending:"),
        "{}",
        words.text()
    );
    assert!(words.text().contains("15.00 → 15.50"), "{}", words.text());
}
