//! Reads times as platforms write them, into moments that carry their offset.

use jiff::civil::{DateTime, Time};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::{Offset, TimeZone};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::months;
use crate::mistake::nearest;
use crate::order::Moment;

/// A time zone by its IANA name (`Europe/Berlin`), `UTC`, or an offset (`+02:00`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of that name.
    pub fn parse(name: &str) -> Option<Self> {
        if name.starts_with(['+', '-']) {
            // A moment's own reader knows offsets.
            let moment = Moment::parse(&format!("2000-01-01T00:00:00{name}"))?;
            return Some(Self(TimeZone::fixed(moment.zoned().offset())));
        }
        TimeZone::get(name).ok().map(Self)
    }

    /// Its name as [`Zone::parse`] reads it.
    pub fn name(&self) -> String {
        if let Some(name) = self.0.iana_name() {
            return name.to_owned();
        }
        let moment = Moment::new(
            jiff::Timestamp::UNIX_EPOCH,
            self.0.to_offset(jiff::Timestamp::UNIX_EPOCH),
        );
        let text = moment.to_string();
        text.get("1970-01-01T00:00:00".len()..)
            .unwrap_or_default()
            .to_owned()
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| {
            let known: Vec<_> = jiff::tz::db().available().collect();
            let near = nearest(&name, known.iter().map(jiff::tz::TimeZoneName::as_str));
            let next = match near {
                Some(near) => format!("did you mean {near}?"),
                None => {
                    "write an IANA name such as Europe/Berlin, UTC, or an offset such as +02:00"
                        .to_owned()
                }
            };
            D::Error::custom(format!("no time zone `{name}`; {next}"))
        })
    }
}

/// Why a text is no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadTime {
    /// Neither ISO 8601 nor in one of the formats.
    Unreadable,
    /// No offset in the text, and the mapping names no time zone.
    NoOffset,
}

/// A moment, and whether its clock time was ambiguous.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The moment.
    pub moment: Moment,
    /// The clock showed that time twice or never (a change to or from summer time).
    pub ambiguous: bool,
}

/// Reads ISO 8601, else the first format (as strftime writes them) that fits. `zone` counts where the
/// text has no offset.
pub fn read(text: &str, formats: &[String], zone: Option<&Zone>) -> Result<Reading, BadTime> {
    if let Some(moment) = usual(text, formats).or_else(|| Moment::parse(text)) {
        return Ok(exact(moment));
    }
    let english = if formats.iter().any(|format| has_month_name(format)) {
        months::in_english(text)
    } else {
        None
    };
    for format in formats {
        let in_english = || BrokenDownTime::parse(format, english.as_deref()?).ok();
        let Some(parts) = BrokenDownTime::parse(format, text).ok().or_else(in_english) else {
            continue;
        };
        // A zone by name leaves open which of two equal clock times is meant.
        if let Some(name) = parts.iana_time_zone()
            && let Ok(date) = parts.to_date()
        {
            let named = Zone::parse(name).ok_or(BadTime::Unreadable)?;
            let time = parts.to_time().unwrap_or(Time::midnight());
            return local(date.to_datetime(time), Some(&named));
        }
        if let Ok(timestamp) = parts.to_timestamp() {
            let offset = parts.offset().unwrap_or_else(|| {
                zone.map_or(Offset::UTC, |Zone(zone)| zone.to_offset(timestamp))
            });
            return Ok(exact(Moment::new(timestamp, offset)));
        }
        if let Ok(zoned) = parts.to_zoned() {
            return Ok(exact(Moment::from(&zoned)));
        }
        let Ok(date) = parts.to_date() else { continue };
        let time = parts.to_time().unwrap_or(Time::midnight());
        return local(date.to_datetime(time), zone);
    }
    match text.parse::<DateTime>() {
        Ok(clock) => local(clock, zone),
        Err(_) => Err(BadTime::Unreadable),
    }
}

/// How many programs write a moment: ISO 8601 but for the space before its offset.
const OFFSET_APART: &str = "%Y-%m-%d %H:%M:%S %z";

/// A moment of that form, if it is the one that is looked for first: its reader takes far longer than that of ISO
/// 8601.
pub(super) fn usual(text: &str, formats: &[String]) -> Option<Moment> {
    if formats.first().is_none_or(|format| format != OFFSET_APART) {
        return None;
    }
    let (clock, offset) = text.split_at_checked("2024-03-01 10:00:00".len())?;
    let offset = offset.strip_prefix(' ')?;
    let is_offset = offset.len() == 5 && offset.starts_with(['+', '-']);
    let is_apart = is_offset && clock.as_bytes().get(10) == Some(&b' ');
    is_apart
        .then(|| Moment::parse_parts(clock, offset))
        .flatten()
}

fn has_month_name(format: &str) -> bool {
    ["%b", "%B", "%h"].iter().any(|name| format.contains(name))
}

fn exact(moment: Moment) -> Reading {
    Reading {
        moment,
        ambiguous: false,
    }
}

