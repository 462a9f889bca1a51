//! A vendor that misbehaves: a raw TCP server that a test scripts request by request. It can reset or close a
//! connection at any moment, cut a body however its end is told, trickle it, say anything, and show a bad
//! certificate. It keeps every request that it read, and knows how often each order came.
//!
//! Asked for a fair answer it gives the vendor's own, so that a script only says what goes wrong.

pub mod answer;
mod fair;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;

use answer::After;
pub use answer::Answer;
use fair::fair;

/// A request as it was read.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Which connection it came on, counted from 0.
    pub connection: usize,
    /// `POST /v1/orders/import`.
    pub line: String,
    /// The header lines, as they came.
    pub head: String,
    /// The body as text; empty if the script broke off before it was read.
    pub body: String,
    /// How many requests with the same line came before.
    pub before: usize,
    /// How many requests with orders came before.
    pub orders_before: usize,
    /// When it came.
    pub at: Instant,
    /// Whether the vendor took what it carried, by the script.
    took: bool,
}

impl Seen {
    /// Whether it carries orders.
    pub fn carries_orders(&self) -> bool {
        is_orders(&self.line)
    }

    /// The keys of its orders.
    pub fn keys(&self) -> Vec<String> {
        let orders = self.orders();
        orders.iter().filter_map(key).collect()
    }

    fn orders(&self) -> Vec<Value> {
        if !self.carries_orders() {
            return Vec::new();
        }
        match serde_json::from_str(&self.body).unwrap_or_default() {
            Value::Array(list) => list,
            Value::Object(mut members) => match members.get_mut("orders").map(Value::take) {
                Some(Value::Array(list)) => list,
                _ => vec![Value::Object(members)],
            },
            _ => Vec::new(),
        }
    }
}

fn is_orders(line: &str) -> bool {
    line.starts_with("POST ") && !line.starts_with("POST /token")
}

fn key(order: &Value) -> Option<String> {
    let names = ["source_id", "externalOrderID", "id"];
    let value = names.iter().find_map(|name| order.get(name))?;
    Some(value.as_str().map_or(value.to_string(), str::to_owned))
}

/// What the server does with a request.
pub enum Reply {
    /// The vendor's own answer, if all is well.
    Fair,
    /// The same, but.
    Bent(Box<dyn FnOnce(Answer) -> Answer>),
    /// Whatever the test says.
    Say(Answer),
    /// The connection closes without an answer.
    Close,
    /// It is reset.
    Reset,
    /// Nothing is said; the connection stays open for as long as the client likes.
    Silence,
}

impl Reply {
    /// The vendor's own answer, changed.
    pub fn bent(bend: impl FnOnce(Answer) -> Answer + 'static) -> Self {
        Self::Bent(Box::new(bend))
    }

    /// An answer in JSON.
    pub fn say(status: u16, body: &str) -> Self {
        Self::Say(Answer::new(status, body))
    }
}

/// How a connection is broken off while its request is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    Close,
    Reset,
}

type Script = dyn Fn(&Seen) -> Reply + Send + Sync;
type Breaks = dyn Fn(&Seen) -> Option<(usize, Break)> + Send + Sync;

/// How a server is to be.
pub struct Plan {
    script: Box<Script>,
    breaks: Option<Box<Breaks>>,
    certificate: Option<&'static str>,
}

impl Plan {
    pub fn new(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self {
            script: Box::new(script),
            breaks: None,
            certificate: None,
        }
    }

    /// Asked when only the head of a request was read: after how many bytes of the body to break off, and how.
    pub fn breaking(
        mut self,
        breaks: impl Fn(&Seen) -> Option<(usize, Break)> + Send + Sync + 'static,
    ) -> Self {
        self.breaks = Some(Box::new(breaks));
        self
    }

    /// Over TLS, with a certificate of `tests/support/certificates`.
    pub fn showing(mut self, certificate: &'static str) -> Self {
        self.certificate = Some(certificate);
        self
    }
}

