//! What sending costs, in numbers that don't depend on the machine: commits of the ledger, connections, bytes an order.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// How many commits stand in a ledger's write-ahead log: frames that name the size of the file after them.
pub(in crate::submit) fn commits(ledger: &Path) -> usize {
    let log = std::fs::read(format!("{}-wal", ledger.display())).unwrap_or_default();
    if log.is_empty() {
        return 0;
    }
    let page = u32::from_be_bytes(log[8..12].try_into().unwrap()) as usize;
    let salt = &log[16..24];
    log[32..]
        .chunks_exact(24 + page)
        .filter(|frame| frame[8..16] == *salt && frame[4..8] != [0; 4])
        .count()
}

/// A vendor that takes everything and keeps its connections open.
struct Taker {
    url: String,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Taker {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Taker {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (connections, requests) = <(Arc<AtomicUsize>, Arc<AtomicUsize>)>::default();
        let (met, read) = (Arc::clone(&connections), Arc::clone(&requests));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                met.fetch_add(1, Ordering::SeqCst);
                let read = Arc::clone(&read);
                tokio::spawn(async move {
                    let _ = talk(stream, &read).await;
                });
            }
        });
        Self {
            url,
            connections,
            requests,
            task,
        }
    }

    /// Sends the bench's orders here; returns the run, how many commits that took, and the ledger.
    async fn take(
        &self,
        bench: &Bench,
        vendor: &str,
        settings: &[(&str, u32)],
    ) -> (usize, PathBuf) {
        let mut target = bench.target(vendor, Operation::Import);
        target.account.base_url.clone_from(&self.url);
        let own = &mut target.account.settings;
        own.insert("token_url".into(), format!("{}/token", self.url).into());
        own.insert("requests_per_minute".into(), 0.into());
        for (name, value) in settings {
            own.insert((*name).into(), (*value).into());
        }
        // Somebody who looks on keeps the log where it is.
        let look = bench.workspace.ledger(Book::Sandbox).unwrap();
        assert!(look.runs().unwrap().is_empty());
        let path = look.path().to_owned();
        let before = commits(&path);
        let started = bench.start(&target, &Selection::default());
        let id = started.name.id;
        let (state, reason) = started.task.await.unwrap();
        assert_eq!(state, RunState::Finished, "{reason:?}");
        let summary = look.summary(id).unwrap();
        assert_eq!(summary.count(Outcome::Accepted), summary.run.orders);
        (commits(&path) - before, path)
    }
}

/// Answers one request after another on a connection.
async fn talk(mut stream: TcpStream, requests: &AtomicUsize) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    loop {
        let head = loop {
            if let Some(at) = bytes.windows(4).position(|it| it == b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(&mut bytes).await? == 0 {
                return Ok(());
            }
        };
        let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
        let length: usize = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
            .unwrap_or(0);
        while bytes.len() < head + length {
            if stream.read_buf(&mut bytes).await? == 0 {
                return Ok(());
            }
        }
        bytes.drain(..head + length);
        let number = requests.fetch_add(1, Ordering::SeqCst);
        let answer = if text.starts_with("post /sync/orders") {
            r#"{"status":"success"}"#.to_owned()
        } else if text.starts_with("post /token") {
            r#"{"access_token":"t","expires_in":3600}"#.to_owned()
        } else {
            format!(r#"{{"code":5000,"message":"OK","orderID":{number}}}"#)
        };
        let whole = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{answer}",
            answer.len()
        );
        stream.write_all(whole.as_bytes()).await?;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_costs_two_commits_whatever_its_size() {
    let bench = Bench::new(400).await;
    let taker = Taker::start().await;
    let settings = [("batch_size", 100), ("concurrency", 1)];
    let (commits, _) = taker.take(&bench, "kameleoon", &settings).await;
    assert_eq!(taker.requests.load(Ordering::SeqCst), 4);
    // The run, its end, and at most an intent and an answer for each of four requests.
    assert!((6..=10).contains(&commits), "{commits}");
    assert_eq!(taker.connections.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_side_by_side_share_commits_and_connections() {
    const ORDERS: usize = 160;
    let bench = Bench::new(ORDERS).await;
    let taker = Taker::start().await;
    let (commits, _) = taker.take(&bench, "kibo", &[("concurrency", 8)]).await;
    assert_eq!(taker.requests.load(Ordering::SeqCst), ORDERS + 1);
    // Two for each request if nothing were shared.
    assert!(commits < 2 * ORDERS, "{commits}");
    // A connection that becomes free while another is being made is one too many.
    let connections = taker.connections.load(Ordering::SeqCst);
    assert!((1..=16).contains(&connections), "{connections}");
}

/// What the ledger of a run takes beyond that of none, an order.
fn bytes_an_order(path: &Path, orders: u64) -> u64 {
    let size = |path: &Path| {
        let mut ledger = crate::ledger::SqliteLedger::open(path).unwrap();
        ledger.shrink().unwrap().after
    };
    // A ledger without orders has its tables already.
    let home = tempfile::tempdir().unwrap();
    (size(path) - size(&home.path().join("ledger.sqlite"))) / orders
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_order_costs_few_bytes() {
    const ORDERS: u64 = 2000;
    let bench = Bench::new(ORDERS as usize).await;
    let taker = Taker::start().await;
    let (_, path) = taker.take(&bench, "kameleoon", &[]).await;
    let each = bytes_an_order(&path, ORDERS);
    assert!(each <= 150, "{each} bytes an order");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_of_its_own_costs_an_order_few_bytes_more() {
    const ORDERS: u64 = 2000;
    let bench = Bench::new(ORDERS as usize).await;
    let taker = Taker::start().await;
    let (_, path) = taker.take(&bench, "kibo", &[("concurrency", 32)]).await;
    let each = bytes_an_order(&path, ORDERS);
    // Dictionaries and the first requests, packed without, weigh more in a run as short as this one.
    assert!(each <= 300, "{each} bytes an order");
}
