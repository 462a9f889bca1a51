//! What the ledger tells afterwards, and what is made of it: runs, status, tail, jobs, history, export, retry.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::Deck;
use support::sending::{
    Vendors, begin, count, deck_with, misbehaving, orders_csv, submit, taken_once, until,
};
#[cfg(unix)]
use support::terminal::Terminal;

#[test]
fn the_ledger_tells_what_happened() {
    let deck = deck_with(3);
    submit(&deck, "voucherify", &["--yes"]).ends(0);
    submit(&deck, "kameleoon", &["--yes", "--limit", "1"]).ends(0);

    let runs = deck.run(["runs", "--json"]).ends(0).lines();
    let names: Vec<&Value> = runs.iter().map(|run| &run["run"]).collect();
    assert_eq!(names, ["s2", "s1"]);
    let newest = deck.run(["status", "--json"]).ends(0).json();
    assert_eq!(newest, runs[0]);
    assert_eq!(deck.run(["status", "s1", "--json"]).json(), runs[1]);
    // A run that has ended is followed no longer.
    assert_eq!(
        deck.run(["status", "s1", "--follow", "--json"])
            .ends(0)
            .json(),
        runs[1]
    );
    deck.run(["status", "s9"])
        .ends(2)
        .complains(&["run s9", "orderdeck runs"]);

    let tail = deck.run(["tail", "--json"]).ends(0).lines();
    assert_eq!(tail[0]["method"], "POST");
    assert_eq!(tail[0]["orders"], 3);
    assert_eq!(tail[0]["outcomes"], json!({ "imported": 3 }));
    assert_eq!(tail.last().unwrap()["vendor"], "kameleoon");
    assert!(tail.iter().all(|line| line["state"] == "answered"));

    let history = deck.run(["history", "#1001", "--json"]).ends(0).lines();
    assert_eq!(history.len(), 2);
    assert_eq!(history[0]["vendor"], "voucherify");
    assert_eq!(history[0]["outcome"], "imported");
    assert_eq!(history[0]["job"]["status"], "DONE");
    assert_eq!(
        history[0]["exchanges"][0]["exchange"],
        history[0]["exchange"]
    );
    assert_eq!(history[1]["outcome"], "accepted");
    let bare = deck.run(["history", "1001"]).ends(0);
    assert!(bare.stderr.contains("did you mean #1001?"));
    let unknown = deck.run(["history", "#9"]).ends(0);
    assert!(!unknown.stderr.contains("did you mean"));
    assert!(
        unknown.stderr.contains("no run from here"),
        "{}",
        unknown.stderr
    );

    for command in ["runs", "status", "tail", "jobs"] {
        let said = deck.run([command]).ends(0);
        assert!(
            said.text().contains("sandbox-") || said.text().contains("voucherify"),
            "{}",
            said.text()
        );
    }
}

#[test]
fn a_run_whose_process_died_is_stopped_and_says_why() {
    let deck = deck_with(1);
    let vendors = Vendors::start(&deck.path("vendors"), Duration::ZERO);
    let right = vendors.profile("shop", "voucherify", "test");
    let silent = misbehaving(None);
    let base = right
        .lines()
        .find(|line| line.starts_with("base_url"))
        .unwrap();
    deck.profiles(&right.replace(base, &format!("base_url = \"{silent}\"")));
    let mut sender = begin(
        &deck,
        &["submit", "orders.csv", "--profile", "shop", "--yes"],
    );
    let alive = until(&deck, "1", |status| count(status, "sending") == 1);
    assert_eq!(alive["state"], "running");
    sender.kill().unwrap();
    sender.wait().unwrap();

    let dead = deck.run(["status", "1", "--json"]).ends(0).json();
    assert_eq!(dead["state"], "stopped");
    assert_eq!(
        dead["reason"],
        "its process died; `orderdeck resume 1` goes on"
    );
    assert_eq!(deck.run(["runs", "--json"]).lines(), [dead]);
    let said = deck.run(["status", "1"]).ends(0);
    for words in ["run 1: stopped", "its process died"] {
        assert!(said.text().contains(words), "{}", said.text());
    }
    assert!(deck.run(["runs"]).text().contains("stopped"));
    deck.run(["status", "--follow"]).ends(4);
    // Looking writes nothing: the ledger itself still says what the dead process wrote.
    let ledger = rusqlite::Connection::open(deck.data().join("ledger.sqlite")).unwrap();
    let state: String = ledger
        .query_row("SELECT state FROM run", [], |row| row.get(0))
        .unwrap();
    assert_eq!(state, "running");
}

