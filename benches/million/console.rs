//! The console in a pseudo-terminal: how soon it shows the file, how soon it answers keys, what it costs at rest.

use std::path::Path;
use std::time::{Duration, Instant};

use super::Table;
use super::terminal::Terminal;

const COLUMNS: u16 = 120;
const ROWS: u16 = 36;
/// Keys that are timed.
const KEYS: usize = 200;
/// How long it is watched at rest.
const REST: Duration = Duration::from_secs(10);

/// Measures and prints one row for each.
pub fn measure(home: &Path, file: &Path, table: &Table) {
    let start = Instant::now();
    let empty = Terminal::start(&[], &home.join("empty"), COLUMNS, ROWS);
    empty.wait("a frame", |screen| !screen.contents().trim().is_empty());
    table.print("console, first frame without a file", start.elapsed(), "–");
    empty.kill();

    let path = file.display().to_string();
    let start = Instant::now();
    let mut terminal = Terminal::start(&[&path], &home.join("full"), COLUMNS, ROWS);
    terminal.wait("a row of the file", |screen| {
        screen.contents().contains('#')
    });
    table.print("console, first rows of the file", start.elapsed(), "–");
    terminal.wait("the whole index", |screen| {
        let text = screen.contents();
        text.contains("000 orders") || text.contains("(1 of")
    });
    table.print("console, index ready", start.elapsed(), &memory(&terminal));

    let mut times = keys(&mut terminal);
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    table.print(
        "console, key to frame while the file is checked, median",
        at(50),
        "–",
    );
    table.print("console, the same, 99th percentile", at(99), "–");

    let start = Instant::now();
    terminal.keys("/quist\r");
    terminal.wait("the filter to have passed", |screen| {
        let text = screen.contents();
        text.contains("quist") && text.contains(" of ") && !text.contains('…')
    });
    table.print(
        "console, text filter over all orders",
        start.elapsed(),
        &memory(&terminal),
    );
    let before = cost(&terminal);
    let start = Instant::now();
    // Nothing is waited for: it is its rest that is measured.
    std::thread::sleep(REST);
    let after = cost(&terminal);
    println!(
        "| console, {} s at rest | {} wake-ups | – | – | {} |",
        start.elapsed().as_secs(),
        after - before,
        memory(&terminal)
    );
    terminal.kill();
}

/// Times of keys that move the cursor, each until the screen is another one.
fn keys(terminal: &mut Terminal) -> Vec<Duration> {
    let mut times = Vec::with_capacity(KEYS);
    for number in 0..KEYS {
        let before = selected(terminal);
        let start = Instant::now();
        terminal.keys(if number / 20 % 2 == 0 { "j" } else { "k" });
        terminal.wait("the cursor to move", |screen| cursor(screen) != before);
        times.push(start.elapsed());
    }
    times
}

fn selected(terminal: &Terminal) -> Option<u16> {
    terminal.look(cursor)
}

/// The line of the list that is selected, which stands on a ground of its own.
fn cursor(screen: &vt100::Screen) -> Option<u16> {
    (4..ROWS - 2).find(|row| {
        let ground = |row: u16| screen.cell(row, 3).map(vt100::Cell::bgcolor);
        ground(*row) != ground(row - 1) && ground(*row) != ground(row + 1)
    })
}

/// Memory in use now and at most.
fn memory(terminal: &Terminal) -> String {
    let status = read(terminal, "status");
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    };
    let megabytes = |name| of(name).map_or(0, |kilobytes| kilobytes * 1024 / 1_000_000);
    format!(
        "{} MB, at most {} MB",
        megabytes("VmRSS"),
        megabytes("VmHWM")
    )
}

/// How often any of its threads was woken.
fn cost(terminal: &Terminal) -> u64 {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", terminal.id())).unwrap();
    let of = |path: std::path::PathBuf| {
        let status = std::fs::read_to_string(path.join("status")).unwrap_or_default();
        let line = status
            .lines()
            .find(|line| line.starts_with("voluntary_ctxt_switches"));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
            .unwrap_or(0)
    };
    tasks.map(|task| of(task.unwrap().path())).sum()
}

fn read(terminal: &Terminal, what: &str) -> String {
    std::fs::read_to_string(format!("/proc/{}/{what}", terminal.id())).unwrap_or_default()
}
