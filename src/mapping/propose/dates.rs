//! How a column's dates and times are written: which formats fit all of them.

use std::sync::LazyLock;

use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime::BrokenDownTime;

use crate::order::Moment;

/// Which part of a date comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum DateOrder {
    Day,
    Month,
    Year,
}

/// One way to write times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DateFormat {
    /// As strftime writes it; empty for ISO 8601, which needs none.
    pub(super) format: String,
    pub(super) order: DateOrder,
    /// The text carries an offset.
    pub(super) offset: bool,
    /// The text has no time of day.
    pub(super) day_only: bool,
}

/// What is known of a column of times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Times {
    /// Those that fit every value, the likelier first; at least one.
    pub(super) formats: Vec<DateFormat>,
}

impl Times {
    /// Both days and months come first, as far as the values tell.
    pub(super) fn is_ambiguous(&self) -> bool {
        let has = |order| self.formats.iter().any(|format| format.order == order);
        has(DateOrder::Day) && has(DateOrder::Month)
    }

    /// Keeps to one order of day and month, if some format has it.
    pub(super) fn settle(&mut self, order: DateOrder) {
        if self.formats.iter().any(|format| format.order == order) {
            self.formats.retain(|format| format.order == order);
        }
    }
}

const DATES: &[(&str, DateOrder)] = &[
    ("%Y-%m-%d", DateOrder::Year),
    ("%Y/%m/%d", DateOrder::Year),
    ("%Y.%m.%d", DateOrder::Year),
    ("%Y%m%d", DateOrder::Year),
    ("%d.%m.%Y", DateOrder::Day),
    ("%d/%m/%Y", DateOrder::Day),
    ("%m/%d/%Y", DateOrder::Month),
    ("%d-%m-%Y", DateOrder::Day),
    ("%m-%d-%Y", DateOrder::Month),
    ("%d.%m.%y", DateOrder::Day),
    ("%d/%m/%y", DateOrder::Day),
    ("%m/%d/%y", DateOrder::Month),
    ("%d-%m-%y", DateOrder::Day),
    ("%m-%d-%y", DateOrder::Month),
    ("%d-%b-%Y", DateOrder::Year),
    ("%d-%b-%y", DateOrder::Year),
    ("%d %b %Y", DateOrder::Year),
    ("%d %B %Y", DateOrder::Year),
    ("%b %d, %Y", DateOrder::Year),
    ("%B %d, %Y", DateOrder::Year),
    ("%b %d %Y", DateOrder::Year),
    ("%a, %d %b %Y", DateOrder::Year),
];

const CLOCKS: &[&str] = &[
    "",
    " %H:%M:%S",
    " %H:%M",
    "T%H:%M:%S",
    "T%H:%M",
    ", %H:%M:%S",
    ", %H:%M",
    " %I:%M:%S %p",
    " %I:%M %p",
    ", %I:%M:%S %p",
    ", %I:%M %p",
    " %H:%M:%S%.f",
];

const OFFSETS: &[&str] = &["", " %z", "%z", " %:z", "%:z", " UTC", " GMT"];

static FORMATS: LazyLock<Vec<DateFormat>> = LazyLock::new(|| {
    let mut formats = Vec::new();
    for (date, order) in DATES {
        for clock in CLOCKS {
            for offset in OFFSETS {
                if clock.is_empty() && !offset.is_empty() {
                    continue;
                }
                formats.push(DateFormat {
                    format: format!("{date}{clock}{offset}"),
                    order: *order,
                    offset: offset.ends_with('z'),
                    day_only: clock.is_empty(),
                });
            }
        }
    }
    formats.push(DateFormat {
        format: "%s".into(),
        order: DateOrder::Year,
        offset: true,
        day_only: false,
    });
    formats
});

/// The formats that fit every value; none if they are no times.
pub(super) fn times<'v>(values: impl Iterator<Item = &'v str> + Clone) -> Option<Times> {
    let first = values.clone().next()?;
    if !looks_like_time(first) {
        return None;
    }
    if let Some(iso) = iso(values.clone()) {
        return Some(Times { formats: vec![iso] });
    }
    let mut formats: Vec<&DateFormat> = FORMATS
        .iter()
        .filter(|format| fits(&format.format, first))
        .collect();
    for value in values.skip(1) {
        formats.retain(|format| fits(&format.format, value));
        if formats.is_empty() {
            return None;
        }
    }
    // `%b` reads what `%B` reads, and the colon of an offset is optional: the first of equals is enough.
    let mut kept: Vec<DateFormat> = Vec::new();
    for format in formats {
        if kept.iter().all(|known| known.order != format.order) {
            kept.push(format.clone());
        }
    }
    (!kept.is_empty()).then_some(Times { formats: kept })
}

