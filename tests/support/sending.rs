//! What tests of sending share: orders that every vendor takes, the sandbox seen from outside, and vendors that
//! misbehave.

#![allow(clippy::format_push_string)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use orderdeck::sandbox::{self, SandboxConfig};
use serde_json::Value;

use super::{Deck, Said};

/// How long anything may take: generous, because machines are shared.
const PATIENCE: Duration = Duration::from_mins(2);

/// A Shopify export that every vendor takes: so many orders of two lines and EUR 35.00 each, the first `#1001`.
pub fn orders_csv(orders: usize) -> String {
    let mut text = "Name,Email,Financial Status,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing Address1,Billing City,Billing Zip,Billing Country,Billing Phone,Shipping Name,Shipping Address1,Shipping City,Shipping Zip,Shipping Country,Shipping Method,Payment Method\n".to_owned();
    for number in 1001..1001 + orders {
        let day = 1 + number % 28;
        text.push_str(&format!(
            "#{number},ada{number}@example.com,paid,fulfilled,EUR,30.00,5.00,0.00,35.00,2026-01-{day:02} 10:00:00 +0100,1,Mug,15.00,MUG-{number},Ada Archer,1 Elm Lane,Berlin,'10115,DE,+49 30 123456,Ada Archer,1 Elm Lane,Berlin,'10115,DE,Standard,Card\n"
        ));
        text.push_str(&format!(
            "#{number},ada{number}@example.com,,,,,,,,2026-01-{day:02} 10:00:00 +0100,1,Plate,15.00,PLATE-{number},,,,,,,,,,,,,\n"
        ));
    }
    text
}

/// The vendors on loopback in this process, as another process would have them.
pub struct Vendors {
    sandbox: sandbox::Sandbox,
    // After the sandbox: it needs it to stop.
    _runtime: tokio::runtime::Runtime,
}

impl Vendors {
    /// Those that keep what they took in a directory; Voucherify's jobs take that long.
    pub fn start(data_dir: &Path, job_duration: Duration) -> Self {
        Self::with(SandboxConfig {
            data_dir: Some(data_dir.to_owned()),
            job_duration,
            ..SandboxConfig::default()
        })
    }

    /// Those that fail as these faults say, and whose jobs are quick.
    pub fn failing(data_dir: &Path, faults: &str) -> Self {
        Self::with(SandboxConfig {
            data_dir: Some(data_dir.to_owned()),
            job_duration: Duration::from_millis(100),
            faults: faults.parse().unwrap(),
            ..SandboxConfig::default()
        })
    }

    fn with(config: SandboxConfig) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let sandbox = runtime.block_on(sandbox::start(config)).unwrap();
        Self {
            sandbox,
            _runtime: runtime,
        }
    }

    /// A profile that reaches one of them, for `profiles.toml`.
    pub fn profile(&self, name: &str, vendor: &str, environment: &str) -> String {
        let (url, token) = (self.sandbox.base_url(vendor), self.sandbox.token_url());
        profile_at(name, vendor, environment, &url, &token)
    }

    /// What they have taken, by vendor.
    pub fn taken(&self) -> Value {
        let address = self.sandbox.addr.to_string();
        let mut stream = TcpStream::connect(&address).unwrap();
        write!(
            stream,
            "GET /_sandbox/taken HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }
}

/// A profile for `profiles.toml` that has what the vendor of the sandbox wants, at these addresses. The settings
/// stand last.
pub fn profile_at(
    name: &str,
    vendor: &str,
    environment: &str,
    base_url: &str,
    token_url: &str,
) -> String {
    let mut text = format!(
        "[profiles.{name}]\nvendor = \"{vendor}\"\nenvironment = \"{environment}\"\nbase_url = \"{base_url}\"\n[profiles.{name}.credentials]\n"
    );
    for (field, value) in sandbox::credentials(vendor) {
        text.push_str(&format!("{field} = \"{value}\"\n"));
    }
    text.push_str(&format!("[profiles.{name}.defaults]\n"));
    for (path, json) in orderdeck::vendor::by_name(vendor)
        .unwrap()
        .sandbox_defaults()
    {
        text.push_str(&format!("\"{path}\" = {json}\n"));
    }
    text.push_str(&format!(
        "[profiles.{name}.settings]\nrequests_per_minute = 0\n"
    ));
    if vendor == "kibo" {
        text.push_str(&format!("token_url = \"{token_url}\"\n"));
    }
    text
}

/// An operator with a file `orders.csv` of so many orders.
pub fn deck_with(orders: usize) -> Deck {
    let deck = Deck::new();
    deck.file("orders.csv", orders_csv(orders));
    deck
}

/// Submits that file to a vendor of the sandbox.
pub fn submit(deck: &Deck, vendor: &str, more: &[&str]) -> Said {
    let profile = format!("sandbox-{vendor}");
    let mut args = vec!["submit", "orders.csv", "--profile", &profile, "--json"];
    args.extend(more);
    deck.run(args)
}

/// How many orders of a status have that outcome.
pub fn count(status: &Value, outcome: &str) -> u64 {
    status["outcomes"][outcome].as_u64().unwrap()
}

/// What the sandbox of this operator has taken, by vendor: another process looks at what it kept.
pub fn taken(deck: &Deck) -> Value {
    Vendors::start(&deck.data().join("sandbox"), Duration::ZERO).taken()
}

/// Every order that a vendor has was taken once, and there are so many of them.
#[track_caller]
pub fn taken_once(deck: &Deck, vendor: &str, orders: u64) -> Value {
    let taken = taken(deck)[vendor].clone();
    let copies = taken["copies"].as_object().unwrap();
    assert_eq!(copies.len() as u64, orders, "{vendor}");
    let twice: Vec<_> = copies.iter().filter(|(_, copies)| **copies != 1).collect();
    assert!(twice.is_empty(), "{vendor}: {twice:?}");
    taken
}

/// A vendor that reads every request and gives this answer, or none at all for as long as the test lasts.
pub fn misbehaving(answer: Option<(u16, &'static str)>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut held = Vec::new();
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            read_request(&mut stream);
            match answer {
                Some((status, body)) => {
                    let _ = write!(
                        stream,
                        "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                        body.len()
                    );
                }
                None => held.push(stream),
            }
        }
    });
    url
}

fn read_request(stream: &mut TcpStream) {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let _ = reader.read_exact(&mut vec![0; length]);
}

/// Starts a command that goes on beside the test.
pub fn begin(deck: &Deck, args: &[&str]) -> Child {
    deck.command(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Asks for a run's status until it is as wanted.
#[track_caller]
pub fn until(deck: &Deck, run: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + PATIENCE;
    let mut last = String::new();
    while Instant::now() < deadline {
        let said = deck.run(["status", run, "--json"]);
        if said.code == 0 {
            let status = said.json();
            if wanted(&status) {
                return status;
            }
        }
        last = said.text().to_owned() + &said.stderr;
    }
    panic!("run {run} never came so far: {last}");
}

/// Asks a running process to end.
#[cfg(unix)]
pub fn terminate(child: &Child) {
    let id = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
}

/// SQLite itself finds nothing wrong with the ledger.
pub fn ledger_is_sound(file: &Path) {
    let ledger = rusqlite::Connection::open(file).unwrap();
    let said: String = ledger
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(said, "ok");
}
