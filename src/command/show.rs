//! Words that several commands share: sums, times, outcomes.

use std::collections::BTreeMap;
use std::time::Duration;

use rust_decimal::Decimal;

use super::output::{counted, thousands};
use crate::order::outcome::{Operation, Outcome};
use crate::vendor::Environment;
use crate::workspace::RunReport;

/// `USD 832485.57, EUR 12.00`; empty where no order has a total.
pub fn sums<C: AsRef<str>>(totals: &BTreeMap<C, Decimal>) -> String {
    let sums: Vec<String> = totals
        .iter()
        .map(|(currency, total)| match currency.as_ref() {
            "" => format!("{total} (no currency)"),
            currency => format!("{currency} {total}"),
        })
        .collect();
    sums.join(", ")
}

/// `2,000 orders, USD 832485.57`.
pub fn orders_and_sums<C: AsRef<str>>(orders: u64, totals: &BTreeMap<C, Decimal>) -> String {
    let count = counted(orders, "order");
    if totals.is_empty() {
        count
    } else {
        format!("{count}, {}", sums(totals))
    }
}

/// `1,998 accepted, 2 rejected`; of another operation than an import with that in front: `cancellation: 3 taken`.
pub fn outcomes_of(operation: Operation, counts: &[(Outcome, u64)]) -> String {
    let told: Vec<String> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(outcome, count)| format!("{} {}", thousands(*count), outcome.word(operation)))
        .collect();
    match operation.subject() {
        Some(subject) if !told.is_empty() => format!("{subject}: {}", told.join(", ")),
        _ => outcomes(counts),
    }
}

/// `1,998 accepted, 2 rejected`.
pub fn outcomes(counts: &[(Outcome, u64)]) -> String {
    let counts: Vec<String> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(outcome, count)| format!("{} {outcome}", thousands(*count)))
        .collect();
    if counts.is_empty() {
        "no orders".to_owned()
    } else {
        counts.join(", ")
    }
}

/// `2 h 5 min`, `50 min`, `12 s`.
pub fn lasting(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds % 3600 / 60) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// The time that is left of a wait, the last second counted in full: `1 h 5 min`, `2 min 5 s`, `12 s`.
pub fn countdown(left: Duration) -> String {
    let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
    match (seconds / 3600, seconds % 3600 / 60) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min {} s", seconds % 60),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// How far a run is that waits, in one line: `3 of 10 orders, waiting 12 s for the vendor's pace`.
pub fn waiting(report: &RunReport, reason: &str, left: Duration) -> String {
    format!(
        "{} of {}, waiting {} for {reason}",
        thousands(report.settled()),
        counted(report.summary.run.orders, "order"),
        countdown(left)
    )
}

/// A time as people of this place read it.
pub fn at(time: jiff::Timestamp) -> String {
    time.to_zoned(jiff::tz::TimeZone::system())
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}

/// The environment, loud enough.
pub fn environment(environment: Environment) -> String {
    environment.name().to_uppercase()
}

/// How a run that hasn't come to its end goes on. What came through a pipe can't be read again.
pub fn way_on(report: &RunReport) -> String {
    let waits = report.summary.count(Outcome::Pending) > 0;
    if waits && report.summary.run.decided.frozen.source.starts_with("-:") {
        return "what waits came from standard input: save it to a file and `orderdeck submit` that; what was taken is left out"
            .to_owned();
    }
    format!("`orderdeck resume {}` goes on", report.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        for (seconds, text) in [(0, "0 s"), (59, "59 s"), (61, "1 min"), (7500, "2 h 5 min")] {
            assert_eq!(lasting(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn sums_keep_their_digits() {
        let totals = BTreeMap::from([("EUR", Decimal::new(1200, 2)), ("USD", Decimal::new(5, 1))]);
        assert_eq!(orders_and_sums(2, &totals), "2 orders, EUR 12.00, USD 0.5");
        assert_eq!(
            outcomes(&[(Outcome::Accepted, 1998), (Outcome::InDoubt, 2)]),
            "1,998 accepted, 2 in-doubt"
        );
    }
}