/// ISO 8601 is read without any format.
fn iso<'v>(mut values: impl Iterator<Item = &'v str>) -> Option<DateFormat> {
    let mut found: Option<DateFormat> = None;
    let all = values.all(|value| {
        let offset = Moment::parse(value).is_some();
        let clock = value.parse::<DateTime>().ok();
        if !offset && clock.is_none() || !value.contains('-') {
            return false;
        }
        let day_only = !offset && value.parse::<Date>().is_ok() && value.trim().len() <= 10;
        let known = found.get_or_insert(DateFormat {
            format: String::new(),
            order: DateOrder::Year,
            offset,
            day_only,
        });
        known.offset &= offset;
        known.day_only &= day_only;
        clock.is_none_or(|clock| is_likely(clock.date()))
    });
    found.filter(|_| all)
}

/// The day that a format reads there; none if it doesn't fit.
pub(super) fn day(format: &str, value: &str) -> Option<Date> {
    let parts = BrokenDownTime::parse(format, value).ok()?;
    if format == "%s" {
        // Nine or ten digits: 1973 to 2286.
        let digits = value.len() >= 9 && value.len() <= 10;
        let timestamp = parts.to_timestamp().ok().filter(|_| digits)?;
        return Some(timestamp.to_zoned(jiff::tz::TimeZone::UTC).date());
    }
    parts.to_date().ok().filter(|date| is_likely(*date))
}

fn fits(format: &str, value: &str) -> bool {
    day(format, value).is_some()
}

/// Times of orders lie in our days; birthdays a little before.
fn is_likely(date: Date) -> bool {
    (1900..=2100).contains(&date.year())
}

fn looks_like_time(value: &str) -> bool {
    (6..=40).contains(&value.len()) && value.bytes().filter(u8::is_ascii_digit).count() >= 3
}

/// Whether it is a time of day: `9:05`, `09:05:00`.
pub(super) fn is_clock(value: &str) -> bool {
    clock_format(value).is_some()
}

/// How a time of day is written.
pub(super) fn clock_format(value: &str) -> Option<&'static str> {
    ["%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p"]
        .into_iter()
        .find(|format| {
            BrokenDownTime::parse(format, value).is_ok_and(|parts| parts.to_time().is_ok())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formats(values: &[&str]) -> Vec<String> {
        times(values.iter().copied()).map_or_else(Vec::new, |times| {
            times
                .formats
                .into_iter()
                .map(|format| format.format)
                .collect()
        })
    }

    #[test]
    fn formats_fit_every_value() {
        for (values, expected) in [
            (
                &["07.10.2025 09:50", "31.01.2025 23:59"][..],
                "%d.%m.%Y %H:%M",
            ),
            (&["12/31/24", "01/02/25"], "%m/%d/%y"),
            (&["31/12/2024"], "%d/%m/%Y"),
            (&["10-Dez-25"], ""),
            (&["10-Dec-25", "1-Jan-26"], "%d-%b-%y"),
            (&["2025-10-07 09:50:26 +0200"], "%Y-%m-%d %H:%M:%S %z"),
            (&["Mar 5, 2024 3:07 PM"], "%b %d, %Y %I:%M %p"),
            (
                &["Wed, 20 Sep 2017 15:24:07 +0000"],
                "%a, %d %b %Y %H:%M:%S %z",
            ),
            (&["1602338740"], "%s"),
            (&["20240301", "20240302"], "%Y%m%d"),
        ] {
            let found = formats(values);
            let expected: Vec<&str> = (!expected.is_empty())
                .then_some(expected)
                .into_iter()
                .collect();
            assert_eq!(found, expected, "{values:?}");
        }
    }

    #[test]
    fn iso_needs_no_format() {
        for (value, offset, day_only) in [
            ("2024-03-01T10:00:00+01:00", true, false),
            ("2024-03-01T10:00:00Z", true, false),
            ("2024-03-01 10:00:00", false, false),
            ("2024-03-01", false, true),
        ] {
            let found = times([value].into_iter()).unwrap().formats;
            assert_eq!(found.len(), 1, "{value}");
            assert_eq!(
                (found[0].format.as_str(), found[0].offset, found[0].day_only),
                ("", offset, day_only),
                "{value}"
            );
        }
    }

    #[test]
    fn day_and_month_may_be_either() {
        let mut times = times(["01/02/2024", "03/04/2024"].into_iter()).unwrap();
        assert!(times.is_ambiguous());
        times.settle(DateOrder::Month);
        assert_eq!(times.formats[0].format, "%m/%d/%Y");
        assert!(!times.is_ambiguous());
    }

    #[test]
    fn other_texts_are_no_times() {
        for value in [
            "12.50",
            "#1001",
            "AB-2024-01",
            "8765432",
            "soon",
            "99/99/2024",
        ] {
            assert!(formats(&[value]).is_empty(), "{value}");
        }
        assert!(is_clock("9:05") && is_clock("23:59:59") && !is_clock("2.30"));
    }
}
