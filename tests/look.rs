//! Looking from the command line: the real program, its results, its messages and its exit codes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use serde_json::{Value, json};
use support::{Deck, mode, shopify_csv};

#[test]
fn inspect_counts_and_sums() {
    let deck = Deck::new();
    deck.file("s.csv", shopify_csv(3));
    let said = deck.run(["inspect", "s.csv", "--json"]).ends(0);
    let found = said.json();
    assert_eq!(found["orders"], 3);
    assert_eq!(found["items"], 3);
    assert_eq!(found["totals"], json!({ "USD": "75.30" }));
    assert_eq!(found["mapping"], "shopify-csv");
    assert!(found["confidence"].as_u64().unwrap() >= 50, "{found}");
    assert_eq!(found["months"], json!({ "2024-03": 3 }));
    let statuses = found["statuses"].as_object().unwrap();
    let orders: u64 = statuses
        .values()
        .map(|one| one["orders"].as_u64().unwrap())
        .sum();
    assert_eq!(orders, 3, "{found}");
    assert_eq!(found["bom"], false);
    assert_eq!(found["left_out"]["test"], 0);
    assert_eq!(said.stderr, "");

    let said = deck.run(["inspect", "s.csv"]).ends(0);
    for word in [
        "shopify-csv",
        "fits to",
        "2024-03-01",
        "USD 75.30",
        "shipped",
    ] {
        assert!(said.text().contains(word), "{}", said.text());
    }
}

#[test]
fn inspect_tells_trouble_by_rule_and_leaves_tests_out() {
    let deck = Deck::new();
    let mut text = shopify_csv(2).replace(",25.10,", ",26.10,");
    text.push_str("#9,too,few\n");
    deck.file("s.csv", text);
    let found = deck.run(["inspect", "s.csv", "--json"]).json();
    let count = |rule: &str| {
        let mut rules = found["findings"].as_array().unwrap().iter();
        rules
            .find(|found| found["rule"] == rule)
            .map(|found| found["count"].clone())
    };
    assert_eq!(count("SRC-03"), Some(1.into()), "{found}");
    assert_eq!(count("ORD-04"), Some(2.into()), "{found}");
    let findings = found["findings"].as_array().unwrap();
    for (rule, line) in [("SRC-03", 4), ("ORD-04", 2)] {
        let told = findings.iter().find(|found| found["rule"] == rule).unwrap();
        assert_eq!(told["example"]["line"], line, "{told}");
    }

    let order = json!({
        "id": 1, "name": "#1", "test": true, "currency": "USD", "total_price": "1.00",
        "created_at": "2024-03-01T00:00:00Z", "financial_status": "paid",
        "line_items": [{ "id": 2, "title": "Mug", "quantity": 1, "price": "1.00" }],
    });
    deck.file("t.json", json!([order]).to_string());
    let found = deck.run(["inspect", "t.json", "--json"]).json();
    assert_eq!(found["left_out"]["test"], 1, "{found}");
    let said = deck.run(["preview", "t.json", "--vendor", "voucherify"]);
    assert_eq!(said.text(), "");
    assert!(
        said.stderr.contains(
            "left out (tests, drafts, cancelled ones where the mapping says so, or by you): 1 order"
        ),
        "{}",
        said.stderr
    );
    let named = [
        "preview",
        "t.json",
        "--vendor",
        "voucherify",
        "--order",
        "#1",
    ];
    assert_eq!(deck.run(named).lines().len(), 1);
}

