//! Times that always carry their offset.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// A moment with the offset it was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    timestamp: Timestamp,
    offset: Offset,
}

impl Moment {
    /// That moment, as seen at that offset.
    pub fn new(timestamp: Timestamp, offset: Offset) -> Self {
        Self { timestamp, offset }
    }

    /// Reads ISO 8601 with an offset or `Z`; `None` for anything else, a time without an offset included.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        usual(text).or_else(|| iso(text))
    }

    /// Reads day and clock in full, `2024-03-01 10:00:00`, with an offset that stands apart; `None` for any other form.
    pub fn parse_parts(clock: &str, offset: &str) -> Option<Self> {
        of_parts(clock.as_bytes().as_array()?, offset.as_bytes())
    }

    /// The moment itself.
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// Unix seconds.
    pub fn unix_seconds(&self) -> i64 {
        self.timestamp.as_second()
    }

    /// The day at its own offset, `2024-03-01`.
    pub fn date(&self) -> jiff::civil::Date {
        self.zoned().date()
    }

    /// At its own offset.
    pub fn zoned(&self) -> Zoned {
        self.timestamp.to_zoned(TimeZone::fixed(self.offset))
    }
}

/// How many bytes a day with its clock takes.
const CLOCK: usize = "2024-03-01T10:00:00".len();

/// Reads the form that nearly all programs write, day and clock in full and an offset behind them. All others are for
/// [`iso`], which takes far longer.
fn usual(text: &str) -> Option<Moment> {
    let (clock, offset) = text.as_bytes().split_first_chunk()?;
    of_parts(clock, offset)
}

/// The same where the offset is told apart.
fn of_parts(clock: &[u8; CLOCK], offset: &[u8]) -> Option<Moment> {
    let is = |at: usize, symbol| clock.get(at) == Some(&symbol);
    let is_clock = is(4, b'-') && is(7, b'-') && is(13, b':') && is(16, b':');
    if !is_clock || !(is(10, b'T') || is(10, b' ')) {
        return None;
    }
    let pair = |at| two_digits(clock.get(at..)?);
    let year = i16::from(pair(0)?) * 100 + i16::from(pair(2)?);
    let (month, day) = (pair(5)?, pair(8)?);
    let (hour, minute, second) = (pair(11)?, pair(14)?, pair(17)?);
    let clock = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    let offset = match *offset {
        [b'Z'] => Offset::UTC,
        [sign @ (b'+' | b'-'), ref hours @ ..] => {
            let minutes = match hours {
                [_, _, b':', minutes @ ..] | [_, _, minutes @ ..] if minutes.len() == 2 => minutes,
                _ => return None,
            };
            let minutes = two_digits(minutes).filter(|minutes| *minutes < 60)?;
            let seconds = (i32::from(two_digits(hours)?) * 60 + i32::from(minutes)) * 60;
            Offset::from_seconds(if sign == b'-' { -seconds } else { seconds }).ok()?
        }
        _ => return None,
    };
    let timestamp = offset.to_timestamp(clock).ok()?;
    Some(Moment { timestamp, offset })
}

/// The number that two digits at the beginning make.
fn two_digits(text: &[u8]) -> Option<i8> {
    let (tens, ones) = (*text.first()?, *text.get(1)?);
    let are_digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    are_digits.then(|| ((tens - b'0') * 10 + ones - b'0') as i8)
}

/// Reads all that ISO 8601 allows.
fn iso(text: &str) -> Option<Moment> {
    // Nothing of it has a space behind the one that may stand between day and time: what has is told at once.
    if text
        .bytes()
        .skip("2024-03-01 ".len())
        .any(|byte| byte == b' ')
    {
        return None;
    }
    let pieces = jiff::fmt::temporal::DateTimeParser::new()
        .parse_pieces(text)
        .ok()?;
    let offset = match pieces.offset()? {
        jiff::fmt::temporal::PiecesOffset::Numeric(numeric) => numeric.offset(),
        _ => Offset::UTC,
    };
    let time = pieces.time()?;
    let timestamp = offset.to_timestamp(pieces.date().to_datetime(time)).ok()?;
    Some(Moment { timestamp, offset })
}

impl From<&Zoned> for Moment {
    fn from(zoned: &Zoned) -> Self {
        Self::new(zoned.timestamp(), zoned.offset())
    }
}

/// ISO 8601 with offset: `2024-03-01T10:00:00-05:00`.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.timestamp.display_with_offset(self.offset))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The short way gives what the long one would, or leaves the text to it.
        #[test]
        fn usual_forms_are_read_as_iso_8601(
            text in "[0-2][0-9]{3}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|[+-][0-2][0-9]:?[0-6][0-9])",
        ) {
            if let Some(moment) = usual(&text) {
                prop_assert_eq!(Some(moment), iso(&text));
            }
        }
    }

    #[test]
    fn usual_forms_need_no_long_way() {
        for text in [
            "2024-03-01T10:00:00-05:00",
            "2024-03-01 10:00:00+0530",
            "2024-02-29T23:59:59Z",
        ] {
            assert!(usual(text).is_some(), "{text}");
        }
        for text in [
            "2024-03-01T10:00:00.5Z",
            "2024-03-01T10:00Z",
            "2023-02-29T10:00:00Z",
            "2024-03-01T10:00:00+9900",
        ] {
            assert!(usual(text).is_none(), "{text}");
        }
    }

    #[test]
    fn offsets_are_kept() {
        let moment = Moment::parse("2024-03-01T10:00:00-05:00").unwrap();
        assert_eq!(moment.to_string(), "2024-03-01T10:00:00-05:00");
        assert_eq!(moment.unix_seconds(), 1_709_305_200);
        assert_eq!(moment.date().to_string(), "2024-03-01");
        assert_eq!(
            Moment::parse("2024-03-01T10:00:00Z").unwrap().to_string(),
            "2024-03-01T10:00:00+00:00"
        );
    }

    #[test]
    fn a_time_without_an_offset_is_none() {
        assert_eq!(Moment::parse("2024-03-01T10:00:00"), None);
        assert_eq!(Moment::parse("2024-03-01"), None);
        assert_eq!(Moment::parse("soon"), None);
    }
}
