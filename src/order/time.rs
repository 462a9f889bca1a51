//! Times that always carry their offset.

use std::borrow::Cow;
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
        usual(text).or_else(|| {
            let text = text.trim();
            usual(text).or_else(|| iso(text))
        })
    }

    /// Reads day and clock in full, `2024-03-01 10:00:00`, with an offset that stands apart; `None` for any other form.
    pub fn parse_parts(clock: &str, offset: &str) -> Option<Self> {
        of_parts(clock.as_bytes().try_into().ok()?, offset.as_bytes())
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

/// Room for a moment in its usual form.
pub type Room = [u8; "2024-03-01T10:00:00-05:00".len()];

impl Moment {
    /// What is shown of it, written into `room` where that is enough: a year of four digits, whole seconds and whole
    /// minutes of offset.
    pub fn text<'r>(&self, room: &'r mut Room) -> Cow<'r, str> {
        let is_usual = self.write_usual(room).is_some();
        match std::str::from_utf8(room) {
            Ok(text) if is_usual => Cow::Borrowed(text),
            _ => Cow::Owned(self.to_string()),
        }
    }

    fn write_usual(&self, room: &mut Room) -> Option<()> {
        let clock = self.offset.to_datetime(self.timestamp);
        let year = u16::try_from(clock.year()).ok()?;
        let minutes = self.offset.seconds() / 60;
        if clock.subsec_nanosecond() != 0 || self.offset.seconds() % 60 != 0 {
            return None;
        }
        *room = *b"0000-00-00T00:00:00+00:00";
        if minutes < 0 {
            room[19] = b'-';
        }
        let mut put = |at: usize, number: i32| {
            if let Some([tens, ones]) = room.get_mut(at..at + 2) {
                *tens = b'0' + (number / 10) as u8;
                *ones = b'0' + (number % 10) as u8;
            }
        };
        put(0, i32::from(year / 100));
        put(2, i32::from(year % 100));
        put(5, clock.month().into());
        put(8, clock.day().into());
        put(11, clock.hour().into());
        put(14, clock.minute().into());
        put(17, clock.second().into());
        put(20, minutes.abs() / 60);
        put(23, minutes.abs() % 60);
        Some(())
    }
}

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

    proptest! {
        #[test]
        fn moments_are_written_as_they_are_shown(
            second in -377_705_023_201_i64..253_402_207_200,
            nanosecond in prop_oneof![Just(0), 0..1_000_000_000],
            offset in prop_oneof![(-99..=99).prop_map(|quarters| quarters * 900), -93_599..=93_599],
        ) {
            let timestamp = Timestamp::new(second, nanosecond).unwrap();
            let moment = Moment::new(timestamp, Offset::from_seconds(offset).unwrap());
            let mut room = [0; 25];
            prop_assert_eq!(moment.text(&mut room), moment.to_string());
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