#[test]
fn wrong_input_gets_one_clear_message() {
    let deck = Deck::new();
    deck.file("empty.csv", "");
    deck.file(
        "binary.csv",
        [0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 255, 254],
    );
    deck.file("other.csv", "Colour,Weight\nred,3\n");
    deck.file("s.csv", shopify_csv(1));
    std::fs::create_dir(deck.path("folder")).unwrap();
    for (file, words) in [
        ("missing.csv", &["missing.csv", "no such file"][..]),
        ("empty.csv", &["empty.csv", "is empty"]),
        ("binary.csv", &["binary.csv", "not text"]),
        ("folder", &["folder", "is a folder"]),
        (
            "other.csv",
            &["Colour", "--mapping", "mapping propose other.csv"],
        ),
    ] {
        for command in [
            &["inspect", file][..],
            &["check", file],
            &["preview", file, "--vendor", "kibo"],
        ] {
            let said = deck.run(command).ends(2);
            let last = said.stderr.lines().last().unwrap();
            assert!(last.starts_with("orderdeck: "), "{}", said.stderr);
            for word in words {
                assert!(last.contains(word), "{word} in {last}");
            }
        }
    }
    deck.run(["inspect", "s.csv", "--mapping", "nonsense"])
        .ends(2)
        .complains(&["nonsense", "mapping list"]);
    deck.run(["preview", "s.csv", "--vendor", "kibo", "--order", "#7"])
        .ends(2)
        .complains(&["holds no order `#7`"]);
    deck.run(["check", "s.csv", "--vendor", "kibbo"])
        .ends(2)
        .complains(&["kibbo", "project-agora"]);
    deck.run(["check", "s.csv", "--profile", "acme"])
        .ends(2)
        .complains(&["acme", "profile add"]);
    deck.run(["inspct"])
        .ends(2)
        .complains(&["`inspct`", "orderdeck inspect"]);
    deck.run(["bogus"])
        .ends(2)
        .complains(&["there is no command or file `bogus`"]);
    deck.run(["status"])
        .ends(2)
        .complains(&["no run yet", "`orderdeck submit`"]);
    deck.run(["--profile", "acme", "check", "s.csv"])
        .ends(2)
        .complains(&["behind the command"]);
    deck.run([
        "check",
        "s.csv",
        "--vendor",
        "kibo",
        "--profile",
        "sandbox-voucherify",
    ])
    .ends(2)
    .complains(&["Voucherify"]);
}

#[test]
fn wrong_usage_is_2_and_help_is_a_result() {
    let deck = Deck::new();
    for line in [
        &["inspect"][..],
        &["check"],
        &["check", "--vendor", "kibo"],
        &["preview", "s.csv"],
        &["preview", "s.csv", "--vendor", "nobody"],
        &["inspect", "s.csv", "--nonsense"],
        &["nonsense", "s.csv"],
    ] {
        let said = deck.run(line).ends(2);
        assert_eq!(said.text(), "", "{line:?}");
        assert!(!said.stderr.is_empty(), "{line:?}");
    }
    let said = deck.run(["--help"]).ends(0);
    assert!(said.text().contains("Exit codes"));
    assert_eq!(said.stderr, "");
    assert!(
        deck.run(["--version"])
            .ends(0)
            .text()
            .starts_with("orderdeck ")
    );
}

#[test]
fn broken_json_in_the_middle_is_told_and_what_stands_before_it_is_kept() {
    let deck = Deck::new();
    let order = |id: u32| {
        json!({
            "id": id, "name": format!("#{id}"), "currency": "USD", "total_price": "1.00",
            "created_at": "2024-03-01T00:00:00Z", "financial_status": "paid",
            "line_items": [{ "id": 2, "title": "Mug", "quantity": 1, "price": "1.00" }],
        })
    };
    let text = format!("[{},\n{{\"id\":2,\"na\n,{}]", order(1), order(3));
    deck.file("broken.json", text);
    let said = deck.run(["inspect", "broken.json", "--json"]).ends(1);
    assert_eq!(said.json()["orders"], 1);
    assert_eq!(said.json()["unread"], 1);
    // How many, then the first of them, with its place and the next step.
    let told: Vec<&str> = said.stderr.lines().collect();
    assert_eq!(
        told.first(),
        Some(&"broken.json: 1 record can't be read and is left out")
    );
    for word in [
        "broken.json: line 3: broken JSON",
        "nothing behind it can be read",
        "export the file again",
    ] {
        assert!(told[1].contains(word), "{word} in {}", said.stderr);
    }
    assert_eq!(told.len(), 2, "{}", said.stderr);
    let said = deck.run(["check", "broken.json", "--vendor", "voucherify", "--json"]);
    let broken = said
        .ends(1)
        .lines()
        .into_iter()
        .find(|found| found["rule"] == "SRC-08");
    let broken = broken.unwrap();
    assert_eq!(broken["order"], Value::Null);
    assert_eq!(broken["vendor"], Value::Null);
    assert_eq!(broken["place"]["line"], 3);
}

