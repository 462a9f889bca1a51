//! Profiles and the sandbox from the command line: the real program.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::{BufRead, BufReader, Read, Write};

use serde_json::{Value, json};
use support::terminal::Terminal;
use support::{Deck, mode, shopify_csv};

#[test]
fn a_profile_is_added_shown_changed_and_removed() {
    let deck = Deck::new();
    let said = deck.run([
        "profile",
        "add",
        "acme",
        "--vendor",
        "kameleoon",
        "--currency",
        "USD",
        "--credential",
        "shop_id=env:ACME_ID",
        "--credential",
        "shop_secret=command:echo canary",
        "--default",
        "channel=Website",
        "--setting",
        "requests_per_minute=40",
    ]);
    let said = said.ends(0);
    assert_eq!(said.text(), "");
    let file = deck.config().join("profiles.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("requests_per_minute = 40"), "{text}");

    let shown = deck
        .run(["profile", "show", "acme", "--json"])
        .ends(0)
        .json();
    assert_eq!(shown["environment"], "live");
    assert_eq!(shown["account"], "acme");
    assert_eq!(shown["defaults"], json!({ "channel": "Website" }));
    let secret = shown["credentials"]["shop_secret"].as_str().unwrap();
    assert!(
        secret.contains("command") && !secret.contains("canary"),
        "{secret}"
    );
    let explained = deck.run(["profile", "show", "acme", "--explain"]).ends(0);
    for word in ["shop_secret", "settings.batch_size", "live"] {
        assert!(explained.text().contains(word), "{}", explained.text());
    }

    let listed = deck.run(["profile", "list", "--json"]).ends(0).lines();
    let names: Vec<&str> = listed
        .iter()
        .map(|line| line["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "acme",
            "sandbox-kameleoon",
            "sandbox-voucherify",
            "sandbox-project-agora",
            "sandbox-kibo"
        ]
    );

    let edit = [
        "profile",
        "edit",
        "acme",
        "--read-only",
        "true",
        "--currency",
        "",
        "--default",
        "channel=",
    ];
    deck.run(edit).ends(0);
    let shown = deck.run(["profile", "show", "acme", "--json"]).json();
    assert_eq!(shown["read_only"], true);
    assert_eq!(shown["currency"], Value::Null);
    assert_eq!(shown["defaults"], json!({}));

    deck.run(["profile", "remove", "acme"])
        .ends(2)
        .complains(&["--yes"]);
    deck.run(["profile", "remove", "acme", "--yes"]).ends(0);
    deck.run(["profile", "show", "acme"])
        .ends(2)
        .complains(&["acme"]);
}

#[test]
fn no_secret_is_taken_as_an_argument_or_printed() {
    let deck = Deck::new();
    let add = [
        "profile",
        "add",
        "acme",
        "--vendor",
        "kameleoon",
        "--credential",
    ];
    let with = |value: &str| deck.run(add.iter().copied().chain([value]));
    for value in ["shop_secret=canary", "shop_secret=plain:canary", "canary"] {
        let said = with(value).ends(2).complains(&["--credential"]);
        assert!(!said.stderr.contains("canary"), "{}", said.stderr);
    }
    with("shop_id=env:ID")
        .ends(2)
        .complains(&["shop_secret", "env:VARIABLE"]);
    with("api_key=env:ID")
        .ends(2)
        .complains(&["api_key", "shop_id, shop_secret"]);
    assert!(!deck.config().join("profiles.toml").exists());

    deck.profiles(
        "[profiles.acme]\nvendor = \"kameleoon\"\nenvironment = \"test\"\n[profiles.acme.credentials]\nshop_id = \"x\"\nshop_secret = \"canary\"\n",
    );
    for line in [
        &["profile", "show", "acme"][..],
        &["profile", "show", "acme", "--json", "--explain"],
        &["profile", "list", "--json"],
    ] {
        let said = deck.run(line).ends(0);
        assert!(!said.text().contains("canary"), "{}", said.text());
    }
}

#[test]
fn a_profile_that_the_vendor_can_t_use_isn_t_added() {
    let deck = Deck::new();
    let add = |more: &[&str]| {
        let line = [
            "profile",
            "add",
            "acme",
            "--vendor",
            "project-agora",
            "--credential",
            "api_key=env:KEY",
        ];
        deck.run(line.iter().chain(more))
    };
    add(&["--base-url", "http://example.com"])
        .ends(3)
        .complains(&["acme", "base_url"]);
    add(&[
        "--base-url",
        "https://example.com",
        "--setting",
        "nonsense=1",
    ])
    .ends(2)
    .complains(&["nonsense"]);
    add(&[
        "--base-url",
        "https://example.com",
        "--setting",
        "concurrency=900",
    ])
    .ends(2)
    .complains(&["concurrency", "64"]);
    let listed = deck.run(["profile", "list", "--json"]).ends(0).lines();
    assert_eq!(listed.len(), 4, "the sandbox's alone");
    add(&["--base-url", "https://example.com"]).ends(0);
    add(&["--base-url", "https://example.com"])
        .ends(2)
        .complains(&["already"]);
    deck.run(["profile", "edit", "sandbox-kibo", "--read-only", "true"])
        .ends(2)
        .complains(&["sandbox-"]);
}

#[test]
fn profiles_that_others_can_read_are_refused_with_what_mends_them() {
    let deck = Deck::new();
    deck.file("s.csv", shopify_csv(1));
    let file = deck.profiles("[profiles.acme]\nvendor = \"kibo\"\n");
    mode(&file, 0o644);
    for line in [
        &["check", "s.csv", "--profile", "acme"][..],
        &["profile", "list"],
        &["profile", "test", "acme"],
    ] {
        deck.run(line)
            .ends(3)
            .complains(&["open to other users", "chmod 600"]);
    }
    // What needs no profile of the operator's goes on.
    deck.run(["inspect", "s.csv"]).ends(0);
    deck.run(["check", "s.csv", "--vendor", "voucherify"])
        .ends(0);
}

#[test]
fn secrets_are_asked_for_hidden() {
    let deck = Deck::new();
    let line = ["profile", "add", "acme", "--vendor", "kameleoon"];
    let mut terminal = Terminal::start(&line, deck.home.path(), 150, 30);
    terminal.until("shop_id");
    terminal.keys("my-shop\r");
    terminal.until("shop_secret");
    terminal.keys("hunter2\r");
    terminal.until("added acme");
    let shown = terminal.text();
    assert!(shown.contains("my-shop"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
    let text = std::fs::read_to_string(deck.config().join("profiles.toml")).unwrap();
    assert!(text.contains("shop_secret = \"hunter2\""), "{text}");
}

#[test]
fn every_sandbox_profile_is_proved_by_a_harmless_call() {
    let deck = Deck::new();
    for vendor in ["kameleoon", "voucherify", "project-agora", "kibo"] {
        let profile = format!("sandbox-{vendor}");
        let said = deck.run(["profile", "test", &profile, "--json"]).ends(0);
        let found = said.json();
        assert_eq!(found["ok"], true, "{found}");
        assert_eq!(found["vendor"], vendor);
        for member in ["proves", "leaves_open"] {
            assert!(!found[member].as_str().unwrap().is_empty(), "{found}");
        }
    }
}

#[test]
fn the_sandbox_prints_profiles_that_work_and_ends_when_told() {
    let deck = Deck::new();
    let mut child = deck
        .command(["sandbox", "--port", "0", "--requests", "requests.ndjson"])
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut printed = String::new();
    while !printed.contains("[profiles.try-kibo.settings]") || !printed.ends_with("token\"\n") {
        assert_ne!(stdout.read_line(&mut printed).unwrap(), 0, "{printed}");
    }
    assert!(printed.contains("/_sandbox/taken"), "{printed}");
    deck.profiles(&printed);
    deck.file("s.csv", shopify_csv(2));
    for vendor in ["kameleoon", "voucherify", "project-agora", "kibo"] {
        let profile = format!("try-{vendor}");
        let said = deck.run(["profile", "test", &profile]).ends(0);
        assert!(said.text().contains("not proved"), "{}", said.text());
        // The defaults and settings that no order file holds are among what is to be pasted.
        let found = deck
            .run(["check", "s.csv", "--profile", &profile, "--json"])
            .lines();
        assert!(
            found
                .iter()
                .all(|line| line["rule"] != "KAM-01" && line["rule"] != "PAC-03"),
            "{found:?}"
        );
    }
    let taken = taken(&printed);
    for vendor in ["kameleoon", "voucherify", "project-agora", "kibo"] {
        assert_ne!(taken[vendor]["requests"], 0, "{taken}");
        assert_eq!(taken[vendor]["orders"], 0, "{taken}");
    }
    // A wrong secret is told as such.
    deck.profiles(&printed.replace("shop_secret = \"", "shop_secret = \"wrong-"));
    let said = deck
        .run(["profile", "test", "try-kameleoon", "--json"])
        .ends(3);
    let found = said.json();
    assert_eq!(found["ok"], false);
    assert_eq!(found["proves"], Value::Null);
    assert!(
        found["reason"].as_str().unwrap().contains("refused"),
        "{found}"
    );
    assert!(!said.text().contains("wrong-"));

    let id = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let requests = std::fs::read_to_string(deck.path("requests.ndjson")).unwrap();
    assert!(requests.lines().count() >= 4, "{requests}");
    assert!(!requests.contains("wrong-"), "{requests}");
}

/// What the sandbox says that it took, at the address that it printed.
fn taken(printed: &str) -> Value {
    let url = printed.split("GET http://").nth(1).unwrap();
    let (host, path) = url.lines().next().unwrap().split_once('/').unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let body = answer.split("\r\n\r\n").nth(1).unwrap();
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error} in {answer}"))
}

#[test]
fn a_web_page_proves_nothing() {
    let portal = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = portal.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in portal.incoming().flatten() {
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked);
            let page = "<!doctype html><title>Sign in to the guest network</title>";
            let length = page.len();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{page}"
            );
        }
    });
    let deck = Deck::new();
    for (vendor, credentials, settings) in [
        ("kameleoon", "shop_id = \"a\", shop_secret = \"b\"", ""),
        ("voucherify", "app_id = \"a\", app_token = \"b\"", ""),
        (
            "voucherify",
            "app_id = \"a\", app_token = \"b\"",
            "auth = \"oauth\"",
        ),
        ("project-agora", "api_key = \"a\"", ""),
        ("kibo", "api_key = \"a\", api_secret = \"b\"", "TOKEN"),
    ] {
        let settings = settings.replace(
            "TOKEN",
            &format!("token_url = \"http://127.0.0.1:{port}/t\""),
        );
        deck.profiles(&format!(
            "[profiles.p]\nvendor = \"{vendor}\"\nenvironment = \"test\"\nbase_url = \"http://127.0.0.1:{port}\"\ncredentials = {{ {credentials} }}\nsettings = {{ {settings} }}\n"
        ));
        let found = deck.run(["profile", "test", "p", "--json"]).ends(3).json();
        assert_eq!(
            (&found["ok"], &found["proves"], &found["status"]),
            (&json!(false), &Value::Null, &json!(200)),
            "{found}"
        );
    }
}

