//! A run over the real pieces: plan, seat, ledger, sending. What is measured is from its beginning to its end.

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use orderdeck::deck::Target;
use orderdeck::ledger::{Book, Frozen, Ledger, RunState, SqliteLedger};
use orderdeck::order::outcome::{Operation, Outcome};
use orderdeck::profile::Directories;
use orderdeck::secret::Secret;
use orderdeck::submit::plan::ReadyOrder;
use orderdeck::submit::{Plan, Seat, Selection, begin};
use orderdeck::vendor::{self, Account, Credentials, Encoded, Environment};
use orderdeck::workspace::Workspace;

use super::CONNECTIONS;
use super::sink::Sink;

/// A plan whose payloads are at hand.
pub struct Prepared {
    target: Target,
    orders: Vec<ReadyOrder>,
}

impl Prepared {
    /// One payload as it travels.
    pub fn sample(&self) -> Vec<u8> {
        self.orders[self.orders.len() / 2].encoded.bytes.clone()
    }
}

/// What came of it.
pub struct Measured {
    pub orders: u64,
    pub took: Duration,
    pub requests: u64,
    pub connections: u64,
    pub ledger: u64,
    /// What it took of processors, where the system tells.
    pub cpu: Option<Duration>,
}

impl Measured {
    pub fn rate(&self) -> f64 {
        self.orders as f64 / self.took.as_secs_f64()
    }

    /// Microseconds of processors.
    pub fn cpu_per_order(&self) -> Option<f64> {
        Some(self.cpu?.as_secs_f64() * 1e6 / self.orders as f64)
    }

    pub fn bytes_per_order(&self) -> f64 {
        self.ledger as f64 / self.orders as f64
    }
}

/// Makes the payloads of a file's first orders.
pub fn prepare(home: &Path, file: &Path, vendor: &str, url: &str, orders: usize) -> Prepared {
    let target = target(vendor, url);
    let home = home.join(format!("{vendor}-plan"));
    let workspace = Workspace::at(Directories::at(home.join("config"), home.join("data")));
    let deck = workspace
        .open_deck(file, None, &mut |_| ControlFlow::Continue(()))
        .unwrap();
    let selection = Selection {
        limit: Some(orders),
        ..Selection::default()
    };
    let plan = Plan::of_deck(&deck, &target, &selection, None, &mut |_| {
        ControlFlow::Continue(())
    })
    .unwrap();
    let payloads = plan.payloads();
    let orders = plan
        .pending()
        .into_iter()
        .map(|ordinal| {
            let entry = &plan.orders[ordinal as usize].entry;
            ReadyOrder {
                key: entry.key.clone(),
                worth: entry.total.map(|total| (total, entry.currency.clone())),
                encoded: Encoded {
                    bytes: payloads.payload(ordinal).unwrap(),
                    ..Encoded::default()
                },
                done: None,
            }
        })
        .collect();
    Prepared { target, orders }
}

/// Sends them all into a fresh ledger.
pub fn send(home: &Path, prepared: Prepared, sink: &Sink) -> Measured {
    let Prepared { target, orders } = prepared;
    let data = home.join(target.vendor.name());
    let path = data.join("ledger.sqlite");
    let before = sink.counts();
    let plan = Plan::of_payloads(&target, orders, None, false).unwrap();
    let credentials = Credentials::new(target.vendor.credentials().iter().map(|credential| {
        let value = Secret::new("not-a-secret");
        (credential.name.to_owned(), value)
    }));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let ((took, cpu), run) = runtime.block_on(async {
        let ledger = SqliteLedger::open(&path).unwrap();
        let seat = Seat::take(&data, ledger, Book::Work, &target).unwrap();
        let (begun, before) = (Instant::now(), cpu_times());
        let started = begin(seat, &plan, Frozen::default(), credentials, None, true).unwrap();
        let ended = started.task.await.unwrap();
        assert_eq!(ended, (RunState::Finished, None));
        let cpu = cpu_times()
            .zip(before)
            .map(|(after, before)| after.0.saturating_sub(before.0));
        ((begun.elapsed(), cpu), started.name.id)
    });
    let ledger = SqliteLedger::open(&path).unwrap();
    let summary = ledger.summary(run).unwrap();
    let taken = summary.count(Outcome::Accepted) + summary.count(Outcome::Imported);
    assert_eq!(taken, summary.run.orders, "{:?}", summary.outcomes);
    let after = sink.counts();
    drop(ledger);
    Measured {
        orders: taken,
        took,
        requests: after.1 - before.1,
        connections: after.0 - before.0 - 1,
        ledger: std::fs::metadata(&path).unwrap().len(),
        cpu,
    }
}

