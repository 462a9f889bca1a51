//! Every file an operator gets can be opened: one export in every packing, encoding and format is the same orders
//! to every command, and what is detected can be said otherwise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use std::fs;
use std::io::{Cursor, Read, Write};
use std::process::Stdio;

use serde_json::json;
use support::sending::{orders_csv, taken_once};
use support::terminal::Terminal;
use support::{Deck, Said, shopify_csv};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    let text = format!("\u{feff}{text}");
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn utf32(text: &str) -> Vec<u8> {
    text.chars()
        .flat_map(|c| u32::from(c).to_be_bytes())
        .collect()
}

fn windows_1252(text: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_1252.encode(text).0.into_owned()
}

/// Sheets of text cells, each made of a CSV.
fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, csv) in sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        let mut rows = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(csv.as_bytes());
        for (row, record) in rows.records().enumerate() {
            for (column, cell) in record.unwrap().iter().enumerate() {
                sheet.write_string(row as u32, column as u16, cell).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// The same with another reference of a cell.
fn refer(book: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut parts = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut written = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..parts.len() {
        let mut part = parts.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        let options = zip::write::SimpleFileOptions::default();
        written.start_file(name, options).unwrap();
        let text = text.replace(&format!("r=\"{from}\""), &format!("r=\"{to}\""));
        written.write_all(text.as_bytes()).unwrap();
    }
    written.finish().unwrap().into_inner()
}

fn export() -> String {
    shopify_csv(5).replace("Mug,", "Tasse für Möbel,")
}

#[test]
fn one_export_in_every_packing_is_the_same_orders() {
    let deck = Deck::new();
    let text = export();
    deck.file("plain.csv", &text);
    let payloads = deck
        .run(["preview", "plain.csv", "--vendor", "kameleoon"])
        .ends(0);
    let tabbed = {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        let mut writer = csv::WriterBuilder::new()
            .delimiter(b'\t')
            .from_writer(Vec::new());
        for record in reader.records() {
            writer.write_record(&record.unwrap()).unwrap();
        }
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    };
    for (name, bytes, words) in [
        ("a.csv.gz", gzip(text.as_bytes()), "in gzip"),
        (
            "b.csv.zst",
            zstd::encode_all(text.as_bytes(), 1).unwrap(),
            "in zstd",
        ),
        ("c.csv", utf16(&text), "UTF-16LE with BOM"),
        ("d.csv", utf32(&text), "UTF-32BE"),
        ("e.csv", windows_1252(&text), "windows-1252 by its letters"),
        (
            "f.xlsx",
            workbook(&[("Cover", "Export\n"), ("Orders", &text)]),
            "XLSX workbook, sheet Orders (2 of 2)",
        ),
        (
            "g.xlsx.gz",
            gzip(&workbook(&[("Orders", &text)])),
            "XLSX workbook",
        ),
        ("h.tsv", tabbed.clone().into_bytes(), "tab-separated text"),
        (
            "i.txt",
            format!(
                "Orders of Acme\n\nsep=\t is no first line here\n{tabbed}5 record(s) downloaded\n"
            )
            .into_bytes(),
            "header in line 4",
        ),
        (
            "j.csv",
            format!("sep=,\n{text}").into_bytes(),
            "header in line 2",
        ),
    ] {
        deck.file(name, bytes);
        let seen = deck.run(["inspect", name]).ends(0);
        assert!(seen.text().contains(words), "{name}: {}", seen.text());
        let inspected = deck.run(["inspect", name, "--json"]).ends(0).json();
        assert_eq!(inspected["orders"], 5, "{name}: {inspected}");
        assert_eq!(inspected["totals"], json!({"USD": "125.50"}), "{name}");
        let said = deck.run(["preview", name, "--vendor", "kameleoon"]).ends(0);
        assert_eq!(said.text(), payloads.text(), "{name}");
        let said = deck.run(["check", name, "--vendor", "kameleoon", "--json"]);
        assert!(said.code < 2, "{name}: {}", said.stderr);
    }
    // Nothing of what was unpacked stays behind.
    assert_eq!(fs::read_dir(deck.data().join("spool")).unwrap().count(), 0);
}

#[test]
fn standard_input_may_be_packed() {
    let deck = Deck::new();
    for bytes in [
        gzip(export().as_bytes()),
        workbook(&[("Orders", &export())]),
        utf16(&export()),
    ] {
        let mut child = deck
            .command(["inspect", "-", "--json"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        let said = Said::of(child.wait_with_output().unwrap()).ends(0);
        assert_eq!(said.json()["orders"], 5);
    }
}

#[test]
fn what_is_detected_is_shown_and_can_be_said_otherwise() {
    let deck = Deck::new();
    deck.file("letters.csv", windows_1252(&export()));
    let shown = deck
        .run(["inspect", "letters.csv", "--json"])
        .ends(0)
        .json();
    assert_eq!(shown["encoding"], "windows-1252");
    assert_eq!(shown["encoding_guessed"], true);
    assert_eq!(
        (&shown["delimiter"], &shown["header_line"]),
        (&json!(","), &json!(1))
    );
    let said = deck
        .run([
            "inspect",
            "letters.csv",
            "--encoding",
            "macintosh",
            "--json",
        ])
        .ends(0)
        .json();
    assert_eq!(said["encoding"], "macintosh");
    assert_eq!(said["encoding_guessed"], false);
    deck.run(["inspect", "letters.csv", "--encoding", "ebcdic"])
        .ends(2)
        .complains(&["no encoding \"ebcdic\"", "windows-1252"]);

    deck.file("odd.csv", format!("1;2;3\n{}", export().replace(',', "!")));
    let args = [
        "inspect",
        "odd.csv",
        "--delimiter",
        "!",
        "--header-line",
        "2",
        "--json",
    ];
    let said = deck.run(args).ends(0).json();
    assert_eq!(
        (&said["orders"], &said["delimiter"], &said["header_line"]),
        (&json!(5), &json!("!"), &json!(2))
    );

    deck.file(
        "two.xlsx",
        workbook(&[("Old", &shopify_csv(2)), ("New", &shopify_csv(3))]),
    );
    for (sheet, orders) in [("Old", 2), ("New", 3), ("2", 3)] {
        let said = deck
            .run(["inspect", "two.xlsx", "--sheet", sheet, "--json"])
            .ends(0)
            .json();
        assert_eq!(said["orders"], orders);
        assert_eq!(said["sheets"], json!(["Old", "New"]));
    }
    deck.run(["check", "two.xlsx", "--sheet", "Newest"])
        .ends(2)
        .complains(&["no sheet \"Newest\"", "1 Old, 2 New"]);
    deck.run(["check", "odd.csv", "--sheet", "New"])
        .ends(2)
        .complains(&["is no workbook"]);
    deck.run(["inspect", "two.xlsx", "--max-unpacked", "1k"])
        .ends(2)
        .complains(&["unpacks to more than 1 kB", "--max-unpacked"]);
    deck.run(["--encoding", "utf-8", "inspect", "odd.csv"])
        .ends(2)
        .complains(&["behind the command"]);
    deck.run(["--encoding", "utf-8"])
        .ends(2)
        .complains(&["goes with the file"]);
}

#[test]
fn a_workbook_that_trips_its_reader_is_told_in_a_line() {
    let deck = Deck::new();
    let sound = workbook(&[("Orders", &shopify_csv(2))]);
    deck.file("sound.xlsx", refer(&sound, "B2", "B2"));
    deck.run(["inspect", "sound.xlsx"]).ends(0);
    deck.file("odd.xlsx", refer(&sound, "B2", "ZZZZZZZZZZ2"));
    deck.run(["inspect", "odd.xlsx"])
        .ends(2)
        .complains(&["workbook is damaged", "get the file again"]);
}

#[test]
fn places_are_told_in_the_words_of_the_file() {
    let deck = Deck::new();
    let broken = shopify_csv(3).replace(",20.10,5.00,0.00,25.10,", ",20.10,5.00,0.00,twenty,");
    deck.file("orders.xlsx", workbook(&[("Orders", &broken)]));
    let told = deck
        .run(["check", "orders.xlsx", "--vendor", "kameleoon", "--json"])
        .ends(1)
        .lines();
    let unread = told.iter().find(|found| found["rule"] == "MAP-01").unwrap();
    assert_eq!(
        unread["place"],
        json!({"line": 2, "byte": null, "column": "Total", "sheet": "Orders"})
    );
    deck.file("wide.csv", utf16(&broken));
    let told = deck
        .run(["check", "wide.csv", "--vendor", "kameleoon", "--json"])
        .ends(1)
        .lines();
    let unread = told.iter().find(|found| found["rule"] == "MAP-01").unwrap();
    assert_eq!(
        unread["place"],
        json!({"line": 2, "byte": null, "column": "Total"})
    );
}

#[test]
fn records_that_are_left_out_are_counted_wherever_one_looks() {
    let deck = Deck::new();
    let text = shopify_csv(4)
        .replace("#1002,", "#1002,\"")
        .replace("#1004,", "#1004,\"");
    deck.file("orders.csv", text);
    let said = deck.run(["inspect", "orders.csv", "--json"]).ends(1);
    assert_eq!(
        (&said.json()["orders"], &said.json()["unread"]),
        (&json!(2), &json!(2))
    );
    for args in [
        &["inspect", "orders.csv"][..],
        &["check", "orders.csv"],
        &["preview", "orders.csv", "--vendor", "kibo"],
    ] {
        let said = deck.run(args);
        assert!(
            said.stderr
                .contains("orders.csv: 2 records can't be read and are left out"),
            "{}",
            said.stderr
        );
    }
    assert!(
        deck.run(["inspect", "orders.csv"])
            .text()
            .contains("2 records left out")
    );
    let mut console = Terminal::start(&["orders.csv", "--sandbox"], deck.home.path(), 100, 30);
    console.until("2 orders · 2 unread");
    console.keys("3");
    console.until("2 unread");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

/// What a run was decided on is read again in the same way: the second sheet, not the first.
#[test]
fn a_run_of_a_sheet_is_exported_and_taken_up_with_that_sheet() {
    let deck = Deck::new();
    deck.file(
        "two.xlsx",
        workbook(&[("Old", &orders_csv(2)), ("New", &orders_csv(5))]),
    );
    let args = [
        "submit",
        "two.xlsx",
        "--sheet",
        "New",
        "--profile",
        "sandbox-kibo",
        "--yes",
    ];
    deck.run(args).ends(0);
    taken_once(&deck, "kibo", 5);
    deck.run(["export", "1", "--to", "out.csv"]).ends(0);
    let exported = fs::read_to_string(deck.path("out.csv")).unwrap();
    assert!(
        exported.lines().next().unwrap().contains("Lineitem sku"),
        "{exported}"
    );
    assert!(
        exported.contains("#1005") && exported.contains("MUG-1005"),
        "{exported}"
    );
    let said = deck.run(["retry", "1", "--outcome", "accepted", "--dry-run"]);
    assert!(said.code == 0, "{}", said.stderr);
    assert!(!said.stderr.contains("changed"), "{}", said.stderr);
}

/// F-31 for files that aren't read in place.
#[test]
fn a_packed_file_that_changes_under_the_console_is_not_sent_and_can_be_read_again() {
    type Pack = fn(&str) -> Vec<u8>;
    let pack: [(&str, Pack); 3] = [
        ("orders.csv.gz", |text| gzip(text.as_bytes())),
        ("orders.xlsx", |text| workbook(&[("Orders", text)])),
        ("orders.csv", utf16),
    ];
    for (name, pack) in pack {
        let deck = Deck::new();
        deck.file(name, pack(&orders_csv(4)));
        let args = [name, "--sandbox", "--profile", "sandbox-kibo"];
        let mut console = Terminal::start(&args, deck.home.path(), 140, 40);
        console.until("4 orders");
        deck.file(name, pack(&orders_csv(7)));
        console.keys("s");
        console.until("since it was loaded");
        console.signal(rustix::process::Signal::TERM);
        assert_eq!(console.exit_code(), 0, "{name}");
        assert!(deck.run(["runs", "--json"]).ends(0).lines().is_empty());
        assert_eq!(deck.run(["inspect", name, "--json"]).json()["orders"], 7);
    }
}

/// What was said of a file is kept with it from one visit to the next.
#[test]
fn the_console_comes_back_to_the_sheet_that_was_chosen() {
    let deck = Deck::new();
    deck.file(
        "two.xlsx",
        workbook(&[("Old", &orders_csv(2)), ("New", &orders_csv(5))]),
    );
    let mut console = Terminal::start(&["two.xlsx", "--sheet", "New"], deck.home.path(), 120, 30);
    console.until("5 orders");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    let mut console = Terminal::start(&[], deck.home.path(), 120, 30);
    console.until("5 orders");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    let mut console = Terminal::start(&["two.xlsx"], deck.home.path(), 120, 30);
    console.until("2 orders");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}