#[test]
fn nobody_answers_and_a_taken_port_are_told() {
    let deck = Deck::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    deck.run(["sandbox", "--port", &port])
        .ends(2)
        .complains(&[&port, "another port"]);
    drop(taken);
    deck.profiles(&format!(
        "[profiles.gone]\nvendor = \"project-agora\"\nenvironment = \"sandbox\"\nbase_url = \"http://127.0.0.1:{port}\"\n[profiles.gone.credentials]\napi_key = \"k\"\n"
    ));
    let found = deck
        .run(["profile", "test", "gone", "--json"])
        .ends(3)
        .json();
    assert_eq!(found["status"], Value::Null);
    // Nobody refused anything.
    let told = deck.run(["profile", "test", "gone"]).ends(3);
    assert!(told.text().contains("not reached"), "{}", told.text());
    assert!(!told.text().contains("refused, "), "{}", told.text());
    // --sandbox is for the sandbox's own profiles, or others on this machine.
    deck.profiles("[profiles.acme]\nvendor = \"kameleoon\"\nenvironment = \"live\"\n[profiles.acme.credentials]\nshop_id = \"a\"\nshop_secret = \"b\"\n");
    deck.run(["profile", "test", "acme", "--sandbox"])
        .ends(2)
        .complains(&["acme", "live", "sandbox-kibo"]);
}

