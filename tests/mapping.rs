//! Mappings of one's own from the command line: saved, checked against a file, joined, with mistakes at their place.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fmt::Write as _;

use serde_json::Value;
use support::{Deck, Said};

const TILL: &str = r#"[mapping]
name = "till"
title = "The till's export"
made_for = ["Receipt", "Date", "Sum", "State", "Article", "Qty", "Price", "Clerk"]

[detect]
must = ["Receipt", "Article"]

[read]
group_by = "Receipt"
time_zone = "Europe/Berlin"
date_formats = ["%d.%m.%Y %H:%M"]
decimal_mark = ","
currency = "EUR"

[order]
id = "Receipt"
placed_at = "Date"
total = "Sum"
payment = "State"

[item]
sku = "Article"
quantity = "Qty"
unit_price = "Price"

[status.payment]
paid = "paid"
"#;

const FILE: &str = "Receipt;Date;Sum;State;Article;Qty;Price;Clerk\n\
    7;02.03.2026 17:05;1.203,00;Paid;K-1;2;601,50;Ada\n\
    8;02.03.2026 17:06;5,00;odd;K-2;1;5,00;Bob\n\
    8;;;;K-3;x;;Bob\n\
    9;soon;;paid;K-2;1;5,00;Bob\n";

fn save(deck: &Deck, name: &str, text: &str) {
    let dir = deck.config().join("mappings");
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join(format!("{name}.toml")), text).unwrap();
}

/// A message of several lines says all of that.
#[track_caller]
fn tells(said: &Said, words: &[&str]) {
    assert!(said.stderr.starts_with("orderdeck: "), "{}", said.stderr);
    for word in words {
        assert!(said.stderr.contains(word), "{word} in {}", said.stderr);
    }
}

fn target<'v>(checked: &'v Value, name: &str) -> &'v Value {
    let targets = checked["targets"].as_array().unwrap();
    targets.iter().find(|one| one["target"] == name).unwrap()
}

#[test]
fn a_check_tells_target_by_target_what_was_read_and_what_was_not() {
    let deck = Deck::new();
    save(&deck, "till", TILL);
    deck.file("till.csv", FILE);
    let said = deck.run(["mapping", "check", "till.csv", "--json"]).ends(1);
    let checked = said.json();
    assert_eq!(
        checked["mapping"], "till",
        "saved ones are found by what they fit"
    );
    assert_eq!(
        (&checked["orders"], &checked["items"]),
        (&3.into(), &4.into())
    );
    let counts = |name: &str| {
        let target = target(&checked, name);
        [&target["filled"], &target["empty"], &target["failed"]].map(|n| n.as_u64().unwrap())
    };
    assert_eq!(counts("id"), [3, 0, 0]);
    assert_eq!(counts("placed_at"), [2, 0, 1]);
    assert_eq!(counts("total"), [2, 1, 0]);
    assert_eq!(counts("payment"), [2, 0, 1]);
    assert_eq!(counts("currency"), [3, 0, 0]);
    assert_eq!(counts("items.sku"), [4, 0, 0]);
    assert_eq!(counts("items.quantity"), [3, 0, 1]);
    assert_eq!(counts("items.unit_price"), [3, 1, 0]);
    let total = &target(&checked, "total")["examples"][0];
    assert_eq!(total["source"], "1.203,00");
    assert_eq!(total["value"], "1203.00");
    assert_eq!(total["line"], 2);
    let failure = &target(&checked, "payment")["failures"][0];
    assert_eq!(
        (&failure["rule"], &failure["line"]),
        (&"MAP-03".into(), &3.into())
    );
    assert_eq!(target(&checked, "items.quantity")["of"], "items");
    assert_eq!(checked["unused_columns"], serde_json::json!(["Clerk"]));
    assert_eq!(checked["errors"]["MAP-01"], 2);

    let said = deck.run(["mapping", "check", "till.csv"]).ends(1);
    let text = said.text();
    for words in [
        "3 orders, 4 items",
        "1.203,00 → 1203.00 (line 2)",
        "no target uses: Clerk",
        "MAP-03",
    ] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
    let well: String = FILE.lines().take(2).fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{line}");
        text
    });
    deck.file("well.csv", well);
    deck.run(["mapping", "check", "well.csv"]).ends(0);
    deck.run(["mapping", "check", "none.csv"]).ends(2);
}

