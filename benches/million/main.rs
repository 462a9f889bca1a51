//! A big export through the real program, beside what else reads it: prints the table of the README.
//!
//! `cargo bench --bench million -- --file EXPORT [--peer COMMAND]`: `wc -l` is the floor; the peer is any command that
//! turns the same file into payloads, which gets the file's name behind its own words. Each figure is the best of
//! three, all in one run; ratios tell more than seconds do. Memory is told by GNU time where it is installed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod console;
mod others;
mod run;
#[allow(dead_code)]
#[path = "../../tests/support/terminal.rs"]
mod terminal;

use std::path::{Path, PathBuf};
use std::time::Duration;

use run::{Run, best};

/// What is to be measured.
struct Wish {
    file: PathBuf,
    peer: Option<String>,
}

impl Wish {
    fn read() -> Option<Self> {
        let (mut file, mut peer) = (None, None);
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--file" => file = arguments.next().map(PathBuf::from),
                "--peer" => peer = arguments.next(),
                // What cargo says to every bench.
                "--bench" => {}
                other => panic!("unknown option {other}"),
            }
        }
        Some(Self {
            file: std::path::absolute(file?).expect("a path"),
            peer,
        })
    }
}

fn main() {
    let Some(wish) = Wish::read() else {
        println!("million: name a big order file with --file to measure by");
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let file = wish.file.display().to_string();
    let orderdeck = |arguments: &[&str]| {
        let mut words = vec![env!("CARGO_BIN_EXE_orderdeck")];
        words.extend(arguments);
        best(home.path(), &words)
    };
    let floor = best(home.path(), &["wc", "-l", &file]);
    let peer = wish.peer.as_deref().map(|peer| {
        let mut words: Vec<&str> = peer.split(' ').collect();
        words.push(&file);
        best(home.path(), &words)
    });
    print_head(&wish.file);
    let table = Table { floor, peer };
    table.row("`wc -l`, the floor", floor);
    if let Some(peer) = peer {
        table.row("the peer: one mapping to payloads", peer);
    }
    let [preview, check, inspect] = commands(&file).map(|words| {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        orderdeck(&words)
    });
    table.row("`preview --vendor voucherify`, every order", preview);
    table.row("`check --vendor all`, four vendors' rules an order", check);
    table.row("`inspect`", inspect);
    table.row("`--version`", orderdeck(&["--version"]));
    console::measure(home.path(), &wish.file, &table);
    measure_others(
        home.path(),
        &wish.file,
        [preview, check, inspect],
        &orderdeck,
    );
}

/// What goes over all orders of a file.
fn commands(file: &str) -> [Vec<String>; 3] {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    [
        words(&["preview", "--vendor", "voucherify", file]),
        words(&["check", "--vendor", "all", file]),
        words(&["inspect", file]),
    ]
}

/// The first orders of the file in other forms, and how much longer the whole file takes.
fn measure_others(home: &Path, export: &Path, whole: [Run; 3], orderdeck: &dyn Fn(&[&str]) -> Run) {
    let others = others::write(home, export);
    let names = ["`preview`", "`check`", "`inspect`"];
    let measured = [&others.table, &others.lines, &others.workbook].map(|file| {
        commands(&file.display().to_string()).map(|words| {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            orderdeck(&words)
        })
    });
    let [table, lines, workbook] = measured;
    println!(
        "\n| {} orders | CSV | NDJSON | XLSX | the whole file |",
        others::ORDERS
    );
    println!("|---|---|---|---|---|");
    for (number, name) in names.iter().enumerate() {
        let shown = |run: Run| format!("{:.2} s{}", run.took.as_secs_f64(), run.memory_in_words());
        let grows = whole[number].took.as_secs_f64() / table[number].took.as_secs_f64();
        let memory = whole[number].memory_in_words();
        println!(
            "| {name} | {} | {} | {} | {grows:.1} × the CSV's time{memory} |",
            shown(table[number]),
            shown(lines[number]),
            shown(workbook[number]),
        );
    }
    let alone = others::cells_alone(&others.workbook);
    println!(
        "\nThe workbook library takes {:.2} s for the cells alone.",
        alone.as_secs_f64()
    );
}

/// Prints rows beside floor and peer.
struct Table {
    floor: Run,
    peer: Option<Run>,
}

impl Table {
    fn row(&self, what: &str, run: Run) {
        let memory = match run.memory {
            Some(bytes) => format!("{} MB", bytes / 1_000_000),
            None => "–".to_owned(),
        };
        self.print(what, run.took, &memory);
    }

    /// A row without a process of its own.
    fn print(&self, what: &str, took: Duration, memory: &str) {
        let beside = |other: Duration| format!("{:.2} ×", took.as_secs_f64() / other.as_secs_f64());
        let peer = self
            .peer
            .map_or_else(|| "–".to_owned(), |peer| beside(peer.took));
        let shown = if took < Duration::from_secs(1) {
            format!("{:.1} ms", took.as_secs_f64() * 1000.0)
        } else {
            format!("{:.2} s", took.as_secs_f64())
        };
        println!(
            "| {what} | {shown} | {} | {peer} | {memory} |",
            beside(self.floor.took)
        );
    }
}

fn print_head(file: &Path) {
    let size = std::fs::metadata(file).map_or(0, |metadata| metadata.len());
    let machine = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = machine
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("an unknown processor", |model| {
            model.trim_start_matches([' ', '\t', ':'])
        });
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let today = jiff::Zoned::now().date();
    println!(
        "{processors} processors of {model}, {today}; a file of {} MB\n",
        size / 1_000_000
    );
    println!("| what | time | to the floor | to the peer | memory at most |");
    println!("|---|---|---|---|---|");
}
