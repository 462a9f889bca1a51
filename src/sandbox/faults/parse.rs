//! The grammar: `[TARGET:]FAULT[=VALUE][:OPTION][@WHEN]`, rules separated by commas; `@WHEN` may
//! stand before the options too.

use std::str::FromStr;
use std::time::Duration;

use super::error::shown;
use super::{Ending, Fault, FaultSpecError, Faults, Framing, JobFault, Retry, Rule, Told, When};
use crate::sandbox::call::{Purpose, Simulator};
use crate::sandbox::{SIMULATORS, simulator};

/// The longest latency and the slowest body.
const LONGEST: Duration = Duration::from_hours(1);
/// The longest wait that a refusal may ask for, in seconds.
const LONGEST_RETRY_S: u64 = 366 * 24 * 3600;
/// What a 429 says when the rule doesn't.
const DEFAULT_WAIT: Retry = Retry::Seconds(1);

const FAULTS: &str = "a status from 400 to 599, a status from 500 with -after, latency=TIME, slow=TIME, \
    drop-before, drop-after, truncate, truncate-close, malformed, web-page, expired-token, job-fails, \
    job-partial=N, job-stuck, job-vanishes, seed=N";
const PURPOSES: &str = "orders, tokens, polls, all";
const WHEN: &str =
    "@3 (the third), @3-5, @3- (from the third), @every5, @p0.05 (five in a hundred)";
const TIME: &str = "a time of at most an hour such as 300ms, 5s, 2m";
const RETRY: &str = "retry=2s, retry-date=2s, retry=none, retry=past, retry=absurd, retry=rubbish";

/// A piece of the specification, and where it begins.
#[derive(Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    /// In bytes, from the specification's beginning.
    at: usize,
}

/// What is wrong with a piece.
struct Problem {
    at: usize,
    what: String,
    allowed: String,
}

impl<'a> Piece<'a> {
    fn trimmed(self) -> Self {
        let start = self.text.trim_start();
        Self {
            text: start.trim_end(),
            at: self.at + (self.text.len() - start.len()),
        }
    }

    fn split(self, separator: char) -> impl Iterator<Item = Self> {
        let mut at = self.at;
        self.text.split(separator).map(move |text| {
            let piece = Self { text, at };
            at += text.len() + separator.len_utf8();
            piece
        })
    }

    /// What stands before the first separator, and what behind it.
    fn split_once(self, separator: char) -> (Self, Option<Piece<'a>>) {
        match self.text.split_once(separator) {
            None => (self, None),
            Some((before, after)) => (
                Self {
                    text: before,
                    at: self.at,
                },
                Some(Self {
                    text: after,
                    at: self.at + before.len() + separator.len_utf8(),
                }),
            ),
        }
    }

    fn problem(self, what: impl Into<String>, allowed: impl Into<String>) -> Problem {
        Problem {
            at: self.at,
            what: what.into(),
            allowed: allowed.into(),
        }
    }

    fn is_no(self, kind: &str, allowed: impl Into<String>) -> Problem {
        self.problem(format!("`{}` is no {kind}", shown(self.text)), allowed)
    }
}

impl FromStr for Faults {
    type Err = FaultSpecError;

    fn from_str(spec: &str) -> Result<Self, FaultSpecError> {
        let mut faults = Self::default();
        let mut seed = None;
        let whole = Piece { text: spec, at: 0 };
        for (index, piece) in whole.split(',').enumerate() {
            let piece = piece.trimmed();
            let done = match piece.text.strip_prefix("seed=") {
                Some(number) => set_seed(&mut seed, number, piece),
                None => rule(piece).map(|rule| faults.rules.push(rule)),
            };
            done.map_err(|problem| FaultSpecError {
                number: index + 1,
                rule: piece.text.to_owned(),
                character: spec
                    .get(..problem.at)
                    .map_or(0, |before| before.chars().count())
                    + 1,
                problem: problem.what,
                allowed: problem.allowed,
            })?;
        }
        faults.seed = seed.unwrap_or_default();
        Ok(faults)
    }
}

fn set_seed(seed: &mut Option<u64>, number: &str, piece: Piece<'_>) -> Result<(), Problem> {
    let value = number
        .parse()
        .map_err(|_| piece.is_no("seed", "seed=N, a whole number"))?;
    match seed.replace(value) {
        None => Ok(()),
        Some(_) => Err(piece.problem("the seed is set twice", "one seed=N")),
    }
}

