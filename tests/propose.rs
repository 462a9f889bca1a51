//! A mapping suggested for an unknown file: printed, put right, used.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::Deck;

const TILL: &str = "\
Bestellnummer;Bestelldatum;E-Mail;Kundennummer;Status;Artikelnummer;Artikelname;Menge;Einzelpreis;Gesamtbetrag
B-1;07.10.2025 09:50;ada@example.de;17;bezahlt;A-1;Tasse;2;1.009,95;2.019,90
B-2;31.10.2025 10:00;bo@example.de;18;versendet;B-1;Löffel;1;5,00;5,00
";

#[test]
fn a_proposal_is_printed_put_right_and_used() {
    let deck = Deck::new();
    deck.file("till.csv", TILL);
    let said = deck
        .run(["mapping", "propose", "till.csv", "--vendor", "kameleoon"])
        .ends(0);
    assert!(said.text().contains("group_by = \"Bestellnummer\""));
    assert!(said.text().contains("\n# time_zone = "));
    assert!(
        said.stderr.contains("in which time zone"),
        "{}",
        said.stderr
    );
    assert!(said.stderr.contains("which one are the amounts in"));
    // What is asked is answered by taking the `#` away.
    let mapping = said
        .text()
        .replace("# time_zone = ", "time_zone = ")
        .replace("# currency = ", "currency = ");
    deck.file("till.toml", &mapping);
    let inspected = deck
        .run(["inspect", "till.csv", "--mapping", "till.toml", "--json"])
        .ends(0);
    let inspected = inspected.json();
    assert_eq!(inspected["orders"], 2);
    assert_eq!(inspected["totals"]["EUR"], "2024.90");
    let payloads = deck
        .run([
            "preview",
            "till.csv",
            "--mapping",
            "till.toml",
            "--vendor",
            "kameleoon",
        ])
        .ends(0);
    assert!(payloads.text().contains("1009.95"), "{}", payloads.text());
}

#[test]
fn a_proposal_goes_to_a_new_file_only() {
    let deck = Deck::new();
    deck.file("till.csv", TILL);
    deck.file("there.toml", "mine");
    deck.run(["mapping", "propose", "till.csv", "-o", "there.toml"])
        .ends(2)
        .complains(&["there.toml"]);
    assert_eq!(
        std::fs::read_to_string(deck.path("there.toml")).unwrap(),
        "mine"
    );
    let said = deck
        .run(["mapping", "propose", "till.csv", "-o", "new.toml"])
        .ends(0);
    assert_eq!(said.text(), "");
    assert!(
        said.stderr.contains("--mapping new.toml"),
        "{}",
        said.stderr
    );
    let text = std::fs::read_to_string(deck.path("new.toml")).unwrap();
    assert!(text.contains("total = \"Gesamtbetrag\""), "{text}");
}

#[test]
fn a_proposal_as_json_says_what_is_missing() {
    let deck = Deck::new();
    deck.file("half.csv", "Order ID,Order Date\n1,2024-03-01T10:00:00Z\n");
    let said = deck
        .run([
            "mapping",
            "propose",
            "half.csv",
            "--vendor",
            "kameleoon",
            "--json",
        ])
        .ends(0);
    let said = said.json();
    assert_eq!(said["group_by"], "Order ID");
    assert_eq!(said["targets"][1]["target"], "placed_at");
    assert_eq!(said["targets"][1]["sure"], true);
    let missing = said["missing"].as_array().unwrap();
    let total = missing
        .iter()
        .find(|need| need["field"] == "value/total")
        .unwrap();
    assert_eq!(total["targets"][0], "total");
    assert!(said["mapping"].as_str().unwrap().starts_with("# Proposed"));
}

#[test]
fn a_file_that_a_preset_knows_is_said_to_be_known() {
    let deck = Deck::new();
    deck.file("s.csv", support::shopify_csv(1));
    let said = deck.run(["mapping", "propose", "s.csv"]).ends(0);
    assert!(
        said.stderr
            .contains("the preset shopify-csv knows this file")
    );
}

#[test]
fn a_proposal_that_is_kept_is_found_by_the_next_file_of_its_kind() {
    let deck = Deck::new();
    let text = "Order ID,Order Date,Currency,Total,SKU,Quantity,Unit Price,Order Status\n\
        1,2024-03-01T10:00:00Z,EUR,9.95,A,1,9.95,paid\n";
    deck.file("first.csv", text);
    let said = deck
        .run(["mapping", "propose", "first.csv", "--save", "our-till"])
        .ends(0);
    assert_eq!(said.text(), "");
    assert!(said.stderr.contains("kept as our-till"), "{}", said.stderr);
    let again = ["mapping", "propose", "first.csv", "--save", "our-till"];
    deck.run(again)
        .ends(2)
        .complains(&["our-till", "--replace"]);
    deck.run(again.iter().chain(&["--replace"])).ends(0);
    deck.run(["mapping", "propose", "first.csv", "--save", "../x"])
        .ends(2)
        .complains(&["no name for a mapping"]);

    deck.file("second.csv", text.replace("\n1,", "\n2,"));
    let found = deck.run(["inspect", "second.csv", "--json"]).ends(0).json();
    assert_eq!(found["mapping"], "our-till");
    assert_eq!(found["totals"]["EUR"], "9.95");
}
