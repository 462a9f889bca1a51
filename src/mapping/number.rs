//! Reads decimal numbers as people and spreadsheets write them, exactly or not at all.
//!
//! Grouping is checked strictly: `1,5` under a decimal point is no number, never fifteen.

use serde::Deserialize;

use crate::order::{Decimal, codes};

/// What stands before a number's decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum Mark {
    /// `1,234.56`
    #[default]
    #[serde(rename = ".")]
    Point,
    /// `1.234,56`
    #[serde(rename = ",")]
    Comma,
}

/// Why a text is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadNumber {
    /// Not a number in this notation.
    #[error("not a number with the decimal mark `{}`", .0.symbol())]
    Unreadable(Mark),
    /// `1.23E+12`: a spreadsheet rounded it.
    #[error("shortened by a spreadsheet, the digits behind are lost")]
    Shortened,
    /// More than 28 digits.
    #[error("longer than can be kept exactly")]
    TooLong,
}

/// Signs of currencies with more than one character; the longer ones first.
const CURRENCY_WORDS: &[&str] = &[
    "NT$", "HK$", "US$", "CA$", "AU$", "NZ$", "A$", "C$", "R$", "S$", "kr.", "kr", "Kr", "zł",
    "Kč", "Ft", "lei", "Fr.", "Fr", "S/", "RM", "Rp",
];

impl Mark {
    /// The mark as a character.
    pub const fn symbol(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    fn groups(self, symbol: char) -> bool {
        match symbol {
            ',' => self == Self::Point,
            '.' => self == Self::Comma,
            // Spaces of four widths, and the Swiss apostrophe in two forms.
            ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\'' | '\u{2019}' => true,
            _ => false,
        }
    }

    /// Reads a number with optional currency sign or code, sign on either side, thousands in groups,
    /// or brackets for a negative one: `1,234.50`, `€ 12`, `(8.00)`, `12.00-`, `USD 5`.
    pub fn read(self, text: &str) -> Result<Decimal, BadNumber> {
        let unreadable = BadNumber::Unreadable(self);
        if let Some(value) = self.bare(text) {
            return Ok(value);
        }
        let mut rest = text.trim();
        let mut negative = false;
        if let Some(inner) = strip_brackets(rest) {
            rest = inner.trim();
            negative = true;
        } else if let Some(inner) = strip_brackets(strip_currency(rest)) {
            rest = inner.trim();
            negative = true;
        }
        // At most one sign, before or behind the currency, before or behind the digits.
        for _ in 0..2 {
            if let Some((unsigned, minus)) = strip_sign(rest) {
                if negative {
                    return Err(unreadable);
                }
                negative = minus;
                rest = unsigned;
                break;
            }
            rest = strip_currency(rest);
        }
        rest = strip_currency(rest);
        let digits = self.plain(rest).ok_or_else(|| {
            if is_shortened(rest) {
                BadNumber::Shortened
            } else {
                unreadable
            }
        })?;
        let mut value = Decimal::from_str_exact(&digits).map_err(|_| BadNumber::TooLong)?;
        value.set_sign_negative(negative && !value.is_zero());
        Ok(value)
    }

    /// The number if it is written as most are: few digits and at most a point between them.
    #[inline]
    pub(super) fn bare(self, text: &str) -> Option<Decimal> {
        // So many digits fit into 64 bits.
        const FEW: usize = 18;
        if text.len() > FEW || text.starts_with('.') || text.ends_with('.') {
            return None;
        }
        let (mut digits, mut decimals) = (0, None);
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' => {
                    digits = digits * 10 + i64::from(byte - b'0');
                    decimals = decimals.map(|decimals| decimals + 1);
                }
                b'.' if self == Self::Point && decimals.is_none() => decimals = Some(0),
                _ => return None,
            }
        }
        (!text.is_empty()).then(|| Decimal::new(digits, decimals.unwrap_or(0)))
    }

    /// Digits with a decimal point and nothing else; `None` if the grouping is not regular.
    fn plain(self, text: &str) -> Option<String> {
        let (whole, fraction) = match text.split_once(self.symbol()) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if fraction.is_some_and(|fraction| fraction.is_empty() || !all_digits(fraction)) {
            return None;
        }
        let mut plain = String::with_capacity(text.len() + 1);
        if whole.is_empty() {
            fraction?;
            plain.push('0');
        } else if all_digits(whole) {
            plain.push_str(whole);
        } else {
            let symbol = whole.chars().find(|symbol| !symbol.is_ascii_digit())?;
            if !self.groups(symbol) {
                return None;
            }
            let groups: Vec<&str> = whole.split(symbol).collect();
            let (first, rest) = groups.split_first()?;
            let (last, middle) = rest.split_last()?;
            let regular = |width: usize| middle.iter().all(|group| group.len() == width);
            let fits = last.len() == 3
                && (regular(3) && (1..=3).contains(&first.len())
                    || regular(2) && (1..=2).contains(&first.len()));
            if !fits || !groups.iter().all(|group| all_digits(group)) {
                return None;
            }
            for group in groups {
                plain.push_str(group);
            }
        }
        if let Some(fraction) = fraction {
            plain.push('.');
            plain.push_str(fraction);
        }
        Some(plain)
    }
}

