//! Files that are broken, hostile, or change under the program's hands (F-30 to F-34), through the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::sending::{Vendors, begin, count, orders_csv, submit, taken_once, until};
use support::terminal::Terminal;
use support::{Deck, Said, shopify_csv};

/// What the program may take of memory for any file: far less than the files here have bytes.
const MOST_MEMORY: u64 = 120 << 20;
/// How long a refusal may take: generous, because machines are shared.
const SOON: Duration = Duration::from_secs(10);

/// Runs a command to its end and looks how much memory it takes at most.
#[track_caller]
fn bounded(deck: &Deck, args: &[&str]) -> Said {
    let (mut stdout, mut stderr) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    let mut child = deck
        .command(args)
        .stdout(Stdio::from(stdout.try_clone().unwrap()))
        .stderr(Stdio::from(stderr.try_clone().unwrap()))
        .spawn()
        .unwrap();
    let mut most = 0;
    let status = loop {
        // The greatest so far, not the present one.
        most = peak(child.id()).unwrap_or(most);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert!(most > 0, "never seen running");
    assert!(most < MOST_MEMORY, "{args:?} took {most} bytes of memory");
    let read = |file: &mut fs::File| {
        use std::io::{Read, Seek};
        let mut bytes = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut bytes).unwrap();
        bytes
    };
    Said {
        code: status.code().unwrap_or(-1),
        stdout: read(&mut stdout),
        stderr: String::from_utf8(read(&mut stderr)).unwrap(),
    }
}

/// The most memory that a process had at once.
fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes << 10)
}

/// The findings of that rule.
fn found<'f>(findings: &'f [Value], rule: &str) -> Vec<&'f Value> {
    findings.iter().filter(|it| it["rule"] == rule).collect()
}

/// The one finding of that rule with its line and byte.
#[track_caller]
fn stands_at(findings: &[Value], rule: &str, line: u64, byte: u64) {
    let found = found(findings, rule);
    assert_eq!(found.len(), 1, "{rule}: {found:?}");
    assert_eq!(found[0]["place"]["line"], line, "{}", found[0]);
    assert_eq!(found[0]["place"]["byte"], byte, "{}", found[0]);
}

fn findings(deck: &Deck, file: &str, vendor: &str) -> Vec<Value> {
    let said = deck.run(["check", file, "--vendor", vendor, "--json"]);
    assert!(said.code < 2, "{}", said.stderr);
    said.lines()
}