/// The server. It ends with the test.
pub struct Chaos {
    pub url: String,
    state: Arc<State>,
}

struct State {
    plan: Plan,
    seen: Mutex<Vec<Seen>>,
    connections: AtomicUsize,
}

/// An address at which nobody listens yet.
pub struct Quiet {
    socket: tokio::net::TcpSocket,
    address: SocketAddr,
}

impl Quiet {
    pub fn new() -> Self {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = socket.local_addr().unwrap();
        Self { socket, address }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on somebody does.
    pub fn listens(self, script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Chaos {
        let runtime = runtime();
        let inside = runtime.enter();
        let listener = self.socket.listen(64).unwrap().into_std().unwrap();
        drop(inside);
        listener.set_nonblocking(false).unwrap();
        Chaos::at(listener, Plan::new(script))
    }
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_io().build().unwrap()
}

/// Where the certificates are that the test servers show, and the authority that signed them.
pub fn certificate(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/support/certificates")
        .join(name)
}

impl Chaos {
    pub fn start(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::with(Plan::new(script))
    }

    pub fn with(plan: Plan) -> Self {
        Self::at(TcpListener::bind("127.0.0.1:0").unwrap(), plan)
    }

    fn at(listener: TcpListener, plan: Plan) -> Self {
        let scheme = if plan.certificate.is_some() {
            "https"
        } else {
            "http"
        };
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let tls = plan.certificate.map(tls);
        let state = Arc::new(State {
            plan,
            seen: Mutex::default(),
            connections: AtomicUsize::new(0),
        });
        let ours = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { continue };
                let (state, tls) = (Arc::clone(&ours), tls.clone());
                std::thread::spawn(move || state.meet(stream, tls));
            }
        });
        Self { url, state }
    }

    /// Every request that was read, oldest first.
    pub fn seen(&self) -> Vec<Seen> {
        self.state.seen.lock().unwrap().clone()
    }

    /// How many connections came about.
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// How many requests came whose line begins so.
    pub fn count(&self, line: &str) -> usize {
        let seen = self.state.seen.lock().unwrap();
        seen.iter()
            .filter(|seen| seen.line.starts_with(line))
            .count()
    }

    /// How many requests with orders came.
    pub fn order_requests(&self) -> usize {
        let seen = self.state.seen.lock().unwrap();
        seen.iter().filter(|seen| seen.carries_orders()).count()
    }

    /// Waits until so many of them came.
    #[track_caller]
    pub fn until_orders(&self, count: usize) {
        let begun = Instant::now();
        while self.order_requests() < count {
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "{:?}",
                self.seen()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// How often the vendor took each order.
    pub fn copies(&self) -> BTreeMap<String, usize> {
        let mut copies = BTreeMap::new();
        for seen in self.seen().iter().filter(|seen| seen.took) {
            for key in seen.keys() {
                *copies.entry(key).or_default() += 1;
            }
        }
        copies
    }
}

fn tls(name: &str) -> Arc<rustls::ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let chain = CertificateDer::pem_file_iter(certificate(name)).unwrap();
    let key = PrivateKeyDer::from_pem_file(certificate("server.key")).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain.map(Result::unwrap).collect(), key)
        .unwrap();
    Arc::new(config)
}

/// How a connection ends.
#[derive(PartialEq)]
enum End {
    Close,
    Reset,
}

impl State {
    fn meet(&self, mut stream: TcpStream, tls: Option<Arc<rustls::ServerConfig>>) {
        let connection = self.connections.fetch_add(1, Ordering::SeqCst);
        // What is sent piece by piece shall leave piece by piece.
        let _ = stream.set_nodelay(true);
        let end = match tls {
            None => self.talk(&mut stream, connection),
            Some(config) => {
                let session = rustls::ServerConnection::new(config).unwrap();
                let mut secure = rustls::StreamOwned::new(session, stream);
                let _ = self.talk(&mut secure, connection);
                secure.conn.send_close_notify();
                let _ = secure.flush();
                return;
            }
        };
        if matches!(end, Ok(End::Reset)) {
            let _ = stream.set_nonblocking(true);
            let runtime = runtime();
            let _inside = runtime.enter();
            let stream = tokio::net::TcpStream::from_std(stream).unwrap();
            stream.set_zero_linger().unwrap();
        }
    }

