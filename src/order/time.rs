//! Times that always carry their offset.

use std::fmt;

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
        Some(Self { timestamp, offset })
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
    use super::*;

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
