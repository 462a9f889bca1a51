//! Payloads and requests as `preview` shows them: the real program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use serde_json::{Value, json};
use support::{Deck, shopify_csv};

const VENDORS: [&str; 4] = ["kameleoon", "voucherify", "project-agora", "kibo"];

#[test]
fn a_vendor_s_own_payloads_are_for_no_other() {
    let deck = Deck::new();
    deck.file("s.csv", shopify_csv(2));
    let native = deck
        .run(["preview", "s.csv", "--vendor", "voucherify"])
        .ends(0);
    deck.file("native.ndjson", &native.stdout);
    let again = deck
        .run(["preview", "native.ndjson", "--vendor", "voucherify"])
        .ends(0);
    assert_eq!(again.text(), native.text());
    let other = ["preview", "native.ndjson", "--vendor", "kibo"];
    let said = deck.run(other).ends(3);
    assert!(
        said.stderr.contains("Voucherify payloads"),
        "{}",
        said.stderr
    );
    assert_eq!(said.text(), "");
    let said = deck
        .run(["check", "native.ndjson", "--vendor", "kibo"])
        .ends(3);
    assert!(
        said.stderr.contains("Voucherify payloads"),
        "{}",
        said.stderr
    );
    let all = deck.run(["check", "native.ndjson", "--json"]);
    assert!(all.stderr.contains("Voucherify alone"), "{}", all.stderr);
    assert!(all.lines().iter().all(|found| found["vendor"] != "kibo"));
}

#[test]
fn preview_prints_payloads_in_file_order_with_exact_numbers() {
    let deck = Deck::new();
    deck.file("s.csv", shopify_csv(3));
    for vendor in VENDORS {
        let said = deck.run(["preview", "s.csv", "--vendor", vendor]);
        assert_eq!(said.lines().len(), 3, "{vendor}");
        for (line, id) in said.text().lines().zip(["#1001", "#1002", "#1003"]) {
            assert!(line.contains(id), "{vendor}: {line}");
            assert!(!line.contains("000000"), "{vendor}: {line}");
        }
        let two = [
            "preview", "--vendor", vendor, "--order", "#1003", "#1001", "s.csv",
        ];
        let two = deck.run(two);
        assert_eq!(two.lines().len(), 2, "{vendor}");
        assert!(
            two.text().lines().next().unwrap().contains("#1001"),
            "{vendor}"
        );
    }
    let kameleoon = deck
        .run(["preview", "s.csv", "--vendor", "kameleoon"])
        .ends(0);
    assert!(
        kameleoon.text().contains(r#""total":25.10"#),
        "{}",
        kameleoon.text()
    );
}

#[test]
fn orders_with_errors_are_shown_but_not_requested() {
    let deck = Deck::new();
    deck.file(
        "s.csv",
        shopify_csv(3).replace("ada1002@example.com", "nobody"),
    );
    let payloads = deck
        .run(["preview", "s.csv", "--vendor", "voucherify"])
        .ends(1);
    assert_eq!(payloads.lines().len(), 3);
    let requests = ["preview", "s.csv", "--vendor", "voucherify", "--requests"];
    let requests = deck.run(requests).ends(1);
    assert!(
        requests.stderr.contains("held back by errors: 1 order"),
        "{}",
        requests.stderr
    );
    let lines = requests.lines();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["orders"], json!(["#1001", "#1003"]));
    assert_eq!(lines[0]["body"].as_array().unwrap().len(), 2);
    assert_eq!(lines[0]["method"], "POST");
}

