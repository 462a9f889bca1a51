//! The filter of requests and answers: plain words and `field:value` terms, the same in the Responses view and as
//! `tail --where`.
//!
//! `vendor:kibo status:5xx run:s14 order:#1017 -purpose:token timeout`: all terms must hold, a `-` before a term
//! turns it round. `order` and `body` are looked up in the ledger; all others are told by the exchange itself.

use crate::deck::FilterError;
use crate::deck::filter::split;
use crate::ledger::{Book, Exchange, ExchangeState, RunName};
use crate::order::outcome::Outcome;
use crate::vendor;

/// Every field with an example, for who mistypes one.
const FIELDS: &str =
    "vendor, profile, status, run, order, method, outcome, is, purpose, latency, body";

/// What only the ledger can tell of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask<'a> {
    /// Whether the order of that key was in it.
    Order(&'a str),
    /// Whether a body has that text, in lower case.
    Body(&'a str),
}

/// Terms that must all hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExchangeFilter {
    terms: Vec<(bool, Term)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    Anywhere(String),
    Vendor(String),
    Profile(String),
    Purpose(String),
    Method(String),
    Status(u16, u16),
    State(ExchangeState),
    Run(RunName),
    Outcome(Outcome),
    Failed,
    Unanswered,
    Latency(u64, u64),
    Order(String),
    Body(String),
}

impl ExchangeFilter {
    /// Reads a filter. Terms are divided by spaces; `"two words"` keeps them together.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let terms = split(text)
            .into_iter()
            .map(|(span, word)| {
                let (wanted, rest) = match word.strip_prefix('-') {
                    Some(rest) if !rest.is_empty() => (false, rest),
                    _ => (true, word.as_str()),
                };
                let term = term(rest).map_err(|reason| FilterError {
                    term: rest.to_owned(),
                    reason,
                    text: text.to_owned(),
                    span,
                })?;
                Ok((wanted, term))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { terms })
    }

    /// Whether every exchange passes.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether the ledger must be asked to decide.
    pub fn asks(&self) -> bool {
        let asks = |term: &Term| matches!(term, Term::Order(_) | Term::Body(_));
        self.terms.iter().any(|(_, term)| asks(term))
    }

    /// Whether bodies must be read to decide.
    pub fn reads_bodies(&self) -> bool {
        let terms = self.terms.iter();
        terms
            .into_iter()
            .any(|(_, term)| matches!(term, Term::Body(_)))
    }

    /// The keys of the orders that are asked for.
    pub fn orders(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().filter_map(|(_, term)| match term {
            Term::Order(key) => Some(key.as_str()),
            _ => None,
        })
    }