/// Reads a number in JSON's own notation, with exponent if there is one.
pub fn read_json_number(text: &str) -> Result<Decimal, BadNumber> {
    let text = text.trim();
    if text.contains(['e', 'E']) {
        // Refuses what it would have to round.
        return Decimal::from_scientific(text).map_err(|_| BadNumber::TooLong);
    }
    Decimal::from_str_exact(text).map_err(|_| {
        if text.bytes().filter(u8::is_ascii_digit).count() > 28 {
            BadNumber::TooLong
        } else {
            BadNumber::Unreadable(Mark::Point)
        }
    })
}

/// Whether it is a number that a spreadsheet wrote with an exponent: `1.23E+12`.
pub fn is_shortened(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    mantissa.starts_with(|first: char| first.is_ascii_digit() || first == '-')
        && mantissa
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b".,-".contains(&byte))
        && mantissa.contains(['.', ','])
        && !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether such a number stands in the text as a spreadsheet writes it, with other text around it as templates put
/// it: `berlin-1.23E+12`, `1E+12`.
pub fn holds_shortened(text: &str) -> bool {
    text.match_indices("E+").any(|(at, sign)| {
        let before = text.get(..at).unwrap_or_default();
        let behind = text.get(at + sign.len()..).unwrap_or_default();
        let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
        let number = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
        before.ends_with(|c: char| c.is_ascii_digit())
            && !number.ends_with(char::is_alphanumeric)
            && digits >= 2
            && !behind
                .get(digits..)
                .is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
    })
}

fn strip_brackets(text: &str) -> Option<&str> {
    text.strip_prefix('(')?.strip_suffix(')')
}

fn strip_sign(text: &str) -> Option<(&str, bool)> {
    const SIGNS: [(char, bool); 3] = [('-', true), ('\u{2212}', true), ('+', false)];
    SIGNS.into_iter().find_map(|(sign, minus)| {
        text.strip_prefix(sign)
            .or_else(|| text.strip_suffix(sign))
            .map(|rest| (rest.trim(), minus))
    })
}

/// Takes one currency sign or code off, at either end.
fn strip_currency(text: &str) -> &str {
    for word in CURRENCY_WORDS {
        if let Some(rest) = text.strip_prefix(word).or_else(|| text.strip_suffix(word)) {
            return rest.trim();
        }
    }
    if let Some(rest) = text
        .strip_prefix(is_currency_sign)
        .or_else(|| text.strip_suffix(is_currency_sign))
    {
        return rest.trim();
    }
    if let Some((code, rest)) = text.split_at_checked(3)
        && codes::is_currency(code)
    {
        return rest.trim();
    }
    if let Some((rest, code)) = text.split_at_checked(text.len().saturating_sub(3))
        && codes::is_currency(code)
    {
        return rest.trim();
    }
    text
}