/// F-30: each kind of damage is told with its line and byte, and what is whole can be used and sent.
#[test]
fn f30_damage_is_told_by_line_and_byte_and_the_rest_is_usable() {
    let deck = Deck::new();
    let whole = shopify_csv(6);
    let mut lines: Vec<Vec<u8>> = whole.lines().map(|line| line.as_bytes().to_vec()).collect();
    let replace = |line: &mut Vec<u8>, what: &str, with: &[u8]| {
        let at = line
            .windows(what.len())
            .position(|window| window == what.as_bytes())
            .unwrap();
        line.splice(at..at + what.len(), with.iter().copied());
    };
    replace(&mut lines[2], "ada1002@", b"a\0da@");
    replace(&mut lines[3], "ada1003@", b"\xff\xfea@");
    lines[4] = b"#1004,ada1004@example.com,paid".to_vec();
    replace(&mut lines[5], "ada1005@", b"\"ada1005@");
    let at = |line: usize| -> u64 {
        lines[..line - 1]
            .iter()
            .map(|line| line.len() as u64 + 1)
            .sum()
    };
    // Of the open quote its own place is told.
    let quote = at(6) + "#1005,".len() as u64;
    let places = [(3, at(3)), (4, at(4)), (5, at(5)), (6, quote)];
    let mut bytes = lines.join(&b'\n');
    bytes.push(b'\n');
    deck.file("s.csv", bytes);

    let told = findings(&deck, "s.csv", "kameleoon");
    for (rule, (line, byte)) in ["SRC-05", "SRC-04", "SRC-03", "SRC-01"]
        .into_iter()
        .zip(places)
    {
        stands_at(&told, rule, line, byte);
    }
    let inspected = deck.run(["inspect", "s.csv", "--json"]).ends(1).json();
    // The one with the open quote is left out, and nothing behind it.
    assert_eq!(inspected["orders"], 5, "{inspected}");
    let listed: Vec<&str> = inspected["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| found["rule"].as_str().unwrap())
        .collect();
    for rule in ["SRC-01", "SRC-03", "SRC-04", "SRC-05"] {
        assert!(listed.contains(&rule), "{rule} in {listed:?}");
    }
    // What is whole goes out; that something was left behind is said and shows in the exit code.
    let args = [
        "submit",
        "s.csv",
        "--profile",
        "sandbox-kameleoon",
        "--order",
        "#1001",
        "--order",
        "#1006",
        "--yes",
    ];
    deck.run(args).ends(0);
    taken_once(&deck, "kameleoon", 2);
}

/// A file whose third line is that long; the orders before and behind it are whole.
fn long_line(path: &Path, megabytes: usize, quoted: bool) {
    let whole = shopify_csv(2);
    let mut rows = whole.split_inclusive('\n');
    let mut file = BufWriter::new(fs::File::create(path).unwrap());
    for _ in 0..2 {
        file.write_all(rows.next().unwrap().as_bytes()).unwrap();
    }
    file.write_all(if quoted { b"#1,\"" } else { b"#1," })
        .unwrap();
    let megabyte = vec![b'x'; 1 << 20];
    for _ in 0..megabytes {
        file.write_all(&megabyte).unwrap();
    }
    writeln!(file).unwrap();
    file.write_all(rows.next().unwrap().as_bytes()).unwrap();
    file.flush().unwrap();
}

fn long_lines_are_bounded(megabytes: usize) {
    let deck = Deck::new();
    for (quoted, rule) in [(false, "SRC-02"), (true, "SRC-01")] {
        long_line(&deck.path("long.csv"), megabytes, quoted);
        let said = bounded(&deck, &["inspect", "long.csv", "--json"]).ends(1);
        assert_eq!(said.json()["orders"], 2, "{}", said.text());
        assert!(said.stderr.contains("line 3"), "{}", said.stderr);
        if !quoted {
            let said = bounded(
                &deck,
                &["check", "long.csv", "--vendor", "kameleoon", "--json"],
            );
            let first_two: usize = shopify_csv(1).len();
            stands_at(&said.ends(1).lines(), rule, 3, first_two as u64);
        }
    }
}

/// F-30: a line far larger than the memory that is taken for it.
#[test]
fn f30_a_line_of_many_megabytes_is_a_finding_and_takes_little_memory() {
    long_lines_are_bounded(160);
}

/// F-30 with a gigabyte, for nights: `cargo test --test faults_source gigabyte -- --ignored`.
#[test]
#[ignore = "writes and reads a gigabyte several times"]
fn f30_a_line_of_a_gigabyte_is_a_finding_and_takes_little_memory() {
    long_lines_are_bounded(1024);
}

/// F-30: the same through a pipe, which is kept in a file first.
#[test]
fn f30_a_long_line_through_a_pipe_takes_little_memory() {
    let deck = Deck::new();
    long_line(&deck.path("long.csv"), 160, false);
    let mut child = deck
        .command(["inspect", "-", "--json"])
        .stdin(fs::File::open(deck.path("long.csv")).unwrap())
        .spawn()
        .unwrap();
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        most = peak(child.id()).unwrap_or(most);
        std::thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(most > 0 && most < MOST_MEMORY, "{most}");
}

/// What can happen to a file, and the words for it.
const CHANGES: [(&str, &str); 4] = [
    ("edited", "was edited"),
    ("cut", "was cut short"),
    ("removed", "was removed"),
    ("replaced", "was replaced"),
];

/// Does it to `orders.csv`.
fn change(deck: &Deck, how: &str) {
    let path = deck.path("orders.csv");
    let text = fs::read_to_string(&path).unwrap();
    match how {
        "edited" => {
            let mut file = fs::OpenOptions::new().write(true).open(&path).unwrap();
            file.write_all(text.replace("Ada Archer", "Eve Archer").as_bytes())
                .unwrap();
        }
        "cut" => {
            let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
            file.set_len(text.len() as u64 / 2).unwrap();
        }
        "removed" => fs::remove_file(&path).unwrap(),
        "replaced" => {
            let other = deck.file("other.csv", text.replace("Ada Archer", "Eve Archer"));
            fs::rename(other, &path).unwrap();
        }
        other => panic!("{other}"),
    }
}

/// F-31: a file that changed after the console loaded it is noticed, whatever was done to it, and nothing of it is
/// sent: neither before the dialog nor when it stands open already.
#[test]
fn f31_a_file_that_changes_under_the_console_is_not_sent() {
    for (how, words) in CHANGES {
        for dialog_open in [false, true] {
            let deck = Deck::new();
            deck.file("orders.csv", orders_csv(4));
            let args = ["orders.csv", "--sandbox", "--profile", "sandbox-kibo"];
            let mut console = Terminal::start(&args, deck.home.path(), 140, 40);
            console.until("4 orders");
            if dialog_open {
                console.keys("s");
                console.until("Submit 4");
            }
            change(&deck, how);
            console.keys(if dialog_open { "\r" } else { "s" });
            console.until(words);
            console.signal(rustix::process::Signal::TERM);
            assert_eq!(console.exit_code(), 0, "{how}");
            assert!(
                deck.run(["runs", "--json"]).ends(0).lines().is_empty(),
                "{how}"
            );
        }
    }
}

/// F-31: a file that changes while its orders are being sent: the run stops and says why, and goes on only with
/// the file that it was decided on.
#[test]
fn f31_a_file_that_changes_in_the_middle_of_a_run_stops_it() {
    const ORDERS: u64 = 60;
    for (how, words) in CHANGES {
        let deck = Deck::new();
        let text = orders_csv(ORDERS as usize);
        let file = deck.file("orders.csv", &text);
        let untouched = fs::metadata(&file).unwrap().modified().unwrap();
        let vendors = Vendors::failing(&deck.path("vendors"), "kibo:latency=60ms");
        deck.profiles(&vendors.profile("mine", "kibo", "test"));
        let mut submit = begin(
            &deck,
            &["submit", "orders.csv", "--profile", "mine", "--yes"],
        );
        until(&deck, "1", |status| count(status, "accepted") > 0);
        change(&deck, how);
        assert_eq!(submit.wait().unwrap().code(), Some(4), "{how}");
        let status = deck.run(["status", "1", "--json"]).ends(0).json();
        assert_eq!(status["state"], "stopped", "{status}");
        let reason = status["reason"].as_str().unwrap();
        assert!(
            reason.contains("orders.csv") && reason.contains(words),
            "{reason}"
        );
        let (sent, left) = (count(&status, "accepted"), count(&status, "pending"));
        assert!(left > 0 && sent + left == ORDERS, "{status}");

        let refused = deck.run(["resume", "1"]).ends(3);
        let expected = if how == "removed" {
            "no such file"
        } else {
            "the source file"
        };
        assert!(
            refused.stderr.contains(expected),
            "{how}: {}",
            refused.stderr
        );

        let file = deck.file("orders.csv", &text);
        fs::File::options()
            .write(true)
            .open(file)
            .unwrap()
            .set_modified(untouched)
            .unwrap();
        let status = deck.run(["resume", "1", "--json"]).ends(0).json();
        assert_eq!(count(&status, "accepted"), ORDERS, "{how}: {status}");
        let taken = vendors.taken()["kibo"]["copies"].clone();
        let copies = taken.as_object().unwrap();
        assert_eq!(copies.len() as u64, ORDERS);
        assert!(copies.values().all(|copies| *copies == 1));
    }
}

/// F-32: rows of one order may lie apart; rows that contradict each other are an error and aren't sent; the same
/// line twice is a warning.
#[test]
fn f32_the_same_order_id_twice_in_a_table() {
    let deck = Deck::new();
    let text = orders_csv(4);
    let mut rows: Vec<String> = text.lines().map(str::to_owned).collect();
    // #1001's second line goes to the end, #1002 comes again with another total, #1003's second line twice.
    let apart = rows.remove(2);
    let contrary = rows[2].replace("35.00", "36.00");
    let twice = rows[5].clone();
    assert!(
        apart.starts_with("#1001") && contrary.starts_with("#1002") && twice.starts_with("#1003")
    );
    rows.extend([apart, contrary, twice]);
    deck.file("orders.csv", rows.join("\n") + "\n");

    let told = findings(&deck, "orders.csv", "kibo");
    let contradictions = found(&told, "ORD-01");
    assert!(!contradictions.is_empty());
    assert!(
        contradictions
            .iter()
            .all(|it| it["order"] == "#1002" && it["severity"] == "error")
    );
    let repeated = found(&told, "ORD-02");
    assert!(
        repeated
            .iter()
            .any(|it| it["order"] == "#1003" && it["severity"] == "warning"),
        "{repeated:?}"
    );
    assert!(!told.iter().any(|it| it["order"] == "#1001"), "{told:?}");

    let status = submit(&deck, "kibo", &["--yes"]).ends(1).json();
    assert_eq!(status["orders"], 4);
    assert_eq!(count(&status, "accepted"), 3, "{status}");
    assert_eq!(count(&status, "blocked"), 1);
    let taken = taken_once(&deck, "kibo", 3);
    assert!(taken["copies"]["#1002"].is_null());
}

/// F-32: the same object twice is taken once if both are equal, and not at all if they aren't.
#[test]
fn f32_the_same_order_id_twice_in_json() {
    let deck = Deck::new();
    let order = |id: u32, price: &str| {
        json!({
            "id": id, "name": format!("#{id}"), "email": "ada@example.com", "currency": "USD",
            "total_price": price, "created_at": "2024-03-01T00:00:00Z", "financial_status": "paid",
            "line_items": [{ "id": 2, "sku": "MUG", "title": "Mug", "quantity": 1, "price": price }],
        })
    };
    let orders = [
        order(1, "5.00"),
        order(2, "5.00"),
        order(1, "5.00"),
        order(2, "6.00"),
        order(3, "5.00"),
    ];
    deck.file("orders.json", json!(orders).to_string());
    let told = findings(&deck, "orders.json", "kameleoon");
    let same = found(&told, "ORD-02");
    assert_eq!(same.len(), 1, "{same:?}");
    assert_eq!(
        (&same[0]["order"], &same[0]["severity"]),
        (&json!("#1"), &json!("info"))
    );
    assert!(found(&told, "ORD-01").iter().all(|it| it["order"] == "#2"));
    let args = [
        "submit",
        "orders.json",
        "--profile",
        "sandbox-kameleoon",
        "--yes",
        "--json",
    ];
    let status = deck.run(args).ends(1).json();
    assert_eq!(
        (count(&status, "accepted"), count(&status, "blocked")),
        (2, 1),
        "{status}"
    );
    let taken = taken_once(&deck, "kameleoon", 2);
    assert!(taken["copies"]["#2"].is_null());
}

/// F-33: JSON that parsers disagree on is told; digits are the same from the file to what the vendor gets.
#[test]
fn f33_doubtful_json_is_told_and_digits_are_never_changed() {
    let deck = Deck::new();
    let order = |id: &str, more: &str, total: &str| {
        format!(
            r##"{{"id":9007199254740993,"name":"#{id}",{more}"email":"ada@example.com","currency":"EUR","total_price":{total},"created_at":"2024-03-01T00:00:00Z","financial_status":"paid","line_items":[{{"id":9007199254740995,"sku":"MUG","title":"Mug","quantity":1,"price":{total}}}]}}"##
        )
    };
    let deep = format!(
        "{{\"name\":\"#4\",\"note\":{}1{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let lines = [
        order("1", "", "90071992547409.93"),
        order("2", r##""name":"#2","##, "5.10"),
        order("3", "", "1e400"),
        deep,
        order("5", "", "5.10"),
    ];
    let text = format!("[\n{}\n]\n", lines.join(",\n"));
    let at = |line: usize| -> u64 {
        2 + lines[..line - 2]
            .iter()
            .map(|line| line.len() as u64 + 2)
            .sum::<u64>()
    };
    deck.file("orders.json", &text);
    let told = findings(&deck, "orders.json", "kameleoon");
    stands_at(&told, "SRC-10", 3, at(3));
    stands_at(&told, "SRC-09", 5, at(5));
    let unread = found(&told, "MAP-01");
    assert!(
        !unread.is_empty() && unread.iter().all(|it| it["order"] == "#3"),
        "{unread:?}"
    );

    let args = [
        "submit",
        "orders.json",
        "--profile",
        "sandbox-kameleoon",
        "--yes",
        "--json",
    ];
    let status = deck.run(args).ends(1).json();
    assert_eq!(
        (count(&status, "accepted"), count(&status, "blocked")),
        (3, 1),
        "{status}"
    );
    taken_once(&deck, "kameleoon", 3);
    let sent = deck.run(["history", "#1", "--json"]).ends(0);
    for digits in [
        r#""total":90071992547409.93"#,
        r#""line_id":"9007199254740995""#,
    ] {
        assert!(sent.text().contains(digits), "{digits} in {}", sent.text());
    }
}

/// F-33: nor are those of a file that is a vendor's own, in fields that nobody here knows either.
#[test]
fn f33_digits_of_a_native_payload_are_passed_on_as_they_are() {
    let deck = Deck::new();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/kibo-import.json");
    let native = fs::read_to_string(page).unwrap();
    let native = native.replacen('{', r#"{"attributes_of_ours":{"n":9007199254740993,"d":0.10,"z":123456789012345678901234567890.10},"#, 1);
    deck.file("native.json", native);
    let said = deck.run(["preview", "native.json", "--vendor", "kibo"]);
    let digits = r#"{"n":9007199254740993,"d":0.10,"z":123456789012345678901234567890.10}"#;
    assert!(
        said.text().contains(digits),
        "{}{}",
        said.text(),
        said.stderr
    );
}

/// A gigabyte of zeros, packed by gzip: about a megabyte.
fn gzip_bomb(to: impl Write) {
    let mut packed = flate2::write::GzEncoder::new(to, flate2::Compression::fast());
    zeros(&mut packed);
    packed.finish().unwrap();
}

fn zeros(to: &mut impl Write) {
    let megabyte = vec![0; 1 << 20];
    for _ in 0..1024 {
        to.write_all(&megabyte).unwrap();
    }
}

/// A workbook whose sheet unpacks to a gigabyte.
fn workbook_bomb(to: impl Write + io::Seek) {
    let mut book = zip::ZipWriter::new(to);
    let options = zip::write::SimpleFileOptions::default();
    for part in ["[Content_Types].xml", "_rels/.rels"] {
        book.start_file(part, options).unwrap();
        book.write_all(b"<Types/>").unwrap();
    }
    book.start_file("xl/worksheets/sheet1.xml", options.large_file(true))
        .unwrap();
    zeros(&mut book);
    book.finish().unwrap();
}

/// A gigabyte of rows, packed by zstd: some tens of kilobytes.
fn zstd_bomb(to: impl Write) {
    let mut packed = zstd::Encoder::new(to, 1).unwrap();
    packed.write_all(b"Name,Email\n").unwrap();
    let rows = b"#1,ada@example.com\n".repeat(50_000);
    for _ in 0..1100 {
        packed.write_all(&rows).unwrap();
    }
    packed.finish().unwrap();
}

/// F-34: what unpacks to gigabytes is refused, with the next step, whatever it calls itself: at once where its
/// beginning tells what it is, else at the bound.
#[test]
fn f34_bombs_are_refused_and_take_little_memory() {
    let deck = Deck::new();
    gzip_bomb(fs::File::create(deck.path("bomb.csv.gz")).unwrap());
    fs::copy(deck.path("bomb.csv.gz"), deck.path("gzip.csv")).unwrap();
    workbook_bomb(fs::File::create(deck.path("bomb.xlsx")).unwrap());
    fs::copy(deck.path("bomb.xlsx"), deck.path("zip.csv")).unwrap();
    zstd_bomb(fs::File::create(deck.path("rows.csv.zst")).unwrap());
    let bound = ["--max-unpacked", "64M"];
    for (file, words) in [
        (
            "bomb.csv.gz",
            ["compressed binary data", "export the orders as CSV"],
        ),
        (
            "gzip.csv",
            ["compressed binary data", "export the orders as CSV"],
        ),
        (
            "bomb.xlsx",
            ["has a cell of more than 16 MB", "get the file again"],
        ),
        (
            "zip.csv",
            ["has a cell of more than 16 MB", "get the file again"],
        ),
        (
            "rows.csv.zst",
            ["unpacks to more than 64 MB", "--max-unpacked"],
        ),
    ] {
        for args in [
            &["inspect", file][..],
            &["check", file],
            &["submit", file, "--profile", "sandbox-kibo", "--yes"],
        ] {
            let since = Instant::now();
            let args = [args, &bound].concat();
            let said = bounded(&deck, &args).ends(2).complains(&words);
            assert!(since.elapsed() < SOON, "{:?}", since.elapsed());
            assert!(said.stderr.contains(file), "{}", said.stderr);
        }
    }
    // Nothing of what was unpacked stays behind.
    assert_eq!(
        fs::read_dir(deck.data().join("spool")).map_or(0, Iterator::count),
        0
    );
    let mut console = Terminal::start(&["bomb.xlsx"], deck.home.path(), 120, 30);
    console.until("has a cell of more than 16 MB");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}