fn local(clock: DateTime, zone: Option<&Zone>) -> Result<Reading, BadTime> {
    let Zone(zone) = zone.ok_or(BadTime::NoOffset)?;
    let candidates = zone.to_ambiguous_zoned(clock);
    let ambiguous = candidates.is_ambiguous();
    let zoned = candidates.compatible().map_err(|_| BadTime::Unreadable)?;
    Ok(Reading {
        moment: Moment::from(&zoned),
        ambiguous,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(text: &str, format: &str, zone: Option<&str>) -> Result<String, BadTime> {
        let zone = zone.map(|name| Zone::parse(name).unwrap());
        read(text, &[format.to_owned()], zone.as_ref()).map(|reading| reading.moment.to_string())
    }

    #[test]
    fn offsets_of_the_text_are_kept() {
        let shopify = "%Y-%m-%d %H:%M:%S %z";
        assert_eq!(
            reading("2025-10-07 09:50:26 +0200", shopify, None).as_deref(),
            Ok("2025-10-07T09:50:26+02:00")
        );
        assert_eq!(
            reading("2025-10-07T09:50:26-05:00", shopify, Some("UTC")).as_deref(),
            Ok("2025-10-07T09:50:26-05:00")
        );
    }

    #[test]
    fn an_offset_apart_is_read_as_its_format_reads_it() {
        for text in [
            "2025-10-07 09:50:26 +0200",
            "2025-10-07 09:50:26 -0330",
            "2025-02-29 09:50:26 +0200",
            "2025-10-07 24:00:00 +0200",
            "2025-10-07 09:50:60 +0200",
            "2025-10-07 09:50:26 +9900",
            "2025-10-07T09:50:26 +0200",
            "2025-10-07 09:50:26  +0200",
            "2025-10-07 09:50:26 Z",
        ] {
            // Behind another format nothing is read the short way.
            let long = [String::from("%d.%m.%Y"), OFFSET_APART.to_owned()];
            let long = read(text, &long, None);
            assert_eq!(read(text, &[OFFSET_APART.to_owned()], None), long, "{text}");
        }
    }

    #[test]
    fn a_zone_counts_only_where_there_is_no_offset() {
        let german = "%d.%m.%Y %H:%M";
        assert_eq!(
            reading("07.10.2025 09:50", german, None),
            Err(BadTime::NoOffset)
        );
        assert_eq!(
            reading("07.10.2025 09:50", german, Some("Europe/Berlin")).as_deref(),
            Ok("2025-10-07T09:50:00+02:00")
        );
        assert_eq!(
            reading("2017-03-22T19:28:02", german, Some("UTC")).as_deref(),
            Ok("2017-03-22T19:28:02+00:00")
        );
        assert_eq!(
            reading("2017-03-22", german, Some("-05:00")).as_deref(),
            Ok("2017-03-22T00:00:00-05:00")
        );
        assert_eq!(
            reading("31.02.2025 09:50", german, Some("UTC")),
            Err(BadTime::Unreadable)
        );
        assert_eq!(
            reading("soon", german, Some("UTC")),
            Err(BadTime::Unreadable)
        );
    }

    #[test]
    fn months_by_name_zones_by_name_and_mail_dates() {
        let berlin = Some("Europe/Berlin");
        assert_eq!(
            reading("10-Dez-25", "%d-%b-%y", berlin).as_deref(),
            Ok("2025-12-10T00:00:00+01:00")
        );
        assert_eq!(
            reading(
                "Tue, 20 Nov 2012 08:05:00 +0000",
                "%a, %d %b %Y %H:%M:%S %z",
                None
            )
            .as_deref(),
            Ok("2012-11-20T08:05:00+00:00")
        );
        let named = "%Y-%m-%d %H:%M:%S %Q";
        assert_eq!(
            reading("2025-07-01 09:00:00 America/New_York", named, None).as_deref(),
            Ok("2025-07-01T09:00:00-04:00")
        );
        let twice = read(
            "2025-11-02 01:30:00 America/New_York",
            &[named.into()],
            None,
        )
        .unwrap();
        assert!(twice.ambiguous);
        assert_eq!(
            reading("2025-07-01 09:00:00 Nowhere/Land", named, None),
            Err(BadTime::Unreadable)
        );
    }

    #[test]
    fn unix_seconds_are_a_format() {
        assert_eq!(
            reading("1602338740", "%s", None).as_deref(),
            Ok("2020-10-10T14:05:40+00:00")
        );
    }

    #[test]
    fn clock_times_that_exist_twice_are_told() {
        let zone = Zone::parse("Europe/Berlin");
        let twice = read("2025-10-26T02:30:00", &[], zone.as_ref()).unwrap();
        assert!(twice.ambiguous);
        let once = read("2025-10-26T04:30:00", &[], zone.as_ref()).unwrap();
        assert!(!once.ambiguous);
    }

    #[test]
    fn zones_that_are_none() {
        assert!(Zone::parse("Europe/Atlantis").is_none());
        assert!(Zone::parse("+2").is_none());
    }
}