fn rule(whole: Piece<'_>) -> Result<Rule, Problem> {
    if whole.text.is_empty() {
        return Err(whole.problem(
            "an empty rule",
            "[VENDOR[/REQUESTS]:]FAULT[=VALUE][:OPTION][@WHEN]",
        ));
    }
    let mut pieces = whole.split(':').map(Piece::trimmed).peekable();
    let (mut vendor, mut purpose) = (None, Some(Purpose::Orders));
    if let Some(target) = pieces.next_if(|piece| is_target(piece.text)) {
        (vendor, purpose) = self::target(target)?;
    }
    let mut when = None;
    let mut fault = None;
    for piece in pieces {
        let (piece, requests) = piece.split_once('@');
        if let Some(requests) = requests
            && when.replace(self::when(requests)?).is_some()
        {
            return Err(requests.problem("the requests are chosen twice", "one @"));
        }
        match &mut fault {
            None => {
                fault = Some(self::fault(piece).map_err(|problem| unknown(problem, whole, piece))?);
            }
            Some(fault) => option(piece, fault)?,
        }
    }
    let Some(fault) = fault else {
        return Err(whole.problem("a target without a fault", FAULTS));
    };
    fits(whole, fault, vendor, purpose)?;
    Ok(Rule {
        vendor: vendor.map(|vendor| vendor.name),
        purpose,
        fault,
        when: when.unwrap_or(When::Range {
            first: 1,
            last: u64::MAX,
        }),
    })
}

/// What stands first before a colon was meant as a vendor, or as a fault.
fn unknown(problem: Problem, whole: Piece<'_>, piece: Piece<'_>) -> Problem {
    let name = piece.split_once('=').0;
    if piece.at != whole.at || !whole.text.contains(':') || problem.allowed != FAULTS {
        return problem;
    }
    name.is_no("vendor and no fault", format!("{}; {FAULTS}", vendors()))
}

fn is_target(text: &str) -> bool {
    let (vendor, purpose) = text
        .split_once('/')
        .map_or((text, None), |(v, p)| (v, Some(p)));
    vendor == "*" || simulator(vendor).is_some() || purpose.is_some()
}

type Target = (Option<&'static Simulator>, Option<Purpose>);

fn target(piece: Piece<'_>) -> Result<Target, Problem> {
    let (name, purpose) = piece.split_once('/');
    let vendor = match name.text {
        "*" => None,
        text => Some(simulator(text).ok_or_else(|| name.is_no("vendor", vendors()))?),
    };
    let purpose = match purpose {
        None => Some(Purpose::Orders),
        Some(purpose) => match purpose.text {
            "orders" => Some(Purpose::Orders),
            "tokens" => Some(Purpose::Token),
            "polls" => Some(Purpose::Other),
            "all" => None,
            _ => return Err(purpose.is_no("kind of request", PURPOSES)),
        },
    };
    Ok((vendor, purpose))
}

fn vendors() -> String {
    let names: Vec<&str> = SIMULATORS.iter().map(|simulator| simulator.name).collect();
    format!("{}, * for all", names.join(", "))
}

fn when(piece: Piece<'_>) -> Result<When, Problem> {
    let wrong = || piece.is_no("request or requests", WHEN);
    let count = |text: &str| {
        text.parse()
            .ok()
            .filter(|count| *count > 0)
            .ok_or_else(wrong)
    };
    if let Some(number) = piece.text.strip_prefix("every") {
        return Ok(When::Every(count(number)?));
    }
    if let Some(number) = piece.text.strip_prefix('p') {
        let probability: f64 = number.parse().map_err(|_| wrong())?;
        // Not for NaN either.
        return if probability > 0.0 && probability <= 1.0 {
            Ok(When::Chance(probability))
        } else {
            Err(wrong())
        };
    }
    let (first, last) = match piece.text.split_once('-') {
        None => (count(piece.text)?, count(piece.text)?),
        Some((first, "")) => (count(first)?, u64::MAX),
        Some((first, last)) => (count(first)?, count(last)?),
    };
    if first > last {
        return Err(wrong());
    }
    Ok(When::Range { first, last })
}

fn fault(piece: Piece<'_>) -> Result<Fault, Problem> {
    let (name, value) = piece.split_once('=');
    let unknown = || name.is_no("fault", FAULTS);
    let timed = || match value {
        Some(value) => time(value),
        None => Err(piece.problem("the time is missing", format!("{}={TIME}", name.text))),
    };
    let fault = match name.text {
        "latency" => return timed().map(Fault::Latency),
        "slow" => return timed().map(Fault::Slow),
        "job-partial" => return partial(piece, value),
        "drop-before" => Fault::DropBefore(Ending::Close),
        "drop-after" => Fault::DropAfter(Ending::Close),
        "truncate" => Fault::Truncate(Framing::Length),
        "truncate-close" => Fault::Truncate(Framing::Close),
        "malformed" => Fault::Malformed,
        "web-page" => Fault::WebPage,
        "expired-token" => Fault::ExpiredToken,
        "job-fails" => Fault::Job(JobFault::Fails),
        "job-stuck" => Fault::Job(JobFault::Stuck),
        "job-vanishes" => Fault::Job(JobFault::Vanishes),
        text => match text.strip_suffix("-after") {
            Some(number) => Fault::StatusAfter {
                status: status(number, 500).ok_or_else(unknown)?,
                retry: Retry::Unsaid,
            },
            None => status(text, 400)
                .map(|status| Fault::Status {
                    status,
                    retry: if status == 429 {
                        DEFAULT_WAIT
                    } else {
                        Retry::Unsaid
                    },
                })
                .ok_or_else(unknown)?,
        },
    };
    match value {
        None => Ok(fault),
        Some(value) => Err(value.problem(
            format!("{} takes no value", name.text),
            format!("{} alone", name.text),
        )),
    }
}

fn status(text: &str, lowest: u16) -> Option<u16> {
    let digits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    let status = text.parse().ok().filter(|_| digits)?;
    (lowest..600).contains(&status).then_some(status)
}

fn partial(piece: Piece<'_>, value: Option<Piece<'_>>) -> Result<Fault, Problem> {
    let allowed = "job-partial=N, the number of orders that fail, from 1";
    let Some(value) = value else {
        return Err(piece.problem("the number is missing", allowed));
    };
    let orders = value.text.parse().ok().filter(|orders| *orders > 0);
    Ok(Fault::Job(JobFault::Partial {
        orders: orders.ok_or_else(|| value.is_no("number of orders", allowed))?,
        told: Told::Named,
    }))
}

fn time(piece: Piece<'_>) -> Result<Duration, Problem> {
    let wrong = || piece.is_no("time", TIME);
    let digits = piece.text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = piece.text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let time = match unit {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.saturating_mul(60)),
        _ => return Err(wrong()),
    };
    if time > LONGEST {
        Err(wrong())
    } else {
        Ok(time)
    }
}

