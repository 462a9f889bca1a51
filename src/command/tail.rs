//! `tail`: the newest requests and their answers.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::time::Duration;

use super::cli::TailArgs;
use super::failure::{Exit, Failure, Outcome};
use super::output::note;
use super::session::Session;
use super::show;
use super::signals::Signals;
use crate::ledger::{Book, ExchangeId, ExchangeState};
use crate::workspace::tail::Sieve;
use crate::workspace::{ExchangeFilter, ExchangeReport, exchange_json};

/// How many are shown at first.
const FIRST: u32 = 20;
/// How often the ledger is asked.
const LOOK: Duration = Duration::from_millis(500);

/// Does it.
pub async fn run(session: &mut Session, args: TailArgs) -> Outcome {
    let TailArgs {
        filter,
        follow: args,
    } = args;
    let filter = ExchangeFilter::parse(filter.as_deref().unwrap_or_default())
        .map_err(|error| Failure::filter(&error, "sending"))?;
    let newest = session.workspace.newest_exchanges(session.book(), FIRST)?;
    let mut follower = Follower::default();
    for report in &newest {
        follower.note(report);
    }
    let nothing = newest.is_empty();
    let shown = if filter.is_empty() {
        newest
    } else {
        let book = session.book();
        session
            .workspace
            .newest_passing(book, &filter, FIRST as usize)?
    };
    if shown.is_empty() && !args.follow {
        note(if nothing {
            "nothing was sent yet"
        } else {
            "no request passes the filter"
        });
    }
    for report in &shown {
        print(session, report, args.json)?;
    }
    if !args.follow {
        return Ok(Exit::Well);
    }
    let mut signals = Signals::listen()?;
    loop {
        session.out.flush()?;
        if signals.within(LOOK).await {
            return Ok(Exit::Well);
        }
        let mut news = follower.news(session)?;
        if !filter.is_empty() && !news.is_empty() {
            // What is asked of an order is looked up anew: it may have been sent just now.
            let sieve = Sieve::new(&session.workspace, &filter)?;
            let mut passing = Vec::new();
            for report in news {
                if sieve.passes(&report)? {
                    passing.push(report);
                }
            }
            news = passing;
        }
        for report in &news {
            print(session, report, args.json)?;
        }
    }
}

/// What was shown already.
#[derive(Debug, Default)]
struct Follower {
    /// The newest exchange of each ledger.
    last: HashMap<Book, ExchangeId>,
    /// Those that had no answer yet.
    open: HashSet<(Book, ExchangeId)>,
}

impl Follower {
    fn note(&mut self, report: &ExchangeReport) {
        let (book, id) = (report.run.book, report.exchange.id);
        let last = self.last.entry(book).or_insert(id);
        *last = id.max(*last);
        if report.exchange.state == ExchangeState::Sending {
            self.open.insert((book, id));
        } else {
            self.open.remove(&(book, id));
        }
    }

    /// New exchanges, and those whose answer has come since.
    fn news(&mut self, session: &Session) -> Result<Vec<ExchangeReport>, Failure> {
        let mut news = Vec::new();
        let only = session.book();
        for book in Book::ALL {
            if only.is_some_and(|only| only != book) {
                continue;
            }
            let last = self.last.get(&book).copied();
            let oldest_open = self
                .open
                .iter()
                .filter(|(of, _)| *of == book)
                .map(|(_, id)| ExchangeId(id.0 - 1))
                .min();
            let after = match (last, oldest_open) {
                (Some(last), Some(open)) => Some(last.min(open)),
                (last, _) => last,
            };
            for report in session.workspace.exchanges_after(book, after)? {
                let id = report.exchange.id;
                let is_new = last.is_none_or(|last| id > last);
                let was_open = self.open.contains(&(book, id));
                let is_open = report.exchange.state == ExchangeState::Sending;
                if is_new || (was_open && !is_open) {
                    self.note(&report);
                    news.push(report);
                }
            }
        }
        news.sort_by_key(|report| report.exchange.sent_at);
        Ok(news)
    }
}

/// One exchange in a line; `history` shows the same ones of an order.
pub fn line(report: &ExchangeReport) -> String {
    let exchange = &report.exchange;
    let status = exchange.status.map_or_else(
        || exchange.state.name().to_owned(),
        |status| status.to_string(),
    );
    // Writing to memory can't fail.
    let mut text = format!(
        "{}  run {}  {}  {} {}  {status}",
        show::at(exchange.sent_at),
        report.run,
        exchange.vendor,
        exchange.intent.method,
        exchange.intent.url,
    );
    if let Some(latency) = exchange.latency_ms {
        let _ = write!(text, "  {latency} ms");
    }
    if exchange.order_count > 0 {
        // What became of its orders until today: after a refusal or a lost answer that is another request's doing.
        let answered = matches!(exchange.status, Some(200..=299));
        let now = if answered { "" } else { "now " };
        let _ = write!(text, "  {now}{}", show::outcomes(&exchange.outcomes));
    }
    if let Some(reason) = &exchange.reason {
        let _ = write!(text, "  {reason}");
    }
    text
}

fn print(session: &mut Session, report: &ExchangeReport, json: bool) -> Result<(), Failure> {
    if json {
        return Ok(session.out.json(&exchange_json(report))?);
    }
    let line = line(report);
    let line = session.out.data(&line).into_owned();
    Ok(session.out.line(line)?)
}