#[test]
fn check_names_rule_field_and_place() {
    let deck = Deck::new();
    let text = shopify_csv(3).replace("ada1002@example.com", "nobody");
    deck.file("s.csv", text);
    let said = deck
        .run(["check", "s.csv", "--vendor", "voucherify", "--json"])
        .ends(1);
    let lines = said.lines();
    let found = lines
        .iter()
        .find(|found| found["rule"] == "VOU-12")
        .unwrap();
    assert_eq!(found["order"], "#1002");
    assert_eq!(found["vendor"], "voucherify");
    assert_eq!(found["severity"], "error");
    assert_eq!(found["pointer"], "/customer/email");
    assert_eq!(found["place"]["line"], 3);
    assert_eq!(found["place"]["column"], "Email");
    assert!(
        found["message"].as_str().unwrap().contains("nobody"),
        "{found}"
    );
    let members: Vec<&String> = found.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        [
            "order", "vendor", "rule", "severity", "pointer", "message", "place"
        ]
    );
    assert!(
        said.stderr.contains("sandbox-voucherify"),
        "{}",
        said.stderr
    );
    assert_eq!(said.stderr.lines().count(), 1, "{}", said.stderr);

    let said = deck
        .run(["check", "s.csv", "--vendor", "voucherify"])
        .ends(1);
    for word in [
        "VOU-12",
        "#1002",
        "/customer/email",
        "Email, line 3",
        "1 error in 1 order",
    ] {
        assert!(said.text().contains(word), "{word} in {}", said.text());
    }
}

#[test]
fn check_names_the_item_that_a_finding_is_about() {
    let deck = Deck::new();
    deck.file("s.csv", shopify_csv(1).replace("MUG-0", ""));
    let check = |more: &[&str]| {
        let arguments = ["check", "s.csv", "--vendor", "kameleoon"];
        deck.run(arguments.iter().chain(more)).ends(1)
    };
    let lines = check(&["--json"]).lines();
    let missing = lines.iter().find(|found| found["rule"] == "KAM-01");
    let message = missing.unwrap()["message"].as_str().unwrap();
    assert!(message.starts_with("item 1, Mug: "), "{message}");
    let said = check(&[]);
    let text = said.text();
    assert!(text.contains("#1001  item 1, Mug  /items/0/id"), "{text}");
}

#[test]
fn check_tells_once_what_is_no_vendor_s_and_what_nearly_every_order_has() {
    let deck = Deck::new();
    deck.file("s.csv", shopify_csv(4).replace(",25.10,", ",26.10,"));
    let lines = deck.run(["check", "s.csv", "--json"]).lines();
    let of = |rule: &str| lines.iter().filter(|found| found["rule"] == rule).count();
    assert_eq!(of("ORD-04"), 4);
    assert!(
        lines
            .iter()
            .all(|found| found["rule"] != "ORD-04" || found["vendor"].is_null())
    );
    let once: Vec<&Value> = lines
        .iter()
        .filter(|found| found["rule"] == "KAM-10")
        .collect();
    assert_eq!(once.len(), 1);
    assert_eq!(once[0]["order"], Value::Null);
    assert_eq!(once[0]["count"], 4);
    for vendor in ["kameleoon", "project-agora", "kibo"] {
        assert!(
            lines.iter().any(|found| found["vendor"] == vendor),
            "{vendor}"
        );
    }
    let both = deck
        .run(["check", "--vendor", "kameleoon", "kibo", "s.csv", "--json"])
        .lines();
    assert!(both.iter().all(|found| found["vendor"] != "voucherify"));
    assert!(both.iter().any(|found| found["vendor"] == "kibo"));
}

#[test]
fn a_broken_ledger_keeps_nobody_from_looking() {
    let deck = Deck::new();
    deck.file("s.csv", shopify_csv(2));
    std::fs::create_dir(deck.data()).unwrap();
    mode(&deck.data(), 0o700);
    let ledger = deck.data().join("ledger.sqlite");
    let rubbish = "no ledger at all ".repeat(100);
    std::fs::write(&ledger, &rubbish).unwrap();
    mode(&ledger, 0o600);
    let said = deck.run(["inspect", "s.csv", "--json"]).ends(0);
    assert_eq!(said.json()["orders"], 2);
    assert!(said.stderr.contains("without the edits"), "{}", said.stderr);
    deck.run(["check", "s.csv", "--vendor", "voucherify"])
        .ends(0);
    assert_eq!(std::fs::read_to_string(&ledger).unwrap(), rubbish);
}

#[test]
fn explain_knows_every_family_and_offers_the_nearest() {
    let deck = Deck::new();
    for family in ["SRC", "MAP", "ORD", "EDT", "KAM", "VOU", "PAC", "KIB"] {
        let id = format!("{family}-01");
        let said = deck.run(["explain", &id]).ends(0);
        assert!(said.text().starts_with(&id), "{}", said.text());
        let found = deck.run(["explain", &id.to_lowercase(), "--json"]).json();
        assert_eq!(found["rule"], id.as_str());
        for member in ["severity", "title", "why", "remedy"] {
            assert!(!found[member].as_str().unwrap().is_empty(), "{found}");
        }
    }
    deck.run(["explain", "ORD-44"])
        .ends(2)
        .complains(&["ORD-44", "ORD-04"]);
}