#[test]
fn own_mappings_are_listed_named_and_never_hidden_by_a_broken_one() {
    let deck = Deck::new();
    save(&deck, "till", TILL);
    save(&deck, "slip", &TILL.replace("[order]", "[ordr]"));
    deck.file("till.csv", FILE);
    let said = deck.run(["inspect", "till.csv", "--json"]).ends(1);
    assert_eq!(said.json()["mapping"], "till");
    assert!(
        said.stderr
            .contains("slip.toml:16:2: there is no key `ordr` here; did you mean `order`?"),
        "{}",
        said.stderr
    );
    let listed = deck.run(["mapping", "list"]).ends(2);
    assert!(
        listed.text().contains("The till's export"),
        "{}",
        listed.text()
    );
    assert!(listed.text().contains("shopify-csv"));
    tells(
        &deck
            .run(["inspect", "till.csv", "--mapping", "slip"])
            .ends(2),
        &["slip.toml:16:2", "16 | [ordr]", "^^^^"],
    );
    deck.run(["inspect", "till.csv", "--mapping", "tilll"])
        .ends(2)
        .complains(&["tilll", "did you mean till?"]);
}

#[test]
fn a_renamed_column_is_refused_with_both_names_and_a_new_one_is_told() {
    let deck = Deck::new();
    save(&deck, "till", TILL);
    deck.file("till.csv", FILE.replace("Sum;", "Total sum;"));
    tells(
        &deck
            .run(["check", "till.csv", "--mapping", "till", "--vendor", "kibo"])
            .ends(2),
        &[
            "till.toml:19:9: the file has no column `Sum`, which total needs; is it `Total sum` now?",
        ],
    );
    deck.file("more.csv", FILE.replace("Clerk", "Till"));
    let said = deck.run(["inspect", "more.csv"]).ends(1);
    assert!(
        said.stderr.contains(
            "since the mapping till was made, the file no longer has: `Clerk`; new are: `Till`"
        ),
        "{}",
        said.stderr
    );
}

#[test]
fn a_vendors_field_is_checked_at_its_line() {
    let deck = Deck::new();
    let text =
        format!("{TILL}\n[vendor.kibo]\n\"shippingMethod/shipingType\" = {{ value = \"x\" }}\n");
    deck.file("mine.toml", text);
    deck.file("till.csv", FILE);
    tells(
        &deck
            .run([
                "preview",
                "till.csv",
                "--vendor",
                "kibo",
                "--mapping",
                "mine.toml",
            ])
            .ends(2),
        &[
            "mine.toml:31:1: Kibo has no field `shippingMethod/shipingType`; did you mean `shippingMethod/shippingType`?",
        ],
    );
}

const TWO: &str = r#"[mapping]
name = "two"
title = "Orders and their lines"
[read]
currency = "USD"
time_zone = "UTC"
date_formats = ["%m/%d/%y"]
[order]
id = "Order ID"
placed_at = "Sale Date"
total = "Total"
[items]
join = "lines"
[item]
sku = "lines.SKU"
quantity = "lines.Quantity"
unit_price = "lines.Price"
[join.lines]
file = "Items*.csv"
key = "Order ID"
on = "Order ID"
unmatched = "error"
"#;

fn two_files() -> Deck {
    let deck = Deck::new();
    save(&deck, "two", TWO);
    deck.file(
        "Orders2024-3.csv",
        "Order ID,Sale Date,Total\n1001,03/09/24,30.00\n1002,03/10/24,5.50\n",
    );
    deck
}

