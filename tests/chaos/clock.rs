//! A wall clock that jumps: what the program waits for is measured on another one.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::bench::{Bench, each, taken};
use crate::support::chaos::{Answer, Plan, Reply};
use crate::support::sending::{count, until};

/// A library that lays an offset over the wall clock of a process: the seconds in a file that a test changes.
fn shim() -> &'static Path {
    static BUILT: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, library) = BUILT.get_or_init(|| {
        let room = tempfile::tempdir().unwrap();
        let library = room.path().join("libclock.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/chaos/shim/clock.rs");
        let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let output = Command::new(compiler)
            .args([
                "--edition",
                "2024",
                "--crate-type",
                "cdylib",
                "-C",
                "panic=abort",
                "-o",
            ])
            .arg(&library)
            .arg(source)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        (room, library)
    });
    library
}

const DAY: i64 = 86_400;

/// The program with a wall clock that this test sets.
struct Clocked {
    bench: Bench,
    child: Child,
}

impl Clocked {
    fn submit(bench: Bench) -> Self {
        set(&bench, 0);
        let child = bench
            .deck
            .command(Bench::SUBMIT)
            .env("LD_PRELOAD", shim())
            .env("TEST_CLOCK_OFFSET", bench.deck.path("offset"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self { bench, child }
    }

    fn ends(mut self, code: i32) -> Bench {
        assert_eq!(self.child.wait().unwrap().code(), Some(code));
        self.bench
    }
}

fn set(bench: &Bench, seconds: i64) {
    let (new, old) = (bench.deck.path("offset.new"), bench.deck.path("offset"));
    std::fs::write(&new, seconds.to_string()).unwrap();
    std::fs::rename(new, old).unwrap();
}

/// The shim does what it is for: the ledger's times are of another day.
#[track_caller]
fn has_jumped(bench: &Bench, days: i64) {
    let runs = bench.deck.run(["tail", "--json"]).ends(0).lines();
    let at = |line: &serde_json::Value| -> jiff::Timestamp {
        line["at"].as_str().unwrap().parse().unwrap()
    };
    let away = runs.iter().any(|line| {
        let away = at(line).duration_since(jiff::Timestamp::now()).as_hours();
        (away - days * 24).abs() <= 1
    });
    assert!(away, "{runs:?}");
}

/// F-10: while a run waits for what a 429 asked, the clock jumps a day ahead and then two days back. The waits
/// last as long as they should, the token lives on, nobody else may send meanwhile, and each order goes once.
#[test]
fn f10_waits_token_and_lock_do_not_care_for_the_wall_clock() {
    each([[DAY, -DAY], [-DAY, DAY]], |jumps| {
        let plan = Plan::new(|seen| {
            if seen.carries_orders() && [1, 4].contains(&seen.orders_before) {
                Reply::Say(Answer::new(429, "{}").header("retry-after", "3"))
            } else {
                Reply::Fair
            }
        });
        let begun = Instant::now();
        let clocked = Clocked::submit(Bench::with("kibo", 5, "concurrency = 1\n", plan));
        let bench = &clocked.bench;
        bench.chaos.until_orders(2);
        set(bench, jumps[0]);
        // Another sender is kept out all the same.
        let second = bench.submit().ends(3);
        assert!(
            second.stderr.contains("somebody else is sending"),
            "{}",
            second.stderr
        );
        bench.chaos.until_orders(5);
        set(bench, jumps[1]);
        let bench = clocked.ends(0);
        let took = begun.elapsed();
        assert!((6..40).contains(&took.as_secs()), "{took:?}");
        let seen = bench.chaos.seen();
        let orders: Vec<_> = seen.iter().filter(|seen| seen.carries_orders()).collect();
        for refused in [1, 4] {
            let pause = orders[refused + 1].at - orders[refused].at;
            let bounds = Duration::from_millis(2900)..Duration::from_secs(18);
            assert!(bounds.contains(&pause), "{pause:?}");
        }
        assert_eq!(bench.chaos.count("POST /token"), 1, "the token lives on");
        has_jumped(&bench, jumps[0] / DAY);
        has_jumped(&bench, jumps[1] / DAY);
        bench.all_are(taken("kibo"));
    });
}

/// F-10: a job is asked for in its time, and is neither stale nor forgotten because the clock jumped.
#[test]
fn f10_a_job_is_watched_in_its_own_time() {
    each([DAY, -DAY], |jump| {
        let plan = Plan::new(|seen| {
            if seen.line.starts_with("GET /v1/async-actions/") && seen.before < 3 {
                let body = json!({"id": "j", "status": "IN_PROGRESS", "progress": 10});
                Reply::say(200, &body.to_string())
            } else {
                Reply::Fair
            }
        });
        let begun = Instant::now();
        let clocked = Clocked::submit(Bench::with("voucherify", 3, "", plan));
        let bench = &clocked.bench;
        until(&bench.deck, "1", |status| count(status, "queued") == 3);
        set(bench, jump);
        let bench = clocked.ends(0);
        let took = begun.elapsed();
        assert!((4..40).contains(&took.as_secs()), "{took:?}");
        assert_eq!(bench.chaos.count("GET /v1/async-actions/"), 4);
        has_jumped(&bench, jump / DAY);
        bench.all_are("imported");
    });
}

/// F-10: the clock is a day wrong when the vendor names a date: the vendor's own `Date` says how long it means;
/// without that the wait is bounded all the same.
#[test]
fn f10_a_date_to_wait_for_does_not_depend_on_this_clock() {
    let date = |seconds: i64| {
        let at = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
        at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    };
    each([DAY, -DAY], |offset| {
        let plan = Plan::new(move |seen| {
            if seen.carries_orders() && seen.orders_before == 0 {
                let answer = Answer::new(429, "{}").header("date", &date(0));
                Reply::Say(answer.header("retry-after", &date(3)))
            } else {
                Reply::Fair
            }
        });
        let bench = Bench::with("kameleoon", 2, "", plan);
        let clocked = Clocked::submit(bench);
        set(&clocked.bench, offset);
        let bench = clocked.ends(0);
        let seen = bench.chaos.seen();
        let pause = seen[1].at - seen[0].at;
        let bounds = Duration::from_millis(1900)..Duration::from_secs(18);
        assert!(bounds.contains(&pause), "{pause:?}");
        bench.all_are("accepted");
    });
}