    /// Answers request after request.
    fn talk(&self, stream: &mut (impl Read + Write), connection: usize) -> std::io::Result<End> {
        let mut bytes = Vec::new();
        loop {
            let Some((head, start, length)) = read_head(stream, &mut bytes)? else {
                return Ok(End::Close);
            };
            let line = head.lines().next().unwrap_or_default();
            let mut seen = Seen {
                connection,
                line: line.trim_end_matches(" HTTP/1.1").to_owned(),
                head: head.clone(),
                body: String::new(),
                before: 0,
                orders_before: 0,
                at: Instant::now(),
                took: false,
            };
            self.place(&mut seen);
            if let Some((after, how)) = self.plan.breaks.as_ref().and_then(|breaks| breaks(&seen)) {
                read_until(stream, &mut bytes, start + after.min(length))?;
                self.seen.lock().unwrap().push(seen);
                return Ok(match how {
                    Break::Close => End::Close,
                    Break::Reset => End::Reset,
                });
            }
            read_until(stream, &mut bytes, start + length)?;
            seen.body = String::from_utf8_lossy(&bytes[start..start + length]).into_owned();
            bytes.drain(..start + length);
            let reply = {
                // A request counts before it is answered; others come meanwhile.
                let mut all = self.seen.lock().unwrap();
                number(&mut seen, &all);
                let reply = match (self.plan.script)(&seen) {
                    Reply::Fair => Reply::Say(fair(&seen, &all)),
                    Reply::Bent(bend) => Reply::Say(bend(fair(&seen, &all))),
                    other => other,
                };
                seen.took = seen.carries_orders() && takes(&reply);
                all.push(seen);
                reply
            };
            match reply {
                Reply::Say(answer) => match answer.send(stream)? {
                    After::Keep => {}
                    After::Close | After::CloseUnsaid => return Ok(End::Close),
                },
                Reply::Reset => return Ok(End::Reset),
                Reply::Silence => read_until(stream, &mut bytes, usize::MAX)?,
                Reply::Close | Reply::Fair | Reply::Bent(_) => return Ok(End::Close),
            }
        }
    }

    fn place(&self, seen: &mut Seen) {
        number(seen, &self.seen.lock().unwrap());
    }
}

fn number(seen: &mut Seen, all: &[Seen]) {
    seen.before = all.iter().filter(|it| it.line == seen.line).count();
    seen.orders_before = all.iter().filter(|it| it.carries_orders()).count();
}

/// Whether a vendor that does so may have taken what the request carried: all but a clear no.
fn takes(reply: &Reply) -> bool {
    !matches!(reply, Reply::Say(answer) if matches!(answer.status, 300..=499 | 503))
}

/// Reads until a head is whole; the head, where the body begins, and how long it is.
fn read_head(
    stream: &mut impl Read,
    bytes: &mut Vec<u8>,
) -> std::io::Result<Option<(String, usize, usize)>> {
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = head.lines().find_map(|line| {
                let line = line.to_ascii_lowercase();
                line.strip_prefix("content-length:")?.trim().parse().ok()
            });
            return Ok(Some((head, end + 4, length.unwrap_or(0))));
        }
        if !read_more(stream, bytes)? {
            return Ok(None);
        }
    }
}

fn read_until(stream: &mut impl Read, bytes: &mut Vec<u8>, length: usize) -> std::io::Result<()> {
    while bytes.len() < length {
        if !read_more(stream, bytes)? {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

fn read_more(stream: &mut impl Read, bytes: &mut Vec<u8>) -> std::io::Result<bool> {
    let mut piece = [0; 16 << 10];
    let read = stream.read(&mut piece)?;
    bytes.extend_from_slice(&piece[..read]);
    Ok(read > 0)
}