#[test]
fn requests_are_batched_as_the_profile_says_and_masked() {
    let deck = Deck::new();
    deck.file("s.csv", shopify_csv(5));
    deck.profiles(
        r#"
[profiles.acme]
vendor = "kameleoon"
environment = "test"
[profiles.acme.credentials]
shop_id = "acme-shop"
shop_secret = "canary-secret"
[profiles.acme.defaults]
channel = "Website"
location_id = "77"
external_id = "x"
[profiles.acme.settings]
batch_size = 2
[profiles.far]
vendor = "kibo"
environment = "test"
[profiles.far.credentials]
api_key = { command = "touch ran" }
api_secret = { env = "NOT_SET" }
[profiles.far.defaults]
manufacturerID = 1
catalogID = 2
"#,
    );
    let said = deck
        .run(["preview", "s.csv", "--profile", "acme", "--requests"])
        .ends(0);
    let lines = said.lines();
    let sizes: Vec<usize> = lines
        .iter()
        .map(|line| line["orders"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [2, 2, 1]);
    assert_eq!(lines[0]["body"]["shop_id"], "acme-shop");
    assert_eq!(lines[0]["body"]["shop_secret"], "•••");
    assert!(!said.text().contains("canary"));
    assert!(said.stderr.is_empty(), "{}", said.stderr);

    let said = deck.run(["preview", "s.csv", "--profile", "far", "--requests"]);
    assert!(
        !deck.path("ran").exists(),
        "no secret is fetched to be masked"
    );
    assert!(!said.stderr.contains("NOT_SET"), "{}", said.stderr);
}

#[test]
fn kibo_s_token_comes_first_and_cancelling_is_what_each_vendor_has() {
    let deck = Deck::new();
    let order = json!({
        "id": 1, "name": "#1", "currency": "USD", "total_price": "10.00", "email": "a@b.example",
        "created_at": "2024-03-01T00:00:00Z", "financial_status": "paid",
        "customer": { "id": 5, "email": "a@b.example", "first_name": "Ada", "last_name": "B" },
        "billing_address": address(), "shipping_address": address(),
        "line_items": [{ "id": 2, "sku": "MUG", "title": "Mug", "quantity": 1, "price": "10.00" }],
    });
    deck.file("o.json", json!([order]).to_string());
    let kibo = deck
        .run(["preview", "o.json", "--vendor", "kibo", "--requests"])
        .ends(0)
        .lines();
    assert_eq!(kibo.len(), 2);
    assert_eq!(kibo[0]["body"], "grant_type=client_credentials");
    assert_eq!(kibo[0]["headers"]["authorization"], "Basic •••");
    assert_eq!(kibo[0]["orders"], json!([]));
    assert_eq!(kibo[1]["headers"]["authorization"], "Bearer •••");
    assert_eq!(kibo[1]["orders"], json!(["#1"]));
    let url = kibo[1]["url"].as_str().unwrap();
    assert!(url.starts_with("http://127.0.0.1:4780/kibo/"), "{url}");

    let cancel = |vendor: &str, mode: &[&str]| {
        let line = [
            "preview",
            "o.json",
            "--vendor",
            vendor,
            "--operation",
            "cancel",
            "--requests",
        ];
        deck.run(line.iter().chain(mode))
    };
    let live = cancel("voucherify", &[]).ends(0).lines();
    assert_eq!(live[0]["method"], "PUT");
    assert!(live[0]["url"].as_str().unwrap().ends_with("/%231"));
    assert_eq!(live[0]["body"], json!({ "status": "CANCELED" }));
    let history = cancel("voucherify", &["--mode", "history"]).ends(0).lines();
    assert_eq!(history[0]["method"], "POST");
    cancel("voucherify", &["--mode", "nonsense"])
        .ends(2)
        .complains(&["live, history"]);
    let kameleoon = cancel("kameleoon", &[]).ends(0).lines();
    let orders = &kameleoon[0]["body"]["orders"];
    assert_eq!(orders, &json!([{ "id": "#1", "status": "cancelled" }]));
    cancel("project-agora", &[])
        .ends(3)
        .complains(&["Project Agora documents no way to cancel"]);
}

fn address() -> Value {
    json!({
        "first_name": "Ada", "last_name": "B", "address1": "Elm Lane 1", "city": "Ulm", "zip": "10001",
        "province_code": "NY", "country_code": "US", "phone": "+1 933 222 0000",
    })
}

#[test]
fn whoever_reads_may_go() {
    let deck = Deck::new();
    deck.file("s.csv", shopify_csv(3000));
    let mut child = deck
        .command(["preview", "s.csv", "--vendor", "kameleoon"])
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        !stderr.contains("panic") && !stderr.contains("pipe"),
        "{stderr}"
    );
}

#[test]
fn saved_edits_are_applied_unless_told_otherwise() {
    use orderdeck::ledger::Book;
    use orderdeck::order::Field;
    use orderdeck::profile::Directories;
    use orderdeck::workspace::Workspace;
    use std::ops::ControlFlow;

    let home = Deck::new();
    let path = home.file("s.csv", shopify_csv(2));
    let workspace = Workspace::at(Directories::at(home.config(), home.data()));
    let mut deck = workspace
        .open_deck(&path, None, &mut |_| ControlFlow::Continue(()))
        .unwrap();
    let order = deck.order(1).unwrap();
    let field = Field::from_name("customer.email").unwrap();
    let edit = orderdeck::deck::Deck::field_edit(&order, field, None, "grace@example.com").unwrap();
    let mut ledger = workspace.ledger(Book::Work).unwrap();
    deck.make(&mut ledger, "e-mail", vec![edit]).unwrap();

    let preview = ["preview", "s.csv", "--vendor", "voucherify"];
    let edited = home.run(preview).ends(0);
    assert!(
        edited.text().contains("grace@example.com"),
        "{}",
        edited.text()
    );
    assert!(
        edited.stderr.contains("edits of 1 order are applied"),
        "{}",
        edited.stderr
    );
    assert_eq!(home.run(["inspect", "s.csv", "--json"]).json()["edited"], 1);
    let plain = home.run(preview.iter().chain(&["--no-edits"])).ends(0);
    assert!(
        !plain.text().contains("grace@example.com"),
        "{}",
        plain.text()
    );
    assert!(
        plain.text().contains("ada1002@example.com"),
        "{}",
        plain.text()
    );
}
