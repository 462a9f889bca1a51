//! A raw TCP server that answers what a test scripts, by request line.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{Bench, Operation, Target};

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
        Self::reading(move |seen, before| script(&seen.line, before)).await
    }

    /// The same for a `script` that looks into the request.
    pub(super) async fn reading(
        script: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static,
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

    /// How many requests with orders came.
    pub(super) fn orders(&self) -> usize {
        self.count("POST ") - self.count("POST /token")
    }

    /// Waits until so many of them came.
    pub(super) async fn until_orders(&self, count: usize) {
        let came = async {
            while self.orders() < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let soon = tokio::time::timeout(Duration::from_secs(20), came).await;
        assert!(soon.is_ok(), "{} of {count}", self.orders());
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
    script: &(impl Fn(&Seen, usize) -> Reply + Send + Sync),
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
    let seen = Seen {
        line: line.trim_end_matches(" HTTP/1.1").to_owned(),
        body: String::from_utf8_lossy(&bytes[head.len() + 4..]).into_owned(),
    };
    let before = {
        let mut log = log.lock().unwrap();
        let before = log.iter().filter(|other| other.line == seen.line).count();
        log.push(seen.clone());
        before
    };
    let whole = |status: u16, headers: &str, body: &str, length: usize| {
        format!(
            "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\n\r\n{body}"
        )
    };
    let answer = match script(&seen, before) {
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
