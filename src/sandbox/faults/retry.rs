//! What a refusal says about coming back: `Retry-After` in all the forms that are met in the wild.

use std::time::{Duration, UNIX_EPOCH};

/// Until when to wait, and how that is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Retry {
    /// Nothing is said.
    Unsaid,
    /// In so many seconds.
    Seconds(u64),
    /// A date so many seconds from now.
    Date(u64),
    /// A date an hour ago.
    Past,
    /// Three thousand years.
    Absurd,
    /// No number and no date.
    Rubbish,
}

const ABSURD_S: u64 = 99_999_999_999;

impl Retry {
    /// The value of `Retry-After`, at a time in milliseconds since the Unix epoch.
    pub(in crate::sandbox) fn header(self, now_ms: i64) -> Option<String> {
        let date = |at_s: u64| httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(at_s));
        let now_s = u64::try_from(now_ms / 1000).unwrap_or_default();
        match self {
            Self::Unsaid => None,
            Self::Seconds(seconds) => Some(seconds.to_string()),
            Self::Date(seconds) => Some(date(now_s.saturating_add(seconds))),
            Self::Past => Some(date(now_s.saturating_sub(3600))),
            Self::Absurd => Some(ABSURD_S.to_string()),
            Self::Rubbish => Some("soon".to_owned()),
        }
    }

    /// The same as Unix seconds, for a header that wants a moment.
    pub(in crate::sandbox) fn moment_s(self, now_ms: i64) -> Option<i64> {
        // A part of a second would end the wait too early.
        let now_s = (now_ms + 999) / 1000;
        let wait_s = match self {
            Self::Unsaid | Self::Rubbish => return None,
            Self::Seconds(seconds) | Self::Date(seconds) => i64::try_from(seconds).ok()?,
            Self::Past => -3600,
            Self::Absurd => i64::try_from(ABSURD_S).ok()?,
        };
        Some(now_s.saturating_add(wait_s))
    }
}
