//! Secrets of a profile stay out of everything that is kept or shown, by the real binary; and out of core dumps.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use orderdeck::ledger::{Book, Ledger, Ledgers};
use orderdeck::sandbox;
use support::Deck;
use support::sending::{Vendors, deck_with, misbehaving};

const VENDORS: [&str; 4] = ["kameleoon", "voucherify", "project-agora", "kibo"];
/// What a credential's name is where it may be shown.
const NAMES: [&str; 2] = ["shop_id", "app_id"];

/// Every file below, but the operator's own.
fn files(directory: &Path, into: &mut Vec<u8>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, into);
        } else {
            into.extend(fs::read(&path).unwrap());
        }
    }
}

/// Everything that the program keeps and says of what it sent.
fn all_of_it(deck: &Deck, profiles: &[&str]) -> String {
    let mut seen = Vec::new();
    for profile in profiles {
        for args in [
            vec!["submit", "orders.csv", "--profile", profile, "--yes"],
            vec!["preview", "orders.csv", "--profile", profile, "--requests"],
            vec!["profile", "show", profile],
            vec!["profile", "show", profile, "--json"],
        ] {
            let said = deck.run(args);
            seen.extend(said.stdout);
            seen.extend(said.stderr.into_bytes());
        }
    }
    for args in [
        vec!["runs", "--json"],
        vec!["tail"],
        vec!["tail", "--json"],
        vec!["history", "#1001"],
        vec!["history", "#1001", "--json"],
        vec!["settle", "1"],
        vec!["settle", "1", "--json"],
        vec!["export", "1", "--to", "out.csv"],
        vec!["ledger", "export", "--to", "all.ndjson"],
        vec!["ledger", "backup", "copy.sqlite"],
    ] {
        let said = deck.run(args);
        seen.extend(said.stdout);
        seen.extend(said.stderr.into_bytes());
    }
    for name in ["out.csv", "all.ndjson", "copy.sqlite"] {
        seen.extend(fs::read(deck.path(name)).unwrap());
    }
    files(&deck.data(), &mut seen);
    // Bodies are packed in the file.
    let ledger = Ledgers::new(deck.data()).open(Book::Work).unwrap();
    let exchanges = ledger.exchanges(None, None, 1000).unwrap();
    assert!(!exchanges.is_empty());
    for exchange in exchanges {
        let whole = ledger.exchange(exchange.id).unwrap();
        assert!(!whole.intent.headers.is_empty());
        for (name, value) in whole.intent.headers.iter().chain(&whole.response_headers) {
            seen.extend(format!("{name}: {value}\n").into_bytes());
        }
        seen.extend(whole.intent.url.into_bytes());
        seen.extend(whole.intent.body);
        seen.extend(whole.response_body);
    }
    String::from_utf8_lossy(&seen).into_owned()
}

#[track_caller]
fn hides(seen: &str, secret: &str) {
    if let Some(at) = seen.find(secret) {
        let around: String = seen[..at].chars().rev().take(300).collect();
        panic!(
            "{secret} after {}",
            around.chars().rev().collect::<String>()
        );
    }
}

#[test]
fn no_secret_is_in_what_is_kept_or_said_of_a_run() {
    let deck = deck_with(3);
    let vendors = Vendors::failing(&deck.path("vendors"), "kibo:drop-after@1,kibo:401@2");
    let profiles = VENDORS.map(|vendor| vendors.profile(vendor, vendor, "test"));
    deck.profiles(&profiles.concat());
    let seen = all_of_it(&deck, &VENDORS);
    assert!(seen.contains("#1001") && seen.contains("•••"));
    for vendor in VENDORS {
        let credentials = sandbox::credentials(vendor);
        for (field, secret) in credentials {
            if !NAMES.contains(field) {
                hides(&seen, secret);
            }
        }
        for pair in credentials.windows(2) {
            hides(
                &seen,
                &STANDARD.encode(format!("{}:{}", pair[0].1, pair[1].1)),
            );
        }
    }
}

#[test]
fn what_a_vendor_says_back_of_a_secret_is_hidden_too() {
    let tokens = misbehaving(Some((
        200,
        r#"{"access_token":"canary-token","expires_in":3600,"token_type":"Bearer"}"#,
    )));
    let orders = misbehaving(Some((
        400,
        r#"{"code":5004,"message":"no such key canary-key with Bearer canary-token or canary-secret"}"#,
    )));
    let deck = deck_with(2);
    deck.profiles(&format!(
        "[profiles.mine]\nvendor = \"kibo\"\nenvironment = \"test\"\nbase_url = \"{orders}\"\n\
         [profiles.mine.credentials]\napi_key = \"canary-key\"\napi_secret = \"canary-secret\"\n\
         [profiles.mine.defaults]\nmanufacturerID = 1010\ncatalogID = 0\ncustomerIP = \"203.0.113.10\"\n\
         [profiles.mine.settings]\ntoken_url = \"{tokens}/token\"\n"
    ));
    let seen = all_of_it(&deck, &["mine"]);
    assert!(seen.contains("no such key"));
    hides(&seen, "canary");
}

/// A core dump would hold every secret: none is made.
#[cfg(target_os = "linux")]
#[test]
fn no_core_is_dumped_while_secrets_are_in_memory() {
    let deck = deck_with(2);
    let silent = misbehaving(None);
    deck.profiles(&format!(
        "[profiles.mine]\nvendor = \"kameleoon\"\nenvironment = \"test\"\nbase_url = \"{silent}\"\n\
         [profiles.mine.credentials]\nshop_id = \"S\"\nshop_secret = \"canary\"\n\
         [profiles.mine.defaults]\nchannel = \"Website\"\nlocation_id = \"7\"\nexternal_id = \"c\"\n"
    ));
    let args = ["submit", "orders.csv", "--profile", "mine", "--yes"];
    let mut child = support::sending::begin(&deck, &args);
    support::sending::until(&deck, "1", |status| {
        support::sending::count(status, "sending") > 0
    });
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let values: Vec<&str> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(values, ["0", "0"], "{core}");
}