    /// Whether an exchange passes. What only the ledger can tell is asked last, and only if the rest holds.
    pub fn passes<E>(
        &self,
        book: Book,
        exchange: &Exchange,
        mut ask: impl FnMut(Ask<'_>) -> Result<bool, E>,
    ) -> Result<bool, E> {
        let told = |(wanted, term): &(bool, Term)| {
            term.holds(book, exchange)
                .is_none_or(|holds| holds == *wanted)
        };
        if !self.terms.iter().all(told) {
            return Ok(false);
        }
        for (wanted, term) in &self.terms {
            let holds = match term {
                Term::Order(key) => ask(Ask::Order(key))?,
                Term::Body(part) => ask(Ask::Body(part))?,
                _ => continue,
            };
            if holds != *wanted {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The same where nothing is asked of the ledger.
    pub fn passes_alone(&self, book: Book, exchange: &Exchange) -> bool {
        let nothing = |_: Ask<'_>| Ok::<_, std::convert::Infallible>(false);
        self.passes(book, exchange, nothing).unwrap_or(false)
    }
}

/// Reads a term; else says what would be right.
fn term(word: &str) -> Result<Term, String> {
    // An address is a word, not a field.
    let Some(at) = word
        .find([':', '>', '<', '='])
        .filter(|_| !word.contains("://"))
    else {
        return Ok(Term::Anywhere(word.to_lowercase()));
    };
    let (name, rest) = word.split_at(at);
    let value = rest.strip_prefix(':').unwrap_or(rest);
    if value.is_empty() {
        return Err("a value is missing".to_owned());
    }
    let lower = value.to_lowercase();
    match name {
        "vendor" => {
            let known = vendor::ALL
                .iter()
                .any(|vendor| vendor.name().contains(&lower));
            known.then_some(Term::Vendor(lower)).ok_or_else(|| {
                let names: Vec<_> = vendor::ALL.iter().map(|vendor| vendor.name()).collect();
                format!("vendors are {}", names.join(", "))
            })
        }
        "profile" => Ok(Term::Profile(lower)),
        "purpose" => Ok(Term::Purpose(lower)),
        "method" => Ok(Term::Method(value.to_uppercase())),
        "status" => status(&lower).ok_or_else(|| {
            "a status is 429, 5xx, >=400, 400..499, sending, answered, not-sent or lost".to_owned()
        }),
        "run" => value
            .parse()
            .map(Term::Run)
            .map_err(|_| "runs are called 14, or s14 in the sandbox".to_owned()),
        "outcome" => Outcome::from_name(&lower)
            .map(Term::Outcome)
            .ok_or_else(|| {
                let names: Vec<_> = Outcome::ALL.iter().map(|outcome| outcome.name()).collect();
                format!("outcomes are {}", names.join(", "))
            }),
        "is" => match lower.as_str() {
            "failed" => Ok(Term::Failed),
            "unanswered" => Ok(Term::Unanswered),
            _ => Err("`is:` knows failed and unanswered".to_owned()),
        },
        "latency" => range(&lower, u64::MAX)
            .map(|(from, to)| Term::Latency(from, to))
            .ok_or_else(|| "latency is in milliseconds: latency>1000, latency:0..50".to_owned()),
        "order" => Ok(Term::Order(value.to_owned())),
        "body" => Ok(Term::Body(lower)),
        _ => Err(format!("there is no field `{name}`: {FIELDS}")),
    }
}

fn status(text: &str) -> Option<Term> {
    if let Some(state) = ExchangeState::from_name(text) {
        return Some(Term::State(state));
    }
    if let Some(class) = text.strip_suffix("xx") {
        let class: u16 = class.parse().ok().filter(|class| (1..=5).contains(class))?;
        return Some(Term::Status(class * 100, class * 100 + 99));
    }
    let (from, to) = range(text, 999)?;
    let small = |number: u64| u16::try_from(number).ok();
    Some(Term::Status(small(from)?, small(to)?))
}

/// `400`, `>=400`, `>400`, `<=400`, `<400`, `=400`, `400..499`: both ends included.
fn range(text: &str, most: u64) -> Option<(u64, u64)> {
    let number = |text: &str| text.parse::<u64>().ok();
    let found = if let Some(rest) = text.strip_prefix(">=") {
        (number(rest)?, most)
    } else if let Some(rest) = text.strip_prefix("<=") {
        (0, number(rest)?)
    } else if let Some(rest) = text.strip_prefix('>') {
        (number(rest)?.checked_add(1)?, most)
    } else if let Some(rest) = text.strip_prefix('<') {
        (0, number(rest)?.checked_sub(1)?)
    } else if let Some((from, to)) = text.split_once("..") {
        (number(from)?, number(to)?)
    } else {
        let one = number(text.strip_prefix('=').unwrap_or(text))?;
        (one, one)
    };
    Some(found)
}

impl Term {
    /// Whether it holds; none where only the ledger knows.
    fn holds(&self, book: Book, exchange: &Exchange) -> Option<bool> {
        let contains = |text: &str, part: &str| text.to_lowercase().contains(part);
        let intent = &exchange.intent;
        Some(match self {
            Self::Anywhere(part) => [
                Some(&intent.url),
                Some(&exchange.vendor),
                Some(&exchange.profile),
                exchange.reason.as_ref(),
                exchange.job.as_ref(),
            ]
            .into_iter()
            .flatten()
            .any(|text| contains(text, part)),
            Self::Vendor(part) => exchange.vendor.contains(part),
            Self::Profile(part) => contains(&exchange.profile, part),
            Self::Purpose(part) => intent.purpose.contains(part),
            Self::Method(method) => intent.method == *method,
            Self::Status(from, to) => exchange
                .status
                .is_some_and(|status| (*from..=*to).contains(&status)),
            Self::State(state) => exchange.state == *state,
            Self::Run(run) => run.book == book && run.id == exchange.run,
            Self::Outcome(outcome) => exchange.outcomes.iter().any(|(is, _)| is == outcome),
            Self::Failed => exchange.has_failed(),
            Self::Unanswered => exchange.state != ExchangeState::Answered,
            Self::Latency(from, to) => exchange
                .latency_ms
                .is_some_and(|ms| (*from..=*to).contains(&ms)),
            Self::Order(_) | Self::Body(_) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{ExchangeId, Intent, RunId};
    use crate::order::outcome::Operation;

    fn exchange() -> Exchange {
        Exchange {
            id: ExchangeId(7),
            run: RunId(14),
            vendor: "voucherify".to_owned(),
            profile: "Acme-live".to_owned(),
            operation: Operation::Import,
            intent: Intent {
                purpose: "orders".to_owned(),
                method: "POST".to_owned(),
                url: "https://api.example.com/v1/orders/import".to_owned(),
                headers: Vec::new(),
                body: Vec::new(),
                orders: Vec::new(),
            },
            order_count: 2,
            state: ExchangeState::Answered,
            sent_at: jiff::Timestamp::UNIX_EPOCH,
            status: Some(429),
            response_headers: Vec::new(),
            response_body: Vec::new(),
            sizes: (10, 20),
            latency_ms: Some(154),
            reason: Some("Too Many requests".to_owned()),
            outcomes: vec![(Outcome::Pending, 2)],
            job: None,
            compacted_at: None,
        }
    }

    fn passes(text: &str) -> bool {
        let filter = ExchangeFilter::parse(text).unwrap();
        filter.passes_alone(Book::Sandbox, &exchange())
    }

    #[test]
    fn terms_hold_or_not() {
        for text in [
            "",
            "too",
            "\"too many\"",
            "/orders/import",
            "https://api.example.com",
            "vendor:voucherify vendor:vouch",
            "profile:acme",
            "status:429 status:4xx status>=400 status:>=400 status:400..499 status=429 status<430",
            "status:answered -status:lost",
            "run:s14 -run:14 -run:s15",
            "method:post -method:get",
            "outcome:pending -outcome:rejected",
            "is:failed -is:unanswered",
            "purpose:orders -purpose:token",
            "latency>100 latency:154 latency<=154 latency:100..200",
        ] {
            assert!(passes(text), "{text}");
        }
        for text in [
            "ada",
            "vendor:kibo",
            "status:5xx",
            "status>429",
            "status<429",
            "status:lost",
            "run:14",
            "method:put",
            "-too",
            "is:unanswered",
            "latency>154",
            "order:#1",
            "body:x",
        ] {
            assert!(!passes(text), "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for text in [
            "colour:red",
            "status:soon",
            "status:9xx",
            "status:",
            "run:x",
            "vendor:acme",
            "is:blue",
            "outcome:lost",
            "latency:slow",
            "latency<0",
        ] {
            let error = ExchangeFilter::parse(text).unwrap_err();
            assert_eq!(error.term, text);
            assert!(!error.reason.is_empty());
        }
    }

    #[test]
    fn the_ledger_is_asked_only_where_the_rest_holds() {
        let filter = ExchangeFilter::parse("order:#1017 -body:Refund status:429").unwrap();
        assert!(filter.asks());
        assert_eq!(filter.orders().collect::<Vec<_>>(), ["#1017"]);
        let mut asked = Vec::new();
        let mut look = |exchange: &Exchange| {
            filter
                .passes::<()>(Book::Work, exchange, |ask| {
                    asked.push(format!("{ask:?}"));
                    Ok(matches!(ask, Ask::Order(_)))
                })
                .unwrap()
        };
        assert!(look(&exchange()));
        let fine = Exchange {
            status: Some(200),
            ..exchange()
        };
        assert!(!look(&fine));
        assert_eq!(asked, ["Order(\"#1017\")", "Body(\"refund\")"]);
    }
}
