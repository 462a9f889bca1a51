//! Runs against a raw TCP server that answers what a test scripts: what no well-behaved vendor would do.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::ledger::{OutcomeRow, RunId};

/// What the server read.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// `POST /v1/orders/import`.
    pub(super) line: String,
    /// Its body as text.
    pub(super) body: String,
}

/// What it does then.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// A whole answer: status, header lines, body.
    Answer(u16, String, String),
    /// The same after a while.
    Late(Duration, String),
    /// A body shorter than its length says.
    Cut(String),
    /// Nothing: the connection closes.
    Close,
}

impl Reply {
    pub(super) fn ok(body: &str) -> Self {
        Self::status(200, body)
    }

    pub(super) fn status(status: u16, body: &str) -> Self {
        Self::Answer(status, String::new(), body.to_owned())
    }

    pub(super) fn after(status: u16, seconds: &str) -> Self {
        Self::Answer(
            status,
            format!("retry-after: {seconds}\r\n"),
            "{}".to_owned(),
        )
    }
}

/// The server.
pub(super) struct Chaos {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Chaos {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Chaos {
    /// `script` gets a request's line and how many with that line came before it.
    pub(super) async fn start(
        script: impl Fn(&str, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, script) = (Arc::clone(&seen), Arc::new(script));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, script) = (Arc::clone(&log), Arc::clone(&script));
                tokio::spawn(async move {
                    let _ = serve(stream, &log, script.as_ref()).await;
                });
            }
        });
        Self { url, seen, task }
    }

    /// How many requests came whose line begins so.
    pub(super) fn count(&self, line: &str) -> usize {
        let seen = self.seen.lock().unwrap();
        seen.iter()
            .filter(|seen| seen.line.starts_with(line))
            .count()
    }

    /// How often an order's key stands in the requests with that line.
    pub(super) fn copies(&self, line: &str, key: &str) -> usize {
        let seen = self.seen.lock().unwrap();
        let carried = |seen: &&Seen| seen.line.starts_with(line) && seen.body.contains(key);
        seen.iter().filter(carried).count()
    }

    /// The sandbox's profile, but sending here.
    pub(super) fn target(&self, bench: &Bench, vendor: &str) -> Target {
        let mut target = bench.target(vendor, Operation::Import);
        target.account.base_url.clone_from(&self.url);
        let settings = &mut target.account.settings;
        if settings.contains_key("token_url") {
            settings.insert("token_url".into(), format!("{}/token", self.url).into());
        }
        target
    }

    /// Waits until so many such requests came.
    pub(super) async fn until(&self, line: &str, count: usize) {
        let came = async {
            while self.count(line) < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let soon = tokio::time::timeout(Duration::from_secs(20), came).await;
        assert!(soon.is_ok(), "{line}: {} of {count}", self.count(line));
    }
}

async fn serve(
    mut stream: TcpStream,
    log: &Mutex<Vec<Seen>>,
    script: &(impl Fn(&str, usize) -> Reply + Send + Sync),
) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    let (head, length) = loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head
                .to_ascii_lowercase()
                .lines()
                .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
                .unwrap_or(0_usize);
            break (head.to_owned(), length);
        }
    };
    while bytes.len() < head.len() + 4 + length {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
    }
    let line = head.lines().next().unwrap_or_default();
    let line = line.trim_end_matches(" HTTP/1.1").to_owned();
    let before = {
        let mut log = log.lock().unwrap();
        let before = log.iter().filter(|seen| seen.line == line).count();
        let body = String::from_utf8_lossy(&bytes[head.len() + 4..]).into_owned();
        log.push(Seen {
            line: line.clone(),
            body,
        });
        before
    };
    let whole = |status: u16, headers: &str, body: &str, length: usize| {
        format!(
            "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\n\r\n{body}"
        )
    };
    let answer = match script(&line, before) {
        Reply::Answer(status, headers, body) => whole(status, &headers, &body, body.len()),
        Reply::Late(wait, body) => {
            tokio::time::sleep(wait).await;
            whole(200, "", &body, body.len())
        }
        Reply::Cut(body) => whole(200, "", &body, body.len() + 10),
        Reply::Close => return Ok(()),
    };
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

const TOKEN: &str = r#"{"access_token":"token-0123456789","expires_in":3600}"#;
const ORDERS: &str = "POST /";

fn is_token(line: &str) -> bool {
    line == "POST /token"
}

async fn end_of(started: Started) -> (RunState, Option<String>) {
    let Started { control, task, .. } = started;
    let ended = tokio::time::timeout(Duration::from_secs(30), task).await;
    drop(control);
    ended.expect("the run comes to an end").unwrap()
}

/// Ends a run and says how long that took.
async fn stop(started: Started) -> ((RunState, Option<String>), Duration) {
    let since = std::time::Instant::now();
    started.control.send(Control::Stop).unwrap();
    (end_of(started).await, since.elapsed())
}