/// Unicode's currency signs (category Sc) in use.
fn is_currency_sign(symbol: char) -> bool {
    matches!(symbol, '$' | '¢'..='¥' | '฿' | '৳' | '₡'..='\u{20c0}' | '﷼' | '＄' | '￠' | '￡' | '￥' | '￦')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn point(text: &str) -> Option<String> {
        Mark::Point.read(text).ok().map(|value| value.to_string())
    }

    fn comma(text: &str) -> Option<String> {
        Mark::Comma.read(text).ok().map(|value| value.to_string())
    }

    #[test]
    fn numbers_as_people_write_them() {
        for (text, expected) in [
            ("200.13", "200.13"),
            ("200.10", "200.10"),
            ("1,234,567.5", "1234567.5"),
            ("12,34,567.00", "1234567.00"),
            ("1 234.50", "1234.50"),
            ("1\u{202f}234.50", "1234.50"),
            ("1'234.50", "1234.50"),
            ("$8.00", "8.00"),
            ("-$8.00", "-8.00"),
            ("$-8.00", "-8.00"),
            ("(8.00)", "-8.00"),
            ("$(8.00)", "-8.00"),
            ("($8.00)", "-8.00"),
            ("8.00-", "-8.00"),
            ("\u{2212}8", "-8"),
            ("+8", "8"),
            ("USD 8.00", "8.00"),
            ("8.00 EUR", "8.00"),
            ("US$8", "8"),
            (".5", "0.5"),
            ("-0.00", "0.00"),
        ] {
            assert_eq!(point(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(comma("116,99 €").as_deref(), Some("116.99"));
        assert_eq!(comma("1.234,50").as_deref(), Some("1234.50"));
        assert_eq!(comma("1.234").as_deref(), Some("1234"));
    }

    #[test]
    fn what_may_mean_something_else_is_no_number() {
        for text in [
            "1,5",
            "1,50",
            "12,3456.00",
            "1.2.3",
            "1,2345",
            "--5",
            "(-5)",
            "5 pcs",
            "12.",
            "",
            ".",
            "1,234 567",
            "0x10",
            "NaN",
            "1_000",
            "١٢",
            "$",
            "5%",
        ] {
            assert_eq!(point(text), None, "{text}");
        }
        assert_eq!(comma("1.50"), None);
        assert_eq!(comma("200.13"), None);
    }

    #[test]
    fn shortened_numbers_are_told_apart() {
        assert_eq!(Mark::Point.read("1.23E+12"), Err(BadNumber::Shortened));
        assert!(is_shortened("4,5E+11") && !is_shortened("12E4") && !is_shortened("E.1"));
        assert_eq!(
            Mark::Point.read("1".repeat(40).as_str()),
            Err(BadNumber::TooLong)
        );
    }

    #[test]
    fn json_numbers_keep_their_digits() {
        let read = |text: &str| read_json_number(text).map(|value| value.to_string());
        assert_eq!(
            read("10.799999999999999").as_deref(),
            Ok("10.799999999999999")
        );
        assert_eq!(read("1e3").as_deref(), Ok("1000"));
        assert_eq!(read("1e400"), Err(BadNumber::TooLong));
    }

    proptest! {
        #[test]
        fn any_decimal_in_any_style_comes_back(
            mantissa in -999_999_999_999_999_999_i64..999_999_999_999_999_999,
            scale in 0_u32..6,
            comma in any::<bool>(),
            group in 0_usize..6,
            negative_style in 0_usize..4,
            currency in 0_usize..6,
        ) {
            let value = Decimal::new(mantissa, scale);
            let mark = if comma { Mark::Comma } else { Mark::Point };
            let separator = ["", " ", "\u{a0}", "'", "\u{202f}", if comma { "." } else { "," }][group];
            let plain = value.abs().to_string();
            let (whole, fraction) = plain.split_once('.').unwrap_or((plain.as_str(), ""));
            let mut text = String::new();
            for (index, digit) in whole.chars().enumerate() {
                if index > 0 && (whole.len() - index) % 3 == 0 {
                    text.push_str(separator);
                }
                text.push(digit);
            }
            if !fraction.is_empty() {
                text.push(mark.symbol());
                text.push_str(fraction);
            }
            text = match currency {
                0 => format!("€{text}"),
                1 => format!("{text} €"),
                2 => format!("USD {text}"),
                3 => format!("{text} kr"),
                _ => text,
            };
            if value.is_sign_negative() && !value.is_zero() {
                text = match negative_style {
                    0 => format!("({text})"),
                    1 => format!("{text}-"),
                    2 => format!("\u{2212}{text}"),
                    _ => format!("-{text}"),
                };
            }
            prop_assert_eq!(mark.read(&text), Ok(value), "{}", text);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,24}") {
            let _ = (Mark::Point.read(&text), Mark::Comma.read(&text), is_shortened(&text));
        }
    }
}