#[test]
fn requests_and_jobs_are_listed_with_the_newest_last() {
    let deck = deck_with(2);
    for number in 1..=3 {
        let limit = ["--yes", "--resend", "--limit", "1"];
        submit(&deck, "voucherify", &limit).ends(0);
        let newest = Value::from(format!("s{number}"));
        for command in ["tail", "jobs"] {
            let lines = deck.run([command, "--json"]).ends(0).lines();
            assert_eq!(lines[0]["run"], "s1", "{command}");
            assert_eq!(lines.last().unwrap()["run"], newest, "{command}");
            let words = deck.run([command]).ends(0);
            let words: Vec<&str> = words.text().lines().collect();
            assert_eq!(words.len(), lines.len());
            assert!(words[0].contains("run s1"), "{words:?}");
            assert!(words[words.len() - 1].contains(&format!("run s{number}")));
        }
    }
}

#[cfg(unix)]
#[test]
fn following_shows_what_comes_until_it_is_told_to_end() {
    let deck = deck_with(2);
    let home = deck.home.path();
    let mut tail = Terminal::start(&["tail", "--follow"], home, 160, 30);
    let mut jobs = Terminal::start(&["jobs", "--follow"], home, 160, 30);
    submit(&deck, "voucherify", &["--yes"]).ends(0);
    tail.until("/v1/orders/import");
    tail.until("/v1/async-actions/");
    jobs.until("DONE");
    for terminal in [&mut tail, &mut jobs] {
        terminal.keys("\u{3}");
        assert_eq!(terminal.exit_code(), 0);
    }
}

#[test]
fn what_errors_hold_back_is_exported_corrected_and_retried() {
    let deck = Deck::new();
    let broken = orders_csv(3).replace("ada1002@example.com", "nobody");
    deck.file("orders.csv", &broken);
    let said = submit(&deck, "voucherify", &["--yes"]).ends(1);
    let status = said.json();
    assert_eq!(
        (count(&status, "imported"), count(&status, "blocked")),
        (2, 1)
    );
    for words in ["held back by VOU-12", "#1002", "orderdeck export s1"] {
        assert!(said.stderr.contains(words), "{words} in {}", said.stderr);
    }

    let args = [
        "export",
        "s1",
        "--outcome",
        "rejected,blocked",
        "--to",
        "wrong.csv",
    ];
    let said = deck.run(args).ends(0);
    assert!(
        said.stderr.contains("1 order of run s1 in 2 rows"),
        "{}",
        said.stderr
    );
    let wrong = std::fs::read_to_string(deck.path("wrong.csv")).unwrap();
    assert_eq!(wrong.lines().count(), 3);
    assert!(
        wrong
            .lines()
            .skip(1)
            .all(|line| line.contains("#1002,blocked")),
        "{wrong}"
    );
    assert!(wrong.contains("VOU-12"), "{wrong}");

    // The same file, corrected, can be sent.
    deck.file("right.csv", wrong.replace("nobody", "ada1002@example.com"));
    let args = [
        "submit",
        "right.csv",
        "--profile",
        "sandbox-voucherify",
        "--yes",
        "--json",
    ];
    assert_eq!(count(&deck.run(args).ends(0).json(), "imported"), 1);
    taken_once(&deck, "voucherify", 3);

    // Or the source itself is, and the run's orders are retried from it: unchanged ones aren't sent twice.
    deck.file("orders.csv", orders_csv(3));
    let args = ["retry", "s1", "--outcome", "blocked", "--yes", "--json"];
    let said = deck.run(args).ends(0);
    assert!(
        said.stderr.contains("has changed since the run"),
        "{}",
        said.stderr
    );
    let status = said.json();
    assert_eq!(status["retry_of"], "s1");
    assert_eq!(status["orders"], 1);
    assert_eq!(count(&status, "skipped"), 1);
    deck.run(["retry", "s1", "--yes"])
        .ends(2)
        .complains(&["no order that is rejected"]);
    let pending = ["retry", "s1", "--outcome", "pending", "--yes"];
    deck.run(pending).ends(2).complains(&["orderdeck resume"]);
}

