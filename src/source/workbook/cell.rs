//! A cell's value as the text that people see, with every digit that the workbook holds.

use std::borrow::Cow;

use calamine::{CellErrorType, Data, DataRef, ExcelDateTime};

/// Spreadsheets keep so many digits; what stood behind them is lost.
const DIGITS_KEPT: f64 = 1e15;

/// What a cell holds, however the library hands it over.
pub(super) enum Value<'v> {
    Nothing,
    Text(&'v str),
    Whole(i64),
    Number(f64),
    Truth(bool),
    Moment(ExcelDateTime),
    Wrong(&'v CellErrorType),
}

impl<'v> From<&'v DataRef<'_>> for Value<'v> {
    fn from(value: &'v DataRef<'_>) -> Self {
        match value {
            DataRef::Empty => Self::Nothing,
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                Self::Text(text)
            }
            DataRef::SharedString(text) => Self::Text(text),
            DataRef::Int(number) => Self::Whole(*number),
            DataRef::Float(number) => Self::Number(*number),
            DataRef::Bool(truth) => Self::Truth(*truth),
            DataRef::DateTime(moment) => Self::Moment(*moment),
            DataRef::Error(error) => Self::Wrong(error),
        }
    }
}

impl<'v> From<&'v Data> for Value<'v> {
    fn from(value: &'v Data) -> Self {
        match value {
            Data::Empty => Self::Nothing,
            Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
                Self::Text(text)
            }
            Data::Int(number) => Self::Whole(*number),
            Data::Float(number) => Self::Number(*number),
            Data::Bool(truth) => Self::Truth(*truth),
            Data::DateTime(moment) => Self::Moment(*moment),
            Data::Error(error) => Self::Wrong(error),
        }
    }
}

impl Value<'_> {
    /// A whole number too long for a spreadsheet, which keeps fifteen digits.
    pub(super) fn is_too_long(&self) -> bool {
        match self {
            Self::Number(number) => number.fract() == 0.0 && number.abs() >= DIGITS_KEPT,
            Self::Whole(number) => number.unsigned_abs() >= DIGITS_KEPT as u64,
            _ => false,
        }
    }
}

/// The text of a value. `code` is the cell's number format: `00000`, `yyyy-mm-dd`.
pub(super) fn text<'v>(value: &Value<'v>, code: Option<&str>) -> Cow<'v, str> {
    match value {
        Value::Nothing => Cow::Borrowed(""),
        Value::Text(text) => Cow::Borrowed(text),
        Value::Whole(number) => Cow::Owned(padded(number.to_string(), code)),
        // The shortest decimal that is this number, never with an exponent.
        Value::Number(number) => Cow::Owned(padded(number.to_string(), code)),
        Value::Truth(true) => Cow::Borrowed("TRUE"),
        Value::Truth(false) => Cow::Borrowed("FALSE"),
        Value::Moment(moment) => Cow::Owned(moment_text(moment, code)),
        Value::Wrong(error) => Cow::Owned(error.to_string()),
    }
}

/// The zeros before a postcode that a format of zeros alone shows.
fn padded(digits: String, code: Option<&str>) -> String {
    let width = code
        .filter(|code| code.bytes().all(|byte| byte == b'0'))
        .map_or(0, str::len);
    if width < 2 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits;
    }
    format!("{digits:0>width$}")
}

/// ISO 8601: a date, a time, or both, as the format has them.
fn moment_text(moment: &ExcelDateTime, code: Option<&str>) -> String {
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let fraction = match milli {
        0 => String::new(),
        milli => format!(".{milli:03}"),
    };
    let serial = moment.as_f64();
    if moment.is_duration() {
        let hours = serial.max(0.0).trunc() as u64 * 24 + u64::from(hour);
        return format!("{hours:02}:{minute:02}:{second:02}{fraction}");
    }
    let time = format!("{hour:02}:{minute:02}:{second:02}{fraction}");
    if (0.0..1.0).contains(&serial) {
        return time;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    let midnight = (hour, minute, second, milli) == (0, 0, 0, 0);
    let shows_time = code.is_some_and(|code| code.to_ascii_lowercase().contains(['h', 's']));
    if midnight && !shows_time {
        date
    } else {
        format!("{date}T{time}")
    }
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    fn number(number: f64) -> String {
        text(&Value::Number(number), Some("General")).into_owned()
    }

    #[test]
    fn numbers_have_the_digits_of_the_workbook() {
        assert_eq!(number(17850.0), "17850");
        assert_eq!(number(1.23e12), "1230000000000");
        assert_eq!(number(116.99), "116.99");
        assert_eq!(number(10.799_999_999_999_999), "10.799999999999999");
        assert_eq!(number(-0.5), "-0.5");
        assert_eq!(number(1e-7), "0.0000001");
        assert_eq!(number(9_007_199_254_740_991.0), "9007199254740991");
    }

    #[test]
    fn a_format_of_zeros_shows_them() {
        let shown = |code| text(&Value::Number(1067.0), Some(code)).into_owned();
        assert_eq!(shown("00000"), "01067");
        assert_eq!(shown("0"), "1067");
        assert_eq!(shown("000"), "1067");
        assert_eq!(shown("0.00"), "1067");
        assert_eq!(text(&Value::Number(1.5), Some("00000")), "1.5");
    }

    #[test]
    fn moments_are_iso_8601() {
        let shown = |serial, code, kind| {
            let moment = ExcelDateTime::new(serial, kind, false);
            text(&Value::Moment(moment), Some(code)).into_owned()
        };
        let moment = ExcelDateTimeType::DateTime;
        assert_eq!(shown(45943.0, "mm-dd-yy", moment), "2025-10-13");
        assert_eq!(shown(45943.0, "m/d/yy h:mm", moment), "2025-10-13T00:00:00");
        assert_eq!(shown(45943.5, "mm-dd-yy", moment), "2025-10-13T12:00:00");
        assert_eq!(shown(0.75, "h:mm", moment), "18:00:00");
        let span = ExcelDateTimeType::TimeDelta;
        assert_eq!(shown(1.25, "[h]:mm:ss", span), "30:00:00");
    }

    #[test]
    fn long_numbers_are_noticed() {
        assert!(Value::Number(1e15).is_too_long());
        assert!(!Value::Number(999_999_999_999_999.0).is_too_long());
        assert!(!Value::Number(0.1).is_too_long());
    }
}
