//! How fast orders are sent and recorded, and how large the ledger becomes:
//! `cargo bench --bench sending -- [--file EXPORT] [--orders N] [--vendor V]... [--home DIR] [--json]`.
//!
//! Payloads are made before the clock starts; a server on loopback takes everything at once. The ledger is durable,
//! in a directory of its own below DIR, which should be on the disk that is meant. For Kibo, whose requests carry
//! one order each, `wrk` and the bare HTTP library send the same body to the same server over as many connections in
//! the same run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bare;
mod measure;
mod sink;
mod wrk;

use std::path::PathBuf;

use measure::Measured;

/// Connections to the vendors whose requests go out side by side.
const CONNECTIONS: u32 = 32;

/// What is to be measured.
struct Wish {
    file: Option<PathBuf>,
    orders: usize,
    vendors: Vec<String>,
    home: PathBuf,
    json: bool,
}

impl Wish {
    fn read() -> Self {
        let mut wish = Self {
            file: None,
            orders: 100_000,
            vendors: Vec::new(),
            home: PathBuf::from(env!("CARGO_TARGET_TMPDIR")),
            json: false,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().expect("a value after the option");
            match argument.as_str() {
                "--file" => wish.file = Some(value().into()),
                "--orders" => wish.orders = value().parse().expect("a number of orders"),
                "--vendor" => wish.vendors.push(value()),
                "--home" => wish.home = value().into(),
                "--json" => wish.json = true,
                // What cargo says to every bench.
                "--bench" => {}
                other => panic!("unknown option {other}"),
            }
        }
        if wish.vendors.is_empty() {
            wish.vendors = ["kameleoon", "voucherify", "kibo"]
                .map(str::to_owned)
                .to_vec();
        }
        wish
    }
}

fn main() {
    if std::env::args().any(|argument| argument == "--sink") {
        return sink::serve();
    }
    let wish = Wish::read();
    let home = tempfile::tempdir_in(&wish.home).unwrap();
    let file = wish
        .file
        .clone()
        .unwrap_or_else(|| measure::write_export(home.path(), wish.orders));
    for vendor in &wish.vendors {
        let sink = sink::Sink::start();
        let prepared = measure::prepare(home.path(), &file, vendor, &sink.url, wish.orders);
        let peer = (vendor == "kibo")
            .then(|| wrk::rate(home.path(), &sink.url, &prepared.sample(), CONNECTIONS))
            .flatten();
        let bare = peer.map(|_| bare::rate(&sink.url, &prepared.sample(), CONNECTIONS));
        let measured = measure::send(home.path(), prepared, &sink);
        print(&wish, vendor, &measured, peer, bare);
    }
}

/// Requests a second, and microseconds of processors for each.
type Rate = (f64, Option<f64>);

fn print(wish: &Wish, vendor: &str, measured: &Measured, peer: Option<Rate>, bare: Option<Rate>) {
    let ratio = peer.map(|(peer, _)| measured.rate() / peer);
    if wish.json {
        let line = serde_json::json!({
            "vendor": vendor,
            "orders": measured.orders,
            "seconds": measured.took.as_secs_f64(),
            "orders_per_second": measured.rate(),
            "cpu_us_per_order": measured.cpu_per_order(),
            "wrk_per_second": peer.map(|it| it.0),
            "wrk_cpu_us": peer.and_then(|it| it.1),
            "ratio_to_wrk": ratio,
            "library_alone_per_second": bare.map(|it| it.0),
            "library_alone_cpu_us": bare.and_then(|it| it.1),
            "ledger_bytes_per_order": measured.bytes_per_order(),
            "requests": measured.requests,
            "connections": measured.connections,
        });
        println!("{line}");
        return;
    }
    let micros =
        |cpu: Option<f64>| cpu.map_or_else(String::new, |cpu| format!(", {cpu:.1} µs of CPU each"));
    println!(
        "{vendor}: {} orders in {:.2} s, {:.0} orders/s{}; {} requests over {} connections; ledger {:.0} bytes an order",
        measured.orders,
        measured.took.as_secs_f64(),
        measured.rate(),
        micros(measured.cpu_per_order()),
        measured.requests,
        measured.connections,
        measured.bytes_per_order(),
    );
    if let (Some((peer, cpu)), Some(ratio)) = (peer, ratio) {
        println!("  {ratio:.2} of wrk's {peer:.0}/s{}", micros(cpu));
        if let Some((bare, cpu)) = bare {
            let ratio = bare / peer;
            println!(
                "  the HTTP library alone: {bare:.0}/s, {ratio:.2} of wrk's{}",
                micros(cpu)
            );
        }
    }
}