const LINES: &str = "SKU,Order ID,Quantity,Price\nMUG,1001,2,10.00\nCUP,1002,1,5.50\nLID,1001,1,10.00\nODD,7,1,1.00\n";

#[test]
fn lines_of_a_second_file_are_found_beside_the_orders_or_where_they_are_given() {
    let deck = two_files();
    let preview = |extra: &[&str]| {
        let mut args = vec![
            "preview",
            "Orders2024-3.csv",
            "--vendor",
            "project-agora",
            "--mapping",
            "two",
        ];
        args.extend(extra);
        deck.run(args)
    };
    preview(&[]).ends(2).complains(&[
        "joins a second file as lines",
        "there is no Items*.csv",
        "--join lines=FILE",
    ]);
    deck.file("elsewhere.csv", LINES);
    let given = preview(&["--join", "lines=elsewhere.csv"]);
    deck.file("Items2024-3.csv", LINES);
    deck.file("Items2024-4.csv", "SKU,Order ID,Quantity,Price\n");
    let beside = preview(&[]);
    assert_eq!(given.text(), beside.text());
    let orders = beside.lines();
    assert_eq!(orders.len(), 2);
    assert!(orders[0].to_string().contains("LID"), "{}", orders[0]);
    let checked = deck
        .run([
            "mapping",
            "check",
            "Orders2024-3.csv",
            "--mapping",
            "two",
            "--json",
        ])
        .ends(0)
        .json();
    let join = &checked["joins"][0];
    assert_eq!(
        (&join["keys"], &join["used"], &join["unmatched"]),
        (&3.into(), &2.into(), &0.into())
    );
    deck.file("Items2024-3.csv", LINES.replace("1002", "1009"));
    let checked = deck
        .run([
            "mapping",
            "check",
            "Orders2024-3.csv",
            "--mapping",
            "two",
            "--json",
        ])
        .ends(1)
        .json();
    assert_eq!(checked["joins"][0]["unmatched"], 1);
    assert_eq!(checked["errors"]["MAP-07"], 1);
    let nothing = deck.run([
        "inspect",
        "Orders2024-3.csv",
        "--mapping",
        "two",
        "--join",
        "line=elsewhere.csv",
    ]);
    assert!(
        nothing.stderr.contains("joins no file as `line`"),
        "{}",
        nothing.stderr
    );
    deck.run(["runs", "--join", "lines=elsewhere.csv"])
        .ends(2)
        .complains(&["--join"]);
}

#[test]
fn policies_reach_the_payload() {
    let deck = Deck::new();
    let mapping = |policy: &str| {
        format!(
            "[mapping]\nname = \"m\"\ntitle = \"M\"\n[read]\ngroup_by = \"id\"\ncurrency = \"EUR\"\n[order]\nid = \"id\"\nplaced_at = \"at\"\ntest = \"test\"\ncancelled = \"gone\"\ntotal = \"total\"\nrefunded_total = \"back\"\ntax_total = \"tax\"\npayment = {{ value = \"paid\" }}\ncustomer.email = {{ value = \"a@example.com\" }}\n{policy}\n[item]\nsku = \"sku\"\nquantity = {{ value = \"1\" }}\nunit_price = \"price\"\n"
        )
    };
    deck.file(
        "o.csv",
        "id,at,test,gone,total,back,tax,sku,price\n1,2024-03-01T10:00:00Z,true,,12.00,,2.00,A,10.00\n2,2024-03-01T10:00:00Z,,true,12.00,4.50,2.00,A,10.00\n",
    );
    let totals = |policy: &str| -> Vec<String> {
        deck.file("m.toml", mapping(policy));
        let args = [
            "preview",
            "o.csv",
            "--vendor",
            "kameleoon",
            "--mapping",
            "m.toml",
        ];
        let orders = deck.run(args).lines().into_iter();
        orders
            .map(|order| format!("{}: {}", order["id"], order["value"]["total"]))
            .collect()
    };
    let (one, two) = ("\"1\": 12.00", "\"2\": 12.00");
    assert_eq!(totals(""), [two]);
    assert_eq!(totals("[policy]\ntest_orders = \"send\""), [one, two]);
    assert_eq!(totals("[policy]\ncancelled = \"leave-out\""), [""; 0]);
    assert_eq!(
        totals("[policy]\ntest_orders = \"send\"\nrefunds = \"net\""),
        [one, "\"2\": 7.50"]
    );
    // Tax included is a target like any other: what adds up tells.
    let adds_up = |rule: &str| {
        let text = mapping("").replace("[item]", &format!("{rule}\n[item]"));
        deck.file("m.toml", text);
        let said = deck
            .run(["inspect", "o.csv", "--mapping", "m.toml", "--json"])
            .json();
        said["findings"].to_string().contains("ORD-04")
    };
    assert!(!adds_up(""));
    assert!(adds_up("prices_include_tax = { value = \"true\" }"));
}