fn rows(bench: &Bench, run: RunId) -> Vec<OutcomeRow> {
    let ledger = bench.workspace.ledger(Book::Sandbox).unwrap();
    ledger.outcomes(run, &[]).unwrap()
}

fn resume(bench: &Bench, target: &Target, run: RunId) -> Started {
    let seat = bench.workspace.take_seat(target).unwrap();
    let rest = Resumption::find(&seat, run, target).unwrap();
    let credentials = bench
        .workspace
        .credentials(&target.account.profile)
        .unwrap();
    rest.start(seat, Again::Deck(&bench.deck), credentials, true)
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_front_is_gone_is_stopped_not_finished() {
    let bench = Bench::new(60).await;
    let target = bench.target("kibo", Operation::Import);
    let Started {
        name,
        control,
        mut events,
        task,
    } = bench.start(&target, &Selection::default());
    events.recv().await.unwrap();
    drop(control);
    let (state, _) = task.await.unwrap();
    assert!(count(&bench.summary(name.id), Outcome::Pending) > 0);
    assert_eq!(state, RunState::Stopped);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_heeded_while_a_token_is_waited_for() {
    let bench = Bench::new(2).await;
    let chaos = Chaos::start(|_, _| Reply::after(503, "800")).await;
    let started = bench.start(&chaos.target(&bench, "kibo"), &Selection::default());
    let id = started.name.id;
    chaos.until("POST /token", 1).await;
    let ((state, _), took) = stop(started).await;
    assert_eq!(state, RunState::Stopped);
    assert!(took < Duration::from_secs(7), "{took:?}");
    assert_eq!(count(&bench.summary(id), Outcome::Pending), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_heeded_while_doubt_is_settled() {
    let bench = Bench::new(2).await;
    let chaos = Chaos::start(|line, _| match line {
        "POST /v1/orders/import" => Reply::Close,
        _ => Reply::after(429, "800"),
    })
    .await;
    let target = chaos.target(&bench, "voucherify");
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    chaos.until("GET /v1/async-actions", 1).await;
    let ((state, _), took) = stop(started).await;
    assert!(took < Duration::from_secs(7), "{took:?}");
    assert_eq!(state, RunState::Stopped);
    assert_eq!(count(&bench.summary(id), Outcome::InDoubt), 2);
    assert_eq!(chaos.count(ORDERS), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_wait_as_long_as_the_vendor_asks() {
    let bench = Bench::new(1).await;
    let chaos = Chaos::start(|line, before| match (line, before) {
        ("POST /v1/orders/import", _) => Reply::Close,
        ("GET /v1/async-actions?limit=100", 0..4) => Reply::after(429, "1"),
        ("GET /v1/async-actions?limit=100", _) => Reply::ok(r#"{"async_actions":[]}"#),
        _ => Reply::after(429, "800"),
    })
    .await;
    let started = bench.start(&chaos.target(&bench, "voucherify"), &Selection::default());
    chaos.until("GET /v1/async-actions", 1).await;
    let since = std::time::Instant::now();
    chaos.until("GET /v1/orders/", 1).await;
    assert!(
        since.elapsed() > Duration::from_secs(3),
        "{:?}",
        since.elapsed()
    );
    stop(started).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absurd_wait_for_a_job_is_bounded() {
    let bench = Bench::new(1).await;
    let chaos = Chaos::start(|line, _| match line {
        "POST /v1/orders/import" => Reply::ok(r#"{"async_action_id":"job-1"}"#),
        _ => Reply::after(429, &u64::MAX.to_string()),
    })
    .await;
    let target = chaos.target(&bench, "voucherify");
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    chaos.until("GET /v1/async-actions/job-1", 1).await;
    let ((state, _), _) = stop(started).await;
    assert_eq!(state, RunState::Stopped);
    assert_eq!(count(&bench.summary(id), Outcome::Queued), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_never_arrive_are_not_sent_for_ever() {
    let bench = Bench::new(1).await;
    let chaos = Chaos::start(|line, _| match line {
        "POST /v1/orders/import" => Reply::Close,
        "GET /v1/async-actions?limit=100" => Reply::ok(r#"{"async_actions":[]}"#),
        _ => Reply::status(404, r#"{"code":404,"key":"not_found","message":"no"}"#),
    })
    .await;
    let target = chaos.target(&bench, "voucherify");
    let started = bench.start(&target, &Selection::default());
    let (state, reason) = end_of(started).await;
    assert_eq!(state, RunState::Stopped, "{reason:?}");
    let posts = chaos.count("POST /v1/orders/import");
    assert!((2..=6).contains(&posts), "{posts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_run_leaves_alone_what_a_later_run_took() {
    let bench = Bench::new(60).await;
    let target = bench.target("kibo", Operation::Import);
    let mut started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    started.events.recv().await.unwrap();
    stop(started).await;
    bench.submit("kibo").await;
    let started = resume(&bench, &target, id);
    end_of(started).await;
    let taken = &bench.taken().await["kibo"];
    let copies = taken["copies"].as_object().unwrap();
    assert!(copies.values().all(|copies| copies == 1), "{taken}");
    let summary = bench.summary(id);
    assert!(
        count(&summary, Outcome::Skipped) > 0,
        "{:?}",
        summary.outcomes
    );
    assert_eq!(count(&summary, Outcome::Pending), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_run_leaves_alone_what_a_later_run_left_in_doubt() {
    let bench = Bench::new(8).await;
    let target = bench.target("kibo", Operation::Import);
    let chaos = Chaos::start(|line, _| match line {
        "POST /token" => Reply::status(503, "{}"),
        _ => Reply::Close,
    })
    .await;
    let started = bench.start(&chaos.target(&bench, "kibo"), &Selection::default());
    let first = started.name.id;
    stop(started).await;
    // A later run loses the answers to all of them.
    let chaos = Chaos::start(|line, _| match line {
        "POST /token" => Reply::ok(TOKEN),
        _ => Reply::Close,
    })
    .await;
    let started = bench.start(&chaos.target(&bench, "kibo"), &Selection::default());
    let second = started.name.id;
    end_of(started).await;
    assert_eq!(count(&bench.summary(second), Outcome::InDoubt), 8);
    end_of(resume(&bench, &target, first)).await;
    assert_eq!(bench.taken().await["kibo"]["order_requests"], 0);
    assert_eq!(count(&bench.summary(first), Outcome::Blocked), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_arrived_is_in_doubt_while_it_waits_to_be_sent_again() {
    let bench = Bench::new(2).await;
    let chaos = Chaos::start(|_, before| match before {
        0 => Reply::status(500, "{}"),
        _ => Reply::after(429, "800"),
    })
    .await;
    let started = bench.start(&chaos.target(&bench, "kameleoon"), &Selection::default());
    let id = started.name.id;
    chaos.until(ORDERS, 2).await;
    stop(started).await;
    assert_eq!(count(&bench.summary(id), Outcome::InDoubt), 2);
    // It is sent again by itself, because a second copy is harmless there.
    let target = bench.target("kameleoon", Operation::Import);
    let (state, _) = end_of(resume(&bench, &target, id)).await;
    assert_eq!(state, RunState::Finished);
    assert_eq!(count(&bench.summary(id), Outcome::Accepted), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_that_an_answer_repeats_are_masked_wherever_they_are_kept() {
    let bench = Bench::new(1).await;
    let target = bench.target("kibo", Operation::Import);
    let credentials = bench.workspace.credentials("sandbox-kibo").unwrap();
    let secrets: Vec<String> = credentials
        .secrets()
        .map(|secret| secret.expose().to_owned())
        .chain(["token-0123456789".to_owned()])
        .collect();
    let told = secrets.join(" ");
    let chaos = Chaos::start(move |line, _| {
        if is_token(line) {
            return Reply::ok(TOKEN);
        }
        let header = format!("x-told: {told}\r\n");
        Reply::Answer(400, header, format!(r#"{{"message":"no: {told}"}}"#))
    })
    .await;
    let _ = target;
    let started = bench.start(&chaos.target(&bench, "kibo"), &Selection::default());
    let id = started.name.id;
    end_of(started).await;
    let ledger = bench.workspace.ledger(Book::Sandbox).unwrap();
    let mut kept = format!("{:?}", rows(&bench, id));
    for exchange in ledger.exchanges(Some(id), None, 10).unwrap() {
        let whole = ledger.exchange(exchange.id).unwrap();
        kept += &format!("{whole:?}");
        kept.push_str(&String::from_utf8_lossy(&whole.response_body));
    }
    for secret in &secrets {
        assert!(!kept.contains(secret.as_str()), "{secret}: {kept}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_answers_of_kibo_are_in_doubt_and_nothing_sends_them_again() {
    for reply in [
        Reply::Close,
        Reply::status(500, "{}"),
        Reply::Cut(r#"{"orderID":1}"#.to_owned()),
        Reply::ok("<html>a proxy's page</html>"),
    ] {
        let bench = Bench::new(3).await;
        let script = reply.clone();
        let chaos = Chaos::start(move |line, _| {
            if is_token(line) {
                Reply::ok(TOKEN)
            } else {
                script.clone()
            }
        })
        .await;
        let target = chaos.target(&bench, "kibo");
        let started = bench.start(&target, &Selection::default());
        let id = started.name.id;
        let (state, _) = end_of(started).await;
        assert_eq!(state, RunState::Finished, "{reply:?}");
        assert_eq!(count(&bench.summary(id), Outcome::InDoubt), 3, "{reply:?}");
        let seat = bench.workspace.take_seat(&target).unwrap();
        assert!(Resumption::find(&seat, id, &target).unwrap().is_empty());
        let plan = bench.plan(&target, &Selection::default());
        assert_eq!(plan.to_send.orders, 0, "{reply:?}");
        let anyway = Selection {
            resend: true,
            ..Selection::default()
        };
        assert_eq!(bench.plan(&target, &anyway).to_send.orders, 3);
        assert_eq!(chaos.copies(ORDERS, "#1002"), 1, "{reply:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_pauses_waits_for_what_is_under_way() {
    let bench = Bench::new(2).await;
    let chaos = Chaos::start(|line, before| match before {
        _ if is_token(line) => Reply::ok(TOKEN),
        0 => Reply::Late(Duration::from_secs(6), r#"{"orderID":1}"#.to_owned()),
        _ => Reply::status(401, "{}"),
    })
    .await;
    let mut target = chaos.target(&bench, "kibo");
    target
        .account
        .settings
        .insert("concurrency".into(), 2.into());
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    let (state, reason) = end_of(started).await;
    assert_eq!(state, RunState::Paused, "{reason:?}");
    let summary = bench.summary(id);
    assert_eq!(
        count(&summary, Outcome::Accepted),
        1,
        "{:?}",
        summary.outcomes
    );
    assert_eq!(count(&summary, Outcome::Pending), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_taken_up_again_is_settled_by_comparing_what_was_sent() {
    let bench = Bench::new(2).await;
    let chaos = Chaos::start(|line, before| match (line, before) {
        ("POST /v1/orders/import", _) => Reply::ok(r#"{"async_action_id":"job-1"}"#),
        ("GET /v1/async-actions/job-1", 0) => Reply::ok(r#"{"id":"job-1","status":"IN_PROGRESS"}"#),
        ("GET /v1/async-actions/job-1", _) => Reply::ok(
            r#"{"id":"job-1","status":"DONE","result":{"done_count":1,"failed_count":1,"failed":[]}}"#,
        ),
        ("GET /v1/orders/%231001", _) => {
            Reply::ok(r##"{"id":"ord_1","source_id":"#1001","status":"FULFILLED","amount":3000}"##)
        }
        _ => Reply::status(404, r#"{"code":404,"key":"not_found","message":"no"}"#),
    })
    .await;
    let target = chaos.target(&bench, "voucherify");
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    chaos.until("GET /v1/async-actions/job-1", 1).await;
    stop(started).await;
    end_of(resume(&bench, &target, id)).await;
    let summary = bench.summary(id);
    assert_eq!(
        (
            count(&summary, Outcome::Imported),
            count(&summary, Outcome::Rejected)
        ),
        (1, 1),
        "{:?}",
        rows(&bench, id)
    );
    assert_eq!(chaos.count("POST /v1/orders/import"), 1);
}

/// Lets a table of the ledger refuse writes, as a full disk would.
fn break_ledger(bench: &Bench, trigger: &str) {
    let path = bench
        .workspace
        .ledger(Book::Sandbox)
        .unwrap()
        .path()
        .to_owned();
    let conn = rusqlite::Connection::open(path).unwrap();
    conn.execute_batch(trigger).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_that_the_ledger_does_not_know() {
    let bench = Bench::new(20).await;
    let target = bench.target("kibo", Operation::Import);
    break_ledger(
        &bench,
        "CREATE TRIGGER full BEFORE INSERT ON exchange WHEN (SELECT count(*) FROM exchange) >= 5
         BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
    );
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    let (state, reason) = end_of(started).await;
    assert_eq!(state, RunState::Stopped);
    let reason = reason.unwrap();
    assert!(reason.contains("disk is full"), "{reason}");
    // One of the five was for the token.
    assert_eq!(bench.taken().await["kibo"]["order_requests"], 4);
    assert_eq!(count(&bench.summary(id), Outcome::Accepted), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_cannot_be_recorded_end_the_run_and_become_doubt() {
    let bench = Bench::new(40).await;
    let target = bench.target("kibo", Operation::Import);
    break_ledger(
        &bench,
        "CREATE TRIGGER full BEFORE UPDATE ON exchange WHEN NEW.id > 6 AND NEW.status IS NOT NULL
         BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
    );
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    let (state, _) = end_of(started).await;
    assert_eq!(state, RunState::Stopped);
    let sent = bench.taken().await["kibo"]["order_requests"]
        .as_u64()
        .unwrap();
    assert!(sent < 20, "{sent}");
    drop(bench.workspace.take_seat(&target).unwrap());
    let summary = bench.summary(id);
    let known = count(&summary, Outcome::Accepted) + count(&summary, Outcome::InDoubt);
    assert_eq!(known, sent, "{:?}", summary.outcomes);
}
