//! A server on loopback that takes whatever comes and answers as the vendor would: the fastest vendor there is.
//! Plain tokio and one thread, so that it takes as little as possible from what is measured.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The sink in a process of its own; ends when this is dropped.
pub struct Sink {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub url: String,
}

impl Sink {
    /// Starts this very program as a sink.
    pub fn start() -> Self {
        use std::io::BufRead as _;
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg("--sink")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        let mut told = std::io::BufReader::new(child.stdout.take().unwrap());
        told.read_line(&mut url).unwrap();
        url.truncate(url.trim_end().len());
        Self { child, url }
    }

    /// Connections accepted, and requests answered, until now.
    pub fn counts(&self) -> (u64, u64) {
        use std::io::Read as _;
        let mut stream =
            std::net::TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        let asked = b"GET /_sink HTTP/1.1\r\nhost: sink\r\nconnection: close\r\n\r\n";
        stream.write_all(asked).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (_, numbers) = text.split_once("\r\n\r\n").unwrap();
        let (connections, requests) = numbers.split_once(' ').unwrap();
        (connections.parse().unwrap(), requests.parse().unwrap())
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Is the sink, until the one that started it ends it.
pub fn serve() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .unwrap();
    // Whoever started it may die without a word.
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("http://{}", listener.local_addr().unwrap());
        std::io::stdout().flush().unwrap();
        let counts = std::rc::Rc::new(Counts::default());
        while let Ok((stream, _)) = listener.accept().await {
            counts.connections.set(counts.connections.get() + 1);
            let counts = std::rc::Rc::clone(&counts);
            tokio::task::spawn_local(async move {
                let _ = talk(stream, &counts).await;
            });
        }
    });
}

#[derive(Default)]
struct Counts {
    connections: std::cell::Cell<u64>,
    requests: std::cell::Cell<u64>,
    /// How many orders each job has, by its number.
    jobs: std::cell::RefCell<Vec<u64>>,
}

/// Requests of one connection, one after another.
async fn talk(mut stream: TcpStream, counts: &Counts) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer: Vec<u8> = Vec::with_capacity(64 << 10);
    loop {
        let head = loop {
            if let Some(end) = find(&buffer, b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        let length = content_length(&buffer[..head]);
        buffer.reserve((head + length).saturating_sub(buffer.len()));
        while buffer.len() < head + length {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        let answer = answer(&buffer[..head], &buffer[head..head + length], counts);
        let text = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{answer}",
            answer.len()
        );
        stream.write_all(text.as_bytes()).await?;
        if find(&buffer[..head], b"connection: close").is_some() {
            return Ok(());
        }
        buffer.drain(..head + length);
    }
}

/// What the vendor of that path says to orders that it takes.
fn answer(head: &[u8], body: &[u8], counts: &Counts) -> String {
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let path = line.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    if path == b"/_sink" {
        // The question's own connection isn't counted.
        return format!("{} {}", counts.connections.get() - 1, counts.requests.get());
    }
    counts.requests.set(counts.requests.get() + 1);
    match path {
        b"/sync/orders" => r#"{"status":"success"}"#.to_owned(),
        b"/v1/orders/import" => {
            let mut jobs = counts.jobs.borrow_mut();
            jobs.push(elements(body));
            format!(r#"{{"async_action_id":"aa_{}"}}"#, jobs.len() - 1)
        }
        b"/token" => r#"{"access_token":"sink","expires_in":3600}"#.to_owned(),
        path => match path.strip_prefix(b"/v1/async-actions/aa_") {
            Some(number) => {
                let number = std::str::from_utf8(number).unwrap_or_default();
                let jobs = counts.jobs.borrow();
                let done = number.parse().ok().and_then(|at: usize| jobs.get(at));
                format!(
                    r#"{{"id":"aa_{number}","status":"DONE","type":"ORDER_IMPORT","progress":100,"result":{{"message":"All orders imported successfully.","done_count":{},"failed_count":0,"failed":[]}}}}"#,
                    done.copied().unwrap_or_default()
                )
            }
            None => format!(
                r#"{{"code":5000,"message":"OK","orderID":{}}}"#,
                counts.requests.get()
            ),
        },
    }
}

/// How many elements an array has that stands alone.
fn elements(body: &[u8]) -> u64 {
    let (mut depth, mut found, mut quoted, mut escaped) = (0, 0, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                depth += 1;
                found += u64::from(depth == 2);
            }
            b'}' | b']' if !quoted => depth -= 1,
            _ => {}
        }
    }
    found
}

fn content_length(head: &[u8]) -> usize {
    let length = head.split(|byte| *byte == b'\n').find_map(|line| {
        let at = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at(at);
        let is_length = name.eq_ignore_ascii_case(b"content-length");
        let text = std::str::from_utf8(value.get(1..)?).ok()?;
        is_length.then(|| text.trim().parse().ok())?
    });
    length.unwrap_or(0)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|it| it == wanted)
}