#[test]
fn rejected_orders_are_retried_in_a_run_of_their_own() {
    let deck = deck_with(7);
    let vendors = Vendors::start(&deck.path("vendors"), Duration::ZERO);
    let right = vendors.profile("shop", "kibo", "test");
    let refusing = misbehaving(Some((
        400,
        r#"{"errors":[{"code":"X","message":"no such site"}]}"#,
    )));
    let base = right
        .lines()
        .find(|line| line.starts_with("base_url"))
        .unwrap();
    deck.profiles(&right.replace(base, &format!("base_url = \"{refusing}\"")));
    let args = [
        "submit",
        "orders.csv",
        "--profile",
        "shop",
        "--yes",
        "--json",
    ];
    let said = deck.run(args).ends(1);
    let status = said.json();
    assert_eq!(count(&status, "rejected"), 7, "{status}");
    let reasons = said.stderr.lines().filter(|line| {
        line.starts_with("#100") && line.contains("rejected") && line.contains("no such site")
    });
    assert_eq!(reasons.count(), 5, "{}", said.stderr);
    assert!(
        said.stderr.contains("and 2 more: `orderdeck export 1 "),
        "{}",
        said.stderr
    );
    // Rejected ones are never "unchanged".
    deck.profiles(&right);
    let status = deck.run(["retry", "1", "--yes", "--json"]).ends(0).json();
    assert_eq!(count(&status, "accepted"), 7);
    assert_eq!(status["retry_of"], "1");
    let history = deck.run(["history", "#1001", "--json"]).ends(0).lines();
    let outcomes: Vec<&Value> = history.iter().map(|entry| &entry["outcome"]).collect();
    assert_eq!(outcomes, ["rejected", "accepted"]);
    assert_eq!(history[1]["payload_changed"], false);
    assert!(
        history[0]["reason"]
            .as_str()
            .unwrap()
            .contains("no such site"),
        "{}",
        history[0]
    );
}

#[test]
fn exports_hold_the_source_and_the_outcome() {
    let deck = deck_with(3);
    submit(&deck, "voucherify", &["--yes"]).ends(0);
    deck.run(["export", "s1", "--to", "all.csv"]).ends(0);
    let path = deck.path("all.csv");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let mut table = csv::Reader::from_path(&path).unwrap();
    let header = table.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|column| column == name).unwrap();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 6);
    assert_eq!(&rows[1][column("Lineitem name")], "Plate");
    for row in &rows {
        assert_eq!(row[column("order")], row[column("Name")]);
        assert_eq!(&row[column("outcome")], "imported");
        assert_eq!(&row[column("run")], "s1");
    }
    // No spreadsheet takes a telephone number for a formula; what was guarded before is as it was.
    assert_eq!(&rows[0][column("Billing Phone")], "'+49 30 123456");
    assert_eq!(&rows[0][column("Billing Zip")], "'10115");
    // It is an order file itself: the same orders, and nothing has changed in them.
    let before = deck.run(["inspect", "orders.csv", "--json"]).ends(0).json();
    let after = deck.run(["inspect", "all.csv", "--json"]).ends(0).json();
    for member in ["orders", "items", "totals", "mapping"] {
        assert_eq!(before[member], after[member]);
    }
    let args = [
        "submit",
        "all.csv",
        "--profile",
        "sandbox-voucherify",
        "--yes",
        "--json",
    ];
    assert_eq!(count(&deck.run(args).ends(0).json(), "skipped"), 3);
    // An export of that has the columns once.
    deck.run(["export", "s2", "--to", "twice.csv"]).ends(0);
    let twice = csv::Reader::from_path(deck.path("twice.csv"))
        .unwrap()
        .headers()
        .unwrap()
        .clone();
    assert_eq!(twice, header);

    deck.run(["export", "s1", "--to", "all.csv"])
        .ends(2)
        .complains(&["--force"]);
    deck.run(["export", "s1", "--to", "all.csv", "--force"])
        .ends(0);
    deck.run(["export", "s1", "--to", "all.xls"])
        .ends(2)
        .complains(&[".csv, .json, .ndjson or .xlsx"]);

    deck.run(["export", "s1", "--to", "all.json"]).ends(0);
    let text = std::fs::read_to_string(deck.path("all.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 3);
    assert_eq!(all[0]["source"][0]["Billing Phone"], "+49 30 123456");
    assert_eq!(all[2]["outcome"], "imported");

    // A folder that isn't there is named, and nothing else.
    let said = deck
        .run(["export", "s1", "--to", "nowhere/all.csv"])
        .ends(2);
    let words = "orderdeck: there is no folder nowhere; make it, or write elsewhere";
    assert_eq!(said.stderr.trim_end(), words);

    // Of a file that changed only the ledger is known.
    deck.file("orders.csv", orders_csv(2));
    let said = deck.run(["export", "s1", "--to", "ledger.csv"]).ends(0);
    assert!(
        said.stderr.contains("has changed since the run"),
        "{}",
        said.stderr
    );
    let ledger = std::fs::read_to_string(deck.path("ledger.csv")).unwrap();
    assert!(
        ledger.starts_with("order,outcome,reason,rule,vendor_id,exchange,run\n#1001,imported,"),
        "{ledger}"
    );
    assert_eq!(ledger.lines().count(), 4);
}

/// A part of a workbook as text.
fn part(book: &std::path::Path, name: &str) -> String {
    let mut book = zip::ZipArchive::new(std::fs::File::open(book).unwrap()).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut book.by_name(name).unwrap(), &mut text).unwrap();
    text
}

