//! Answers whose bodies don't come as they should: cut, trickling, gigantic.

use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::bench::{Bench, DEADLINES, VENDORS, each, stays_in_doubt, taken};
use crate::support::chaos::answer::Framing;
use crate::support::chaos::{Answer, Plan, Reply, Seen};
use crate::support::sending::count;

/// Whether a request is the first that carries orders.
fn first(seen: &Seen) -> bool {
    seen.carries_orders() && seen.orders_before == 0
}

/// The first request with orders gets an answer of success that can't be relied on: what each vendor's policy
/// makes of it, and never success.
fn unreliable(
    vendor: &'static str,
    what: &str,
    answer: impl Fn(Answer) -> Answer + Copy + Send + Sync + 'static,
) -> Bench {
    let plan = Plan::new(move |seen| {
        if first(seen) {
            Reply::bent(answer)
        } else {
            Reply::Fair
        }
    });
    let bench = Bench::with(vendor, 2, "concurrency = 1\n", plan);
    let said = bench.submit();
    bench.holds();
    let status = bench.status();
    let told = &bench.exchanges()[0];
    assert_ne!(told["state"], "sending", "{vendor} {what}");
    assert!(told["reason"].is_string(), "{vendor} {what}: {told}");
    if stays_in_doubt(vendor) {
        assert_eq!(said.code, 5, "{vendor} {what}: {}", said.stderr);
        let batch = if vendor == "kibo" { 1 } else { 2 };
        assert_eq!(
            count(&status, "in-doubt"),
            batch,
            "{vendor} {what}: {status}"
        );
    } else {
        assert_eq!(said.code, 0, "{vendor} {what}: {}", said.stderr);
        bench.all_are(taken(vendor));
        let again = if vendor == "kameleoon" { 2 } else { 1 };
        assert_eq!(bench.chaos.order_requests(), again, "{vendor} {what}");
    }
    bench
}

/// F-18: the vendor's own answer, cut in the middle, however the end of a body is told.
#[test]
fn f18_an_answer_cut_in_the_middle_is_no_success() {
    each(VENDORS, |vendor| {
        for framing in [Framing::Length, Framing::Chunked, Framing::Close] {
            unreliable(vendor, &format!("{framing:?}"), move |answer| {
                answer.framed(framing).halved()
            });
        }
    });
}

/// F-18: what came of a longer answer happens to be whole JSON, and even the vendor's words of success.
#[test]
fn f18_a_beginning_that_reads_like_a_whole_is_no_success() {
    each(VENDORS, |vendor| {
        for framing in [Framing::Length, Framing::Chunked] {
            unreliable(vendor, &format!("valid JSON, {framing:?}"), move |answer| {
                let mut text = answer.clone_body();
                let whole = text.len();
                text.extend_from_slice(b"      , and more");
                answer.body(text).framed(framing).cut(whole)
            });
        }
    });
}

/// F-18: nothing of the body came, or a number that may be the beginning of a longer one. Where the connection's
/// end is the body's end nobody can tell that from a whole.
#[test]
fn f18_an_answer_cut_to_nothing_is_no_success() {
    each(VENDORS, |vendor| {
        for framing in [Framing::Length, Framing::Chunked, Framing::Close] {
            unreliable(vendor, &format!("empty, {framing:?}"), move |answer| {
                answer.framed(framing).cut(0)
            });
        }
        unreliable(vendor, "a number", |answer| {
            answer.body("123456").framed(Framing::Close).cut(3)
        });
    });
}

/// F-18: an answer that comes whole counts, though only the connection's end tells its end: an object closes
/// itself.
#[test]
fn f18_a_whole_answer_ended_by_close_counts() {
    each(VENDORS, |vendor| {
        let bench = Bench::new(vendor, 2, |seen| {
            if seen.carries_orders() {
                Reply::bent(|answer| answer.framed(Framing::Close))
            } else {
                Reply::Fair
            }
        });
        bench.submit().ends(0);
        bench.all_are(taken(vendor));
    });
}

