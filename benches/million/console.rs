//! The console in a pseudo-terminal: how soon it shows the file, how soon it answers keys, what it costs at rest.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use super::Table;
use super::terminal::Terminal;

const COLUMNS: u16 = 120;
const ROWS: u16 = 36;
/// The line of the list's title, and that of its first order.
const TITLE: u16 = 2;
const FIRST: u16 = 4;
/// Keys that are timed.
const KEYS: usize = 200;
/// How long it is watched at rest.
const REST: Duration = Duration::from_secs(10);
/// Without any work for so long it is at rest. Threads that have nothing to do for ten seconds end, once.
const SETTLED: Duration = Duration::from_secs(12);
/// What is looked for in all orders.
const WORDS: &str = "quist";

/// Measures and prints one row for each.
pub fn measure(home: &Path, file: &Path, table: &Table) {
    let frames = (0..3).map(|number| {
        let home = folder(home, &format!("empty-{number}"));
        let start = Instant::now();
        let empty = Terminal::start(&[], &home, COLUMNS, ROWS);
        empty.wait("a frame", |screen| !screen.contents().trim().is_empty());
        let took = start.elapsed();
        empty.kill();
        took
    });
    let first = frames.min().expect("a frame");
    table.print("console, first frame without a file", first, "–");

    let path = file.display().to_string();
    let start = Instant::now();
    let mut terminal = Terminal::start(&[&path], &folder(home, "full"), COLUMNS, ROWS);
    terminal.wait("a row of the file", has_rows);
    table.print("console, first rows of the file", start.elapsed(), "–");
    let reading = keys(&mut terminal, &|terminal| terminal.look(is_whole));
    terminal.wait("the whole index", is_whole);
    table.print("console, index ready", start.elapsed(), &memory(&terminal));
    print_keys(table, reading, "while the file is read");
    let checking = keys(&mut terminal, &|_| false);
    print_keys(table, checking, "while the orders are checked");

    let took = filter(&mut terminal);
    table.print("console, text filter while they are checked", took, "–");
    settle(&terminal);
    let took = filter(&mut terminal);
    table.print("console, text filter over all orders", took, "–");
    // To the end, and sorted by the first column: what that costs stands in the last row.
    terminal.keys("G>");

    settle(&terminal);
    let before = wakes(&terminal);
    // Nothing is waited for: it is its rest that is measured.
    std::thread::sleep(REST);
    let woken: u64 = wakes(&terminal)
        .iter()
        .map(|(thread, count)| count.saturating_sub(*before.get(thread).unwrap_or(&0)))
        .sum();
    println!(
        "| console, {} s at rest | {woken} wake-ups | – | – | {} |",
        REST.as_secs(),
        memory(&terminal)
    );
    terminal.kill();
}

/// A new folder to live in.
fn folder(home: &Path, name: &str) -> std::path::PathBuf {
    let path = home.join(name);
    std::fs::create_dir_all(&path).expect("a folder");
    path
}

fn line(screen: &vt100::Screen, row: u16) -> String {
    screen
        .rows(0, COLUMNS)
        .nth(usize::from(row))
        .unwrap_or_default()
}

/// Whether the list's first order is read.
fn has_rows(screen: &vt100::Screen) -> bool {
    let first = line(screen, FIRST);
    let first = first.trim_start_matches(['│', '▸', ' ']);
    line(screen, TITLE).contains("Orders ·") && !first.is_empty() && !first.starts_with('…')
}

/// Whether these are all orders of the file.
fn is_whole(screen: &vt100::Screen) -> bool {
    let title = line(screen, TITLE);
    title.contains("Orders ·") && title.contains(" of ")
}

/// Drops the filter, filters anew, and waits for the last count.
fn filter(terminal: &mut Terminal) -> Duration {
    terminal.keys("\x1b");
    terminal.wait("no filter", |screen| {
        !screen.contents().contains(&format!("/{WORDS}"))
    });
    let start = Instant::now();
    terminal.keys(&format!("/{WORDS}\r"));
    terminal.wait("the filter to have passed", |screen| {
        let text = screen.contents();
        let line = text
            .lines()
            .find(|line| line.contains(&format!("/{WORDS}")));
        line.is_some_and(|line| line.contains(" of ") && !line.contains("so far"))
    });
    start.elapsed()
}

/// Times of keys that move the cursor, each until a whole frame shows it; as many as there is time for.
fn keys(terminal: &mut Terminal, is_over: &dyn Fn(&Terminal) -> bool) -> Vec<Duration> {
    let mut times = Vec::with_capacity(KEYS);
    let mut down = true;
    for _ in 0..KEYS {
        if is_over(terminal) {
            break;
        }
        let before = terminal.look(cursor);
        // Down and up again, within the page.
        down = match before {
            Some(row) if row <= FIRST => true,
            Some(row) if row >= FIRST + 15 => false,
            _ => down,
        };
        let start = Instant::now();
        terminal.keys(if down { "j" } else { "k" });
        terminal.wait("the cursor to move", |screen| cursor(screen) != before);
        times.push(start.elapsed());
    }
    times
}

fn print_keys(table: &Table, mut times: Vec<Duration>, when: &str) {
    times.sort_unstable();
    let Some(last) = times.len().checked_sub(1) else {
        return;
    };
    for (name, share) in [("median", 50), ("99th percentile", 99)] {
        let what = format!("console, key to frame {when}, {name} of {}", times.len());
        table.print(&what, times[last * share / 100], "–");
    }
}

/// The line of the list under the cursor.
fn cursor(screen: &vt100::Screen) -> Option<u16> {
    let marked = |row: &u16| {
        let cell = screen.cell(*row, 1);
        cell.is_some_and(|cell| cell.contents() == "▸")
    };
    (FIRST..ROWS).find(marked)
}

/// Waits until it has had nothing to do for a while.
fn settle(terminal: &Terminal) {
    let (mut before, mut since) = (worked(terminal), Instant::now());
    while since.elapsed() < SETTLED {
        std::thread::sleep(Duration::from_millis(100));
        let now = worked(terminal);
        if now != before {
            (before, since) = (now, Instant::now());
        }
    }
}

/// Ticks of a processor that it took so far.
fn worked(terminal: &Terminal) -> u64 {
    let stat = read(terminal, "stat");
    // Behind the name, which may hold anything.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok());
    ticks(11).unwrap_or(0) + ticks(12).unwrap_or(0)
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

/// How often each of its threads was woken.
fn wakes(terminal: &Terminal) -> HashMap<String, u64> {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", terminal.id())).unwrap();
    let of = |path: &Path| {
        let status = std::fs::read_to_string(path.join("status")).unwrap_or_default();
        let line = status
            .lines()
            .find(|line| line.starts_with("voluntary_ctxt_switches"));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
            .unwrap_or(0)
    };
    tasks
        .map(|task| task.unwrap().path())
        .map(|path| (path.display().to_string(), of(&path)))
        .collect()
}

fn read(terminal: &Terminal, what: &str) -> String {
    std::fs::read_to_string(format!("/proc/{}/{what}", terminal.id())).unwrap_or_default()
}
