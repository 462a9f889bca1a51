//! Every row of the vendors' tables "Reading the answer": a run against a server that gives that answer, then
//! a look into the ledger at what became of every order, how often it left, and how the run ended.

mod kameleoon;
mod kibo;
mod narrowing;
mod project_agora;
mod reading_back;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use serde_json::Value;

use super::chaos::{TOKEN, resume, rows};
use super::server::{Chaos, Reply, Seen};
use super::*;
use crate::ledger::{OutcomeRow, RunId};
use crate::submit::RunEvent;

/// Gets a request and how many with the same line came before it.
type Script = Arc<dyn Fn(&Seen, usize) -> Reply + Send + Sync>;

/// A row of a contract with what must come of it.
struct Row {
    name: String,
    script: Script,
    orders: usize,
    /// The file to load instead of an export of that many orders.
    file: Option<(&'static str, String)>,
    settings: Vec<(&'static str, Value)>,
    becomes: Vec<&'static str>,
    ids: Vec<Option<&'static str>>,
    ends: &'static str,
    copies: Vec<usize>,
    requests: Option<usize>,
    questions: usize,
    tokens: Option<usize>,
    waits: Option<(&'static str, Duration)>,
    stop_after: Option<usize>,
}

/// Each answer once, the last one for ever.
fn each(replies: &[Reply]) -> Script {
    let replies = replies.to_vec();
    Arc::new(move |_, before| replies[before.min(replies.len() - 1)].clone())
}

impl Row {
    /// One order, answered in turn with these, then with the last of them for ever.
    fn new(name: impl Into<String>, replies: &[Reply]) -> Self {
        Self::scripted(name, each(replies))
    }

    fn scripted(name: impl Into<String>, script: Script) -> Self {
        Self {
            name: name.into(),
            script,
            orders: 1,
            file: None,
            settings: Vec::new(),
            becomes: Vec::new(),
            ids: Vec::new(),
            ends: "finished",
            copies: vec![1],
            requests: None,
            questions: 0,
            tokens: None,
            waits: None,
            stop_after: None,
        }
    }

    fn orders(self, orders: usize) -> Self {
        Self { orders, ..self }
    }

    fn file(self, name: &'static str, text: String) -> Self {
        let file = Some((name, text));
        Self { file, ..self }
    }

    fn set(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.settings.push((name, value.into()));
        self
    }

    /// `outcome` for no reason at all, `outcome: part of its reason`; one for each order, or one for all. None
    /// where chance decides.
    fn becomes(mut self, outcomes: &[&'static str]) -> Self {
        self.becomes = outcomes.to_vec();
        self
    }

    /// The vendor's ids that must be kept.
    fn ids(mut self, ids: &[Option<&'static str>]) -> Self {
        self.ids = ids.to_vec();
        self
    }

    /// `state` or `state: part of the word why`.
    fn ends(self, ends: &'static str) -> Self {
        Self { ends, ..self }
    }

    /// How often each order left; one for each order, or one for all. None where no id tells them apart.
    fn copies(mut self, copies: &[usize]) -> Self {
        self.copies = copies.to_vec();
        self
    }

    /// How many requests with orders left.
    fn requests(mut self, requests: usize) -> Self {
        self.requests = Some(requests);
        self
    }

    /// How often the vendor was asked what became of orders.
    fn questions(self, questions: usize) -> Self {
        Self { questions, ..self }
    }

    fn tokens(mut self, tokens: usize) -> Self {
        self.tokens = Some(tokens);
        self
    }

    /// A wait of at least that long is told with that reason, and kept.
    fn waits(mut self, reason: &'static str, least: Duration) -> Self {
        self.waits = Some((reason, least));
        self
    }

    /// The operator stops the run when that many requests with orders came.
    fn stopped_after(mut self, requests: usize) -> Self {
        self.stop_after = Some(requests);
        self.ends("stopped: stopped by the operator")
    }

    async fn run(self, vendor: &str) -> Result<(), String> {
        let bench = match &self.file {
            None => Bench::new(self.orders).await,
            Some((name, text)) => Bench::of(name, text).await,
        };
        let script = Arc::clone(&self.script);
        let chaos = Chaos::reading(move |seen, before| match seen.line.as_str() {
            "POST /token" => Reply::ok(TOKEN),
            _ => script(seen, before),
        })
        .await;
        let mut target = chaos.target(&bench, vendor);
        let settings = &mut target.account.settings;
        settings.insert("requests_per_minute".into(), 0.into());
        for (name, value) in &self.settings {
            settings.insert((*name).into(), value.clone());
        }
        let since = Instant::now();
        let mut started = bench.start(&target, &Selection::default());
        if let Some(requests) = self.stop_after {
            chaos.until_orders(requests).await;
            started.control.send(Control::Stop).unwrap();
        }
        let ended = tokio::time::timeout(Duration::from_secs(50), &mut started.task).await;
        let (state, reason) = ended.expect("the run comes to an end").unwrap();
        let mut wrong = Vec::new();
        let mut expect = |what: &str, is_so: bool, found: String| {
            if !is_so {
                wrong.push(format!("{}: {what}, but {found}", self.name));
            }
        };
        let end = (Some(state.name()), reason.as_deref());
        expect(self.ends, fits(self.ends, end), format!("{end:?}"));
        let found = rows(&bench, started.name.id);
        for (index, key) in keys(&bench, started.name.id, &found).iter().enumerate() {
            let row = found.iter().find(|row| &row.key == key);
            let update = row.map(|row| &row.update);
            let outcome = update.map(|update| update.outcome.name());
            let why = update.and_then(|update| update.reason.as_deref());
            let has = (outcome.or(Some("pending")), why);
            if !self.becomes.is_empty() {
                let wanted = one_of(&self.becomes, index);
                expect(wanted, fits(wanted, has), format!("{key} is {has:?}"));
            }
            if let Some(id) = self.ids.get(index) {
                let kept = update.and_then(|update| update.vendor_id.as_deref());
                expect(&format!("{id:?}"), kept == *id, format!("kept {kept:?}"));
            }
            if !self.copies.is_empty() {
                let wanted = one_of(&self.copies, index);
                let copies = chaos.copies("POST /", key);
                let what = format!("{wanted} copies");
                expect(&what, copies == wanted, format!("{copies} of {key} left"));
            }
        }
        let requests = chaos.orders();
        if let Some(wanted) = self.requests {
            let what = format!("{wanted} requests");
            expect(&what, requests == wanted, format!("{requests} left"));
        }
        let questions = chaos.count("GET ");
        let what = format!("{} questions", self.questions);
        expect(&what, questions == self.questions, format!("{questions}"));
        if let Some(wanted) = self.tokens {
            let tokens = chaos.count("POST /token");
            let what = format!("{wanted} tokens");
            expect(&what, tokens == wanted, format!("{tokens} were had"));
        }
        if let Some((wanted, least)) = self.waits {
            let mut told = Vec::new();
            while let Ok(event) = started.events.try_recv() {
                if let RunEvent::Waiting { reason, left } = event {
                    told.push((reason, left));
                }
            }
            let kept = told
                .iter()
                .any(|(reason, left)| reason.contains(wanted) && *left >= Some(least));
            expect("a wait", kept, format!("told were {told:?}"));
            let took = since.elapsed();
            expect("it is kept", took >= least, format!("it took {took:?}"));
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(wrong.join("\n"))
        }
    }
}

/// One of a list by its place; a list of one holds for all.
fn one_of<T: Copy>(list: &[T], index: usize) -> T {
    if list.len() == 1 {
        list[0]
    } else {
        list[index]
    }
}

/// Whether a word and its reason are as `word` or `word: part of the reason` says.
fn fits(wanted: &str, (word, reason): (Option<&str>, Option<&str>)) -> bool {
    match wanted.split_once(": ") {
        None => word == Some(wanted) && reason.is_none(),
        Some((name, part)) => word == Some(name) && reason.is_some_and(|it| it.contains(part)),
    }
}

/// The keys of a run's orders, in its order.
fn keys(bench: &Bench, run: RunId, rows: &[OutcomeRow]) -> Vec<String> {
    let ledger = bench.workspace.ledger(Book::Sandbox).unwrap();
    let manifest = ledger.manifest(run).unwrap();
    let keys: Vec<String> = manifest.into_iter().map(|entry| entry.key).collect();
    assert!(!keys.is_empty());
    assert!(rows.iter().all(|row| keys.contains(&row.key)));
    keys
}

/// Runs every row; tells of all that went wrong together.
async fn check(vendor: &str, table: Vec<Row>) {
    let results: Vec<_> = stream::iter(table)
        .map(|row| row.run(vendor))
        .buffer_unordered(6)
        .collect()
        .await;
    let wrong: Vec<String> = results.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{vendor}:\n{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_not_so_is_told() {
    let row = || Row::new("a row", &[Reply::ok("")]);
    let right = row().becomes(&["accepted"]).ids(&[None]).requests(1);
    assert_eq!(right.tokens(1).run("kibo").await, Ok(()));
    for wrong in [
        row().becomes(&["rejected"]),
        row().becomes(&["accepted: why"]),
        row().becomes(&["accepted"]).ids(&[Some("1")]),
        row().becomes(&["accepted"]).ends("paused"),
        row().becomes(&["accepted"]).ends("finished: why"),
        row().becomes(&["accepted"]).copies(&[2]),
        row().becomes(&["accepted"]).requests(2),
        row().becomes(&["accepted"]).questions(1),
        row().becomes(&["accepted"]).tokens(0),
        row().becomes(&["accepted"]).waits("", Duration::ZERO),
    ] {
        let told = wrong.run("kibo").await.unwrap_err();
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_never_came_about_brought_nothing() {
    for vendor in ["kameleoon", "project-agora", "kibo"] {
        let bench = Bench::new(2).await;
        let chaos = Chaos::start(|_, _| Reply::ok(TOKEN)).await;
        let mut target = chaos.target(&bench, vendor);
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        target.account.base_url = format!("http://{}", free.local_addr().unwrap());
        drop(free);
        let mut started = bench.start(&target, &Selection::default());
        let id = started.name.id;
        let waiting = async {
            while let Some(event) = started.events.recv().await {
                if let RunEvent::Waiting { reason, left } = event {
                    return (reason, left);
                }
            }
            panic!("{vendor}: it ended");
        };
        let (reason, left) = waiting.await;
        assert!(
            reason.contains("onnect") && left.is_some(),
            "{vendor}: {reason}"
        );
        started.control.send(Control::Stop).unwrap();
        let (state, _) = chaos::end_of(started).await;
        assert_eq!(state, RunState::Stopped);
        assert_eq!(count(&bench.summary(id), Outcome::Pending), 2, "{vendor}");
    }
}
