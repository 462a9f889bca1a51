//! One step up or down of the part under the cursor: a day, a month, an hour, a digit.

use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, ToSpan};
use rust_decimal::Decimal;

use super::form::Reading;

/// The text one step on and where the cursor is then, in bytes; `None` where nothing can be stepped.
pub fn step(text: &str, at: usize, up: bool, reading: Reading) -> Option<(String, usize)> {
    let stepped = match reading {
        Reading::Date | Reading::Moment => moment(text, at, up),
        Reading::TimeOfDay => time(text, at, up),
        Reading::Integer | Reading::Number | Reading::Money(_) => number(text, at, up),
        Reading::Text | Reading::Email | Reading::Currency | Reading::Other => None,
    }?;
    // The cursor stays in its part, counted from the end that doesn't grow.
    let grown = stepped.len() as i64 - text.len() as i64;
    let mut at = usize::try_from(at as i64 + grown)
        .unwrap_or(0)
        .min(stepped.len());
    while !stepped.is_char_boundary(at) {
        at -= 1;
    }
    Some((stepped, at))
}

/// `2024-03-02`, or that with a time and whatever follows it, which stays.
fn moment(text: &str, at: usize, up: bool) -> Option<String> {
    let one = |span: Span| if up { span } else { -span };
    let date: Date = text.get(..10)?.parse().ok()?;
    let rest = text.get(10..)?;
    let (separator, clock) = match rest.char_indices().nth(1) {
        Some((start, _)) => rest.split_at(start),
        None => (rest, ""),
    };
    let seconds = clock.get(5..6) == Some(":") && clock.len() >= 8;
    let end = if seconds { 8 } else { 5.min(clock.len()) };
    let (clock, tail) = (clock.get(..end)?, clock.get(end..)?);
    if separator.is_empty() && clock.is_empty() {
        let span = part_of_date(at);
        return Some(date.checked_add(one(span)).ok()?.to_string());
    }
    let time: Time = clock.parse().ok()?;
    let span = if at <= 10 {
        part_of_date(at)
    } else {
        part_of_time(at - 11)
    };
    let next: DateTime = date.to_datetime(time).checked_add(one(span)).ok()?;
    let clock = next.time().strftime(format_of(seconds)).to_string();
    Some(format!("{}{separator}{clock}{tail}", next.date()))
}

fn time(text: &str, at: usize, up: bool) -> Option<String> {
    let time: Time = text.parse().ok()?;
    let span = part_of_time(at);
    let next = time.wrapping_add(if up { span } else { -span });
    Some(next.strftime(format_of(text.len() >= 8)).to_string())
}

const fn format_of(seconds: bool) -> &'static str {
    if seconds { "%H:%M:%S" } else { "%H:%M" }
}

fn part_of_date(at: usize) -> Span {
    match at {
        0..=4 => 1.year(),
        5..=7 => 1.month(),
        _ => 1.day(),
    }
}

fn part_of_time(at: usize) -> Span {
    match at {
        0..=2 => 1.hour(),
        3..=5 => 1.minute(),
        _ => 1.second(),
    }
}

/// By one, or by the last digit's worth where the cursor stands behind the point.
fn number(text: &str, at: usize, up: bool) -> Option<String> {
    let value = Decimal::from_str_exact(text).ok()?;
    let behind = text.find('.').is_some_and(|point| at > point);
    let one = if behind {
        Decimal::new(1, value.scale())
    } else {
        Decimal::ONE
    };
    let next = if up {
        value.checked_add(one)?
    } else {
        value.checked_sub(one)?
    };
    Some(next.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::order::time::Moment;

    fn stepped(text: &str, at: usize, up: bool, reading: Reading) -> String {
        step(text, at, up, reading).unwrap().0
    }

    #[test]
    fn the_part_under_the_cursor_is_stepped() {
        let day = |text, at, up| stepped(text, at, up, Reading::Date);
        assert_eq!(day("2024-02-28", 10, true), "2024-02-29");
        assert_eq!(day("2024-01-31", 6, true), "2024-02-29");
        assert_eq!(day("2024-03-01", 9, false), "2024-02-29");
        assert_eq!(day("2024-03-01", 2, false), "2023-03-01");
        let moment = |text, at| stepped(text, at, true, Reading::Moment);
        assert_eq!(
            moment("2024-03-02T23:15:00+01:00", 12),
            "2024-03-03T00:15:00+01:00"
        );
        assert_eq!(moment("2024-03-02T10:59Z", 15), "2024-03-02T11:00Z");
        assert_eq!(
            moment("2024-03-02T10:15:00.250Z", 18),
            "2024-03-02T10:15:01.250Z"
        );
        assert_eq!(stepped("23:59", 4, true, Reading::TimeOfDay), "00:00");
        let money = Reading::Money(None);
        assert_eq!(stepped("19.90", 1, true, money), "20.90");
        assert_eq!(stepped("19.90", 5, true, money), "19.91");
        assert_eq!(step("2024-02-30", 9, true, Reading::Date), None);
        assert_eq!(step("soon", 1, true, Reading::Moment), None);
        assert_eq!(step("2024-03-02Tsoon", 1, true, Reading::Moment), None);
        assert_eq!(step("ü2024-03-0", 1, true, Reading::Date), None);
    }

    #[test]
    fn the_cursor_stays_in_its_part() {
        assert_eq!(
            step("9", 1, true, Reading::Integer),
            Some(("10".to_owned(), 2))
        );
        assert_eq!(
            step("9.50", 3, false, Reading::Number),
            Some(("9.49".to_owned(), 3))
        );
    }

    proptest! {
        #[test]
        fn a_step_up_and_down_again_is_none(
            days in 0_i32..40_000, hour in 0..24, minute in 0..60, part in 0_usize..3,
        ) {
            let day = jiff::civil::date(1960, 1, 1) + days.days();
            let text = format!("{day}T{hour:02}:{minute:02}:00-05:00");
            // Day, hour, minute: months and years differ in length.
            let at = [9, 12, 15][part];
            let (up, at) = step(&text, at, true, Reading::Moment).unwrap();
            prop_assert!(Moment::parse(&up).is_some());
            prop_assert_eq!(up.len(), text.len());
            prop_assert_ne!(&up, &text);
            prop_assert_eq!(step(&up, at, false, Reading::Moment).unwrap().0, text);
        }

        #[test]
        fn money_keeps_its_digits(cents in 0_i64..1_000_000_000, behind: bool, up: bool) {
            let text = Decimal::new(cents, 2).to_string();
            let at = if behind { text.len() } else { 0 };
            let next = stepped(&text, at, up, Reading::Number);
            prop_assert_eq!(next.split_once('.').unwrap().1.len(), 2);
            let back = stepped(&next, if behind { next.len() } else { 0 }, !up, Reading::Number);
            prop_assert_eq!(back, text);
        }

        #[test]
        fn nothing_typed_makes_it_fail(text in ".{0,20}", at in 0_usize..24, up: bool) {
            for reading in [Reading::Date, Reading::Moment, Reading::TimeOfDay, Reading::Number] {
                if let Some((next, at)) = step(&text, at, up, reading) {
                    prop_assert!(next.is_char_boundary(at));
                }
            }
        }
    }
}