fn option(piece: Piece<'_>, fault: &mut Fault) -> Result<(), Problem> {
    let (name, value) = piece.split_once('=');
    match fault {
        Fault::Status { retry, .. } | Fault::StatusAfter { retry, .. } => {
            *retry = match (name.text, value) {
                ("retry" | "retry-date", Some(value)) => self::retry(name.text, value)?,
                _ => return Err(piece.is_no("option of a status", RETRY)),
            };
        }
        Fault::DropBefore(ending) | Fault::DropAfter(ending) => {
            *ending = match piece.text {
                "close" => Ending::Close,
                "reset" => Ending::Reset,
                _ => return Err(piece.is_no("option of a dropped connection", "close, reset")),
            };
        }
        Fault::Job(JobFault::Partial { told, .. }) => {
            *told = match piece.text {
                "named" => Told::Named,
                "unnamed" => Told::Unnamed,
                "object" => Told::Object,
                _ => return Err(piece.is_no("option of job-partial", "named, unnamed, object")),
            };
        }
        _ => return Err(piece.problem(format!("{} has no options", fault.name()), "nothing here")),
    }
    Ok(())
}

fn retry(name: &str, value: Piece<'_>) -> Result<Retry, Problem> {
    let seconds = || {
        let number = value.text.strip_suffix('s')?.parse().ok()?;
        (number <= LONGEST_RETRY_S).then_some(number)
    };
    match (name, value.text) {
        ("retry", "none") => Some(Retry::Unsaid),
        ("retry", "past") => Some(Retry::Past),
        ("retry", "absurd") => Some(Retry::Absurd),
        ("retry", "rubbish") => Some(Retry::Rubbish),
        ("retry", _) => seconds().map(Retry::Seconds),
        _ => seconds().map(Retry::Date),
    }
    .ok_or_else(|| value.is_no("time to come back", RETRY))
}

/// A rule that could never do anything is a mistake.
fn fits(
    whole: Piece<'_>,
    fault: Fault,
    vendor: Option<&'static Simulator>,
    purpose: Option<Purpose>,
) -> Result<(), Problem> {
    let having = |has: fn(&Simulator) -> bool| {
        let names: Vec<&str> = SIMULATORS
            .iter()
            .filter(|s| has(s))
            .map(|s| s.name)
            .collect();
        format!("{}, or * for all", names.join(", "))
    };
    if let Some(vendor) = vendor {
        if purpose == Some(Purpose::Token) && !vendor.tokens {
            let what = format!("{} has no requests for tokens", vendor.name);
            return Err(whole.problem(what, having(|vendor| vendor.tokens)));
        }
        if fault == Fault::ExpiredToken && !vendor.tokens {
            let what = format!("{} has no tokens that expire", vendor.name);
            return Err(whole.problem(what, having(|vendor| vendor.tokens)));
        }
        if matches!(fault, Fault::Job(_)) && !vendor.jobs {
            let what = format!("{} has no jobs", vendor.name);
            return Err(whole.problem(what, having(|vendor| vendor.jobs)));
        }
    }
    if matches!(fault, Fault::Job(_)) && purpose != Some(Purpose::Orders) {
        let what = "only requests with orders begin jobs";
        return Err(whole.problem(what, "orders, which is the default"));
    }
    if fault == Fault::ExpiredToken && purpose == Some(Purpose::Token) {
        let what = "a request for a token needs none";
        return Err(whole.problem(what, "orders, polls"));
    }
    Ok(())
}