/// The processor times of this process, and of those that it began and that ended, on Linux. Where others load the
/// machine they tell more than the clock does.
pub fn cpu_times() -> Option<(Duration, Duration)> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name, in parentheses, may hold anything; the times are counted from behind it, in hundredths of a second.
    let (_, rest) = text.rsplit_once(')')?;
    let times: Vec<u64> = rest
        .split_whitespace()
        .skip(11)
        .take(4)
        .map_while(|time| time.parse().ok())
        .collect();
    let [user, system, childrens_user, childrens_system] = times[..] else {
        return None;
    };
    Some((
        Duration::from_millis((user + system) * 10),
        Duration::from_millis((childrens_user + childrens_system) * 10),
    ))
}

fn target(vendor: &str, url: &str) -> Target {
    let vendor = vendor::by_name(vendor).expect("a vendor");
    let settings = serde_json::json!({
        "requests_per_minute": 0,
        "concurrency": if vendor.name() == "kibo" { CONNECTIONS } else { 2 },
        "batch_size": 5000,
        "jobs_in_flight": 100,
        "token_url": format!("{url}/token"),
    });
    Target {
        vendor,
        account: Account {
            profile: "bench".to_owned(),
            account: "bench".to_owned(),
            environment: Environment::Test,
            base_url: url.to_owned(),
            currency: None,
            read_only: false,
            allow_proxy: false,
            defaults: vendor
                .sandbox_defaults()
                .iter()
                .map(|(path, json)| ((*path).to_owned(), serde_json::from_str(json).unwrap()))
                .collect(),
            sandbox_defaults: vendor::defaults::Defaults::default(),
            settings: settings.as_object().unwrap().clone(),
        },
        operation: Operation::Import,
        now: jiff::Timestamp::now(),
    }
}

/// A Shopify export whose orders differ as real ones do: names, addresses, amounts, one to four lines.
pub fn write_export(home: &Path, orders: usize) -> PathBuf {
    const NAMES: [&str; 16] = [
        "Ada", "Bela", "Carl", "Dora", "Emil", "Finn", "Greta", "Hugo", "Ines", "Jakob", "Klara",
        "Lena", "Mats", "Nora", "Otto", "Paula",
    ];
    const GOODS: [&str; 8] = ["Mug", "Plate", "Bowl", "Vase", "Jug", "Tray", "Cup", "Pot"];
    let mut text = String::from(
        "Name,Email,Financial Status,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,\
         Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing Address1,Billing City,\
         Billing Zip,Billing Country,Shipping Name,Shipping Address1,Shipping City,Shipping Zip,Shipping Country,\
         Shipping Method,Payment Method\n",
    );
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut any = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for number in 1001..1001 + orders {
        let person = format!("{} {}sen", NAMES[any(16)], NAMES[any(16)]);
        let address = format!(
            "{person},{} {} Lane,Berlin,{:05},DE",
            any(400),
            GOODS[any(8)],
            10_115 + any(3_000)
        );
        let lines: Vec<(usize, usize, usize)> = (0..=any(4))
            .map(|_| (1 + any(3), any(8), 100 + any(9_000)))
            .collect();
        let sum: usize = lines
            .iter()
            .map(|(quantity, _, price)| quantity * price)
            .sum();
        let money = |cents: usize| format!("{}.{:02}", cents / 100, cents % 100);
        for (line, (quantity, good, price)) in lines.iter().enumerate() {
            let head = if line == 0 {
                format!(
                    "paid,fulfilled,EUR,{0},5.00,0.00,{1}",
                    money(sum),
                    money(sum + 500)
                )
            } else {
                ",,,,,,".to_owned()
            };
            let people = if line == 0 {
                format!("{address},{address},Standard,Card")
            } else {
                ",,,,,,,,,,,".to_owned()
            };
            writeln!(
                text,
                "#{number},customer{number}@example.com,{head},20{:02}-{:02}-{:02} {:02}:{:02}:00 +0100,{quantity},{},{},{}-{},{people}",
                19 + number % 7, 1 + any(12), 1 + any(28), any(24), any(60),
                GOODS[*good], money(*price), GOODS[*good].to_uppercase(), price * 7 + good,
            )
            .unwrap();
        }
    }
    let path = home.join("export.csv");
    std::fs::write(&path, text).unwrap();
    path
}