#[test]
fn a_check_reads_the_file_as_it_is_told() {
    let deck = Deck::new();
    save(&deck, "till", TILL);
    // A name in the letters of another alphabet, behind a line that looks like a header.
    let (text, _, _) = encoding_rs::WINDOWS_1251.encode(FILE_BELOW_A_TITLE);
    deck.file("till.csv", text.as_ref());
    let check = [
        "mapping",
        "check",
        "till.csv",
        "--mapping",
        "till",
        "--json",
    ];
    deck.run(check).ends(2);
    let told = ["--header-line", "2", "--delimiter", ";"];
    let encoding = ["--encoding", "windows-1251"];
    let said = deck.run(check.iter().chain(&told).chain(&encoding));
    let checked = said.ends(0).json();
    assert_eq!(checked["orders"], 1);
    let article = target(&checked, "items.sku");
    assert_eq!(article["examples"][0]["value"], "Чай", "{article}");
    deck.run(check.iter().chain(&["--encoding", "klingon"]))
        .ends(2)
        .complains(&["klingon"]);
}

const FILE_BELOW_A_TITLE: &str = "a;b;c;d;e;f;g;h\n\
    Receipt;Date;Sum;State;Article;Qty;Price;Clerk\n\
    7;02.03.2026 17:05;5,00;paid;Чай;1;5,00;Ada\n";

#[test]
fn how_well_a_mapping_of_ones_own_fits_is_told_too() {
    let deck = Deck::new();
    deck.file("till.csv", FILE);
    let inspect = |more: &[&str]| {
        let line = ["inspect", "till.csv", "--json"];
        deck.run(line.iter().chain(more)).json()
    };
    save(&deck, "till", TILL);
    assert_eq!(inspect(&[])["confidence"], 100);
    let less = TILL.replace("made_for", "lacks = \"much\"\n# made_for");
    deck.file("less.toml", &less);
    let found = inspect(&["--mapping", "less.toml"]);
    assert_eq!(found["confidence"], 100, "all that it wants is there");
    let more = less.replace("must = [", "may = [\"Till\", \"Shop\"]\nmust = [");
    deck.file("more.toml", more.replace("\"till\"", "\"more\""));
    let found = inspect(&["--mapping", "more.toml"]);
    assert_eq!(found["confidence"], 60, "{found}");
    assert_eq!(found["also_near"]["mapping"], "till");
    assert_eq!(found["also_near"]["confidence"], 100);
    // One that doesn't say what files it is for.
    let silent = less.replace("must = [\"Receipt\", \"Article\"]", "");
    deck.file("silent.toml", silent.replace("\"till\"", "\"silent\""));
    let found = inspect(&["--mapping", "silent.toml"]);
    assert_eq!(found["confidence"], Value::Null);
    save(&deck, "silent", &silent);
    std::fs::remove_file(deck.config().join("mappings/till.toml")).unwrap();
    let said = deck.run(["inspect", "till.csv"]).ends(2);
    assert!(!said.stderr.contains("which needs  too"), "{}", said.stderr);
}