/// Key and secret would go to the vendor's own host while everything else goes elsewhere.
#[test]
fn an_address_of_ones_own_wants_that_of_the_tokens_too() {
    let deck = Deck::new();
    let profile = |rest: &str| {
        format!(
            "[profiles.mine]\nvendor = \"kibo\"\nenvironment = \"test\"\n{rest}\n[profiles.mine.defaults]\nmanufacturerID = 1\ncatalogID = 0\n[profiles.mine.credentials]\napi_key = \"k\"\napi_secret = \"s\"\n"
        )
    };
    let own = "base_url = \"https://kibo.example.com\"";
    deck.profiles(&profile(own));
    deck.run(["profile", "test", "mine"])
        .ends(3)
        .complains(&["settings.token_url", "base_url"]);
    for sound in [
        String::new(),
        format!("{own}\nsettings = {{ token_url = \"https://kibo.example.com/token\" }}"),
    ] {
        deck.profiles(&profile(&sound));
        deck.run(["profile", "show", "mine", "--explain"]).ends(0);
    }
}

#[test]
fn every_setting_and_default_is_explained() {
    let deck = Deck::new();
    for vendor in orderdeck::vendor::ALL {
        let name = format!("sandbox-{}", vendor.name());
        let explained = deck.run(["profile", "show", &name, "--explain"]).ends(0);
        let json = deck
            .run(["profile", "show", &name, "--explain", "--json"])
            .ends(0)
            .json();
        let says = |name: &str, words: &str| {
            let line = explained
                .text()
                .lines()
                .find(|line| {
                    line.trim_start().starts_with(&format!("{name} ")) && line.contains(words)
                })
                .map(str::to_owned);
            assert!(
                line.is_some(),
                "nothing of {name}: {words}\n{}",
                explained.text()
            );
        };
        for spec in vendor.credentials() {
            says(spec.name, spec.help);
            assert_eq!(json["explain"]["credentials"][spec.name]["help"], spec.help);
        }
        for spec in orderdeck::workspace::accounts::settings_of(*vendor) {
            says(&format!("settings.{}", spec.name), &spec.explanation());
            assert_eq!(json["explain"]["settings"][spec.name]["help"], spec.help);
        }
        // Pace and sizes have their numbers, also where the profile says nothing.
        says("settings.batch_size", "; here that is ");
        says("settings.concurrency", "; here that is ");
        for (_, spec) in vendor
            .table()
            .iter()
            .filter(|(_, spec)| spec.takes_default())
        {
            says(&format!("defaults.{}", spec.path), &spec.explanation());
            assert_eq!(json["explain"]["defaults"][spec.path]["help"], spec.help);
        }
    }
}