#[test]
fn a_workbook_holds_the_same_cells_and_all_of_them_are_text() {
    let deck = Deck::new();
    let text = orders_csv(3)
        .replace("MUG-1001", "00012345678901234567890")
        .replace("Ada Archer", "=HYPERLINK(\"\"x\"\")")
        .replace("=HYPERLINK(\"\"x\"\")", "=1+1");
    deck.file("orders.csv", text);
    submit(&deck, "voucherify", &["--yes"]).ends(0);
    let said = deck.run(["export", "s1", "--to", "all.xlsx"]).ends(0);
    assert!(
        said.stderr.contains("3 orders of run s1 in 6 rows"),
        "{}",
        said.stderr
    );
    let path = deck.path("all.xlsx");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let sheet = part(&path, "xl/worksheets/sheet1.xml");
    // No formula, no number: every cell with something in it is a string.
    assert!(!sheet.contains("<f>"), "{sheet}");
    for cell in sheet.split("<c ").skip(1) {
        assert!(
            cell.contains("t=\"inlineStr\"") || !cell.contains("<v>"),
            "{cell}"
        );
    }
    let strings: Vec<&str> = sheet
        .split("<t")
        .skip(1)
        .map(|piece| {
            piece
                .split_once('>')
                .unwrap()
                .1
                .split("</t>")
                .next()
                .unwrap()
        })
        .collect();
    for wanted in [
        "Name",
        "#1003",
        "00012345678901234567890",
        "=1+1",
        "35.00",
        "'10115",
        "imported",
        "s1",
        "vendor_id",
    ] {
        assert!(strings.contains(&wanted), "{wanted} in {strings:?}");
    }
    assert_eq!(sheet.matches("<row ").count(), 7);
    // The same as in the other formats, but for their guard against formulas.
    deck.run(["export", "s1", "--to", "all.csv"]).ends(0);
    let mut table = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(deck.path("all.csv"))
        .unwrap();
    let in_csv: Vec<String> = table
        .records()
        .flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
        .filter(|cell| !cell.is_empty())
        .map(|cell| {
            if cell == "'=1+1" || cell.starts_with("'+") {
                cell[1..].to_owned()
            } else {
                cell
            }
        })
        .collect();
    assert_eq!(strings, in_csv);

    // The vendor's own orders, and what a sheet can't hold.
    let long = "x".repeat(40_000);
    deck.file("orders.csv", orders_csv(1).replace("Standard", &long));
    submit(&deck, "kameleoon", &["--yes"]).ends(0);
    let said = deck.run(["export", "s2", "--to", "long.xlsx"]).ends(2);
    for words in ["row 2", "32767 characters", ".csv"] {
        assert!(said.stderr.contains(words), "{words} in {}", said.stderr);
    }
    assert!(!deck.path("long.xlsx").exists());
}