#[test]
fn mappings_are_listed_and_shown() {
    let deck = Deck::new();
    let shown = deck.run(["mapping", "show", "shopify-csv"]).ends(0);
    assert!(shown.text().contains("[mapping]"));
    let mappings = deck.config().join("mappings");
    std::fs::create_dir_all(&mappings).unwrap();
    let own = shown
        .text()
        .replace("name = \"shopify-csv\"", "name = \"ours\"");
    std::fs::write(mappings.join("ours.toml"), &own).unwrap();
    std::fs::write(mappings.join("bad.toml"), "[mapping]\nname = 3\n").unwrap();
    let said = deck.run(["mapping", "list", "--json"]).ends(2);
    let names: Vec<Value> = said
        .lines()
        .into_iter()
        .map(|line| line["name"].clone())
        .collect();
    assert!(names.contains(&"ours".into()) && names.contains(&"kibo-native".into()));
    assert!(said.stderr.contains("bad.toml:2:8: "), "{}", said.stderr);
    assert_eq!(deck.run(["mapping", "show", "ours"]).ends(0).text(), own);
    deck.file("s.csv", shopify_csv(1));
    let found = deck
        .run(["inspect", "s.csv", "--mapping", "ours", "--json"])
        .ends(0);
    assert_eq!(found.json()["mapping"], "ours");
    deck.run(["mapping", "show", "nobody"])
        .ends(2)
        .complains(&["nobody", "shopify-json"]);
}

#[test]
fn the_manual_completions_and_man_page_come_with_the_program() {
    let deck = Deck::new();
    assert!(
        deck.run(["manual"])
            .ends(0)
            .text()
            .starts_with("# orderdeck")
    );
    for page in ["commands", "profiles", "mapping"] {
        assert!(
            deck.run(["manual", page]).ends(0).text().starts_with("# "),
            "{page}"
        );
    }
    deck.run(["manual", "nothing"])
        .ends(2)
        .complains(&["nothing", "commands"]);
    for shell in ["bash", "zsh", "fish"] {
        let said = deck.run(["completions", shell]).ends(0);
        assert!(said.text().contains("preview"), "{shell}");
    }
    assert!(deck.run(["man"]).ends(0).text().contains(".TH orderdeck"));
    // Every command is in the manual.
    let help = deck.run(["--help"]);
    let manual = deck.run(["manual", "commands"]);
    let listed = help.text().split("Commands:").nth(1).unwrap();
    let listed = listed.split("Arguments:").next().unwrap();
    for line in listed.lines().filter(|line| line.starts_with("  ")) {
        let Some(name) = line
            .split_whitespace()
            .next()
            .filter(|_| !line.starts_with("   "))
        else {
            continue;
        };
        assert!(manual.text().contains(name), "{name} isn't in the manual");
    }
}

#[cfg(unix)]
#[test]
fn data_can_t_steer_the_terminal() {
    use support::terminal::Terminal;
    let deck = Deck::new();
    let text = shopify_csv(1).replace("ada1001@example.com", "no\u{1b}[31m\u{202e}body");
    deck.file("s.csv", text);
    let line = ["check", "s.csv", "--vendor", "voucherify"];
    let screen = Terminal::start(&line, deck.home.path(), 120, 40);
    screen.wait("the finding", |screen| {
        screen.contents().contains("explain RULE")
    });
    let shown = screen.text();
    assert!(shown.contains("VOU-12"), "{shown}");
    assert!(!shown.contains('\u{202e}'), "{shown}");
    let payload = ["preview", "s.csv", "--vendor", "voucherify"];
    let screen = Terminal::start(&payload, deck.home.path(), 200, 40);
    screen.until("held back by errors");
    assert!(
        screen.text().contains(r"\u001b[31m\u202ebody"),
        "{}",
        screen.text()
    );
    // A pipe gets the bytes as they are.
    let said = deck.run(payload);
    assert!(said.text().contains('\u{202e}'));
}

#[test]
fn trying_a_profile_names_the_address() {
    let deck = Deck::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    deck.profiles(&format!(
        "[profiles.gone]\nvendor = \"project-agora\"\nenvironment = \"sandbox\"\nbase_url = \"{base}\"\n[profiles.gone.credentials]\napi_key = \"canary\"\n"
    ));
    let said = deck.run(["profile", "test", "gone"]).ends(3);
    assert!(
        said.text().contains(&format!("tried: {base}")),
        "{}",
        said.text()
    );
    assert!(!said.text().contains("canary"));
    let found = deck.run(["profile", "test", "gone", "--json"]).json();
    assert!(found["address"].as_str().unwrap().starts_with(&base));
}