#[test]
fn the_environments_proxy_is_used_only_where_the_profile_says_so() {
    use support::sending::{Vendors, misbehaving, orders_csv};

    let deck = Deck::new();
    deck.file("one.csv", orders_csv(1));
    let vendors = Vendors::start(&deck.path("vendors"), std::time::Duration::ZERO);
    let taken = || vendors.taken()["kameleoon"]["order_requests"].clone();
    // A proxy that answers itself: what goes through it never comes to the vendor.
    let proxy = misbehaving(Some((200, "OK")));
    for (allowed, come) in [("true", 0), ("false", 1)] {
        let profile = vendors.profile("mine", "kameleoon", "test");
        let switch = format!("environment = \"test\"\nallow_proxy = {allowed}\n");
        deck.profiles(&profile.replace("environment = \"test\"\n", &switch));
        let submit = [
            "submit",
            "one.csv",
            "--profile",
            "mine",
            "--yes",
            "--resend",
        ];
        let sent = deck
            .command(submit)
            .env("HTTP_PROXY", &proxy)
            .env_remove("NO_PROXY")
            .env_remove("no_proxy")
            .output()
            .unwrap();
        assert_eq!(sent.status.code(), Some(0), "{sent:?}");
        assert_eq!(taken(), come, "allow_proxy = {allowed}");
    }
}