/// F-18: what came before the cut is kept, for the operator who has to decide.
#[test]
fn f18_the_beginning_of_an_answer_that_was_cut_is_kept() {
    let bench = unreliable("kibo", "kept", |answer| {
        answer.body(r#"{"orderID":98765,"state":"…"}"#).cut(16)
    });
    let settle = bench.deck.run(["settle", "1", "--json"]).ends(5);
    assert!(settle.text().contains("98765"), "{}", settle.text());
    let told = &bench.exchanges()[0];
    assert_eq!(
        (&told["status"], &told["state"]),
        (&200.into(), &"lost".into())
    );
}

/// So short that a test can wait for them.
const SHORT: &str = "1000,600,1500,50";

/// The program with short deadlines; how long it took.
fn submit_soon(bench: &Bench) -> (i32, Duration) {
    let begun = Instant::now();
    let mut command = bench.deck.command(Bench::SUBMIT);
    let output = command.env(DEADLINES, SHORT).output().unwrap();
    (output.status.code().unwrap(), begun.elapsed())
}

/// F-23: a byte now and then resets no clock but that of idleness: the whole exchange has a deadline, too.
#[test]
fn f23_a_body_that_trickles_for_ever_meets_the_total_deadline() {
    let bench = Bench::new("kibo", 1, |seen| {
        if seen.carries_orders() {
            Reply::bent(|answer| {
                let long = format!("{{\"orderID\":1{}}}", " ".repeat(1000));
                answer.body(long).trickled(1, Duration::from_millis(100))
            })
        } else {
            Reply::Fair
        }
    });
    let (code, took) = submit_soon(&bench);
    assert_eq!(code, 5);
    assert!(took < Duration::from_secs(15), "{took:?}");
    bench.all_are("in-doubt");
    let latency = bench.exchanges()[0]["latency_ms"].as_u64().unwrap();
    assert!((1500..8000).contains(&latency), "{latency} ms");
}

/// F-23: nothing comes at all, before the answer or in its middle: the deadline of idleness.
#[test]
fn f23_silence_meets_the_idle_deadline() {
    each([true, false], |silent| {
        let bench = Bench::new("kibo", 1, move |seen| match seen {
            seen if !seen.carries_orders() => Reply::Fair,
            _ if silent => Reply::Silence,
            _ => Reply::bent(|answer| answer.trickled(8, Duration::from_secs(20))),
        });
        let (code, took) = submit_soon(&bench);
        assert_eq!(code, 5, "{silent}");
        assert!(took < Duration::from_secs(15), "{took:?}");
        bench.all_are("in-doubt");
        let latency = bench.exchanges()[0]["latency_ms"].as_u64().unwrap();
        assert!((600..8000).contains(&latency), "{latency} ms");
    });
}

/// F-23: slow is not dead: what comes in before the deadlines counts.
#[test]
fn f23_a_body_that_comes_slowly_counts() {
    let bench = Bench::new("project-agora", 1, |seen| {
        if seen.carries_orders() {
            Reply::bent(|answer| answer.trickled(400, Duration::from_millis(150)))
        } else {
            Reply::Fair
        }
    });
    bench.submit().ends(0);
    bench.all_are("imported");
}

/// 200 MB of zeros in gzip: concatenated members of a megabyte each, deflated by the system's own gzip.
#[cfg(target_os = "linux")]
fn bomb() -> Vec<u8> {
    use std::io::Read as _;
    use std::process::{Command, Stdio};
    let mut gzip = Command::new("gzip")
        .arg("-c")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = gzip.stdin.take().unwrap();
    let feeding = std::thread::spawn(move || {
        for _ in 0..200 {
            stdin.write_all(&vec![0; 1 << 20]).unwrap();
        }
    });
    let mut packed = Vec::new();
    gzip.stdout
        .take()
        .unwrap()
        .read_to_end(&mut packed)
        .unwrap();
    feeding.join().unwrap();
    assert!(gzip.wait().unwrap().success());
    packed
}

/// F-24: an answer that unpacks to 200 MB is given up at 32 MB, and the program stays small.
#[cfg(target_os = "linux")]
#[test]
fn f24_an_answer_that_unpacks_to_200_mb_is_capped() {
    let bomb = bomb();
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    let bench = Bench::new("kibo", 1, move |seen| {
        if seen.carries_orders() {
            Reply::Say(Answer::new(200, bomb.clone()).header("content-encoding", "gzip"))
        } else {
            Reply::Fair
        }
    });
    // The shell tells the most that its child ever held.
    let mut command = bench.deck.command(Bench::SUBMIT);
    let mut child = command.spawn().unwrap();
    let file = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(&file).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        peak = peak.max(kilobytes.unwrap_or(0_u64));
        std::thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(child.wait().unwrap().code(), Some(5));
    assert!((1_000..150_000).contains(&peak), "{peak} kB");
    let told = &bench.exchanges()[0];
    let reason = told["reason"].as_str().unwrap();
    assert!(reason.contains("larger than 32 MB"), "{reason}");
    assert!(
        told["response_bytes"].as_u64().unwrap() <= 64 << 10,
        "{told}"
    );
    bench.all_are("in-doubt");
}

/// F-24: the same from where tokens, jobs and the list of jobs come from: given up as well, each in its way.
#[cfg(target_os = "linux")]
#[test]
fn f24_a_bomb_in_answer_to_a_question_is_capped() {
    let bomb = bomb();
    let plan = Plan::new(move |seen| {
        if seen.line.starts_with("GET /v1/async-actions/") && seen.before == 0 {
            Reply::Say(Answer::new(200, bomb.clone()).header("content-encoding", "gzip"))
        } else {
            Reply::Fair
        }
    });
    let bench = Bench::with("voucherify", 2, "", plan);
    bench.submit().ends(0);
    bench.all_are("imported");
    assert_eq!(bench.chaos.order_requests(), 1);
}
