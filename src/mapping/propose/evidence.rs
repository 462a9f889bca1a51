//! What the values of a column tell: how many can be read as what.

use std::collections::{BTreeMap, BTreeSet};

use super::dates::{self, Times};
use super::synonyms::synonyms;
use crate::mapping::number::Mark;
use crate::order::{Decimal, codes};

/// Values with more different words are no status.
const MOST_WORDS: usize = 24;
/// So many values are tried as times.
const TRIED_AS_TIMES: usize = 300;
/// Texts that mean "nothing" in many exports.
pub(super) const EMPTY_WORDS: [&str; 8] =
    ["NULL", "null", "N/A", "n/a", "#N/A", "nan", "NaN", "None"];

/// What the values of one column tell. Shares are in percent of the values that are not empty.
#[derive(Debug, Clone, Default)]
pub(super) struct Evidence {
    /// How many values there are.
    pub(super) filled: usize,
    /// How many different ones.
    pub(super) distinct: usize,
    /// Numbers under a decimal point, under a decimal comma.
    pub(super) point: u8,
    pub(super) comma: u8,
    /// Values that are numbers under one mark only.
    pub(super) only_point: usize,
    pub(super) only_comma: usize,
    /// Values such as `1,234` that are one number under a point and another under a comma.
    pub(super) either: usize,
    /// Whole numbers of plain digits.
    pub(super) whole: u8,
    /// Whole numbers below 1000.
    pub(super) small: u8,
    /// Numbers below zero, and above.
    pub(super) negative: usize,
    pub(super) positive: usize,
    /// Currencies named beside the numbers, by their code; `$` stands for itself.
    pub(super) signs: BTreeSet<String>,
    pub(super) email: u8,
    pub(super) currency: u8,
    pub(super) country: u8,
    pub(super) country_names: u8,
    pub(super) yes_no: u8,
    pub(super) clock: u8,
    pub(super) phone: u8,
    pub(super) times: Option<Times>,
    /// The different values in small letters with their counts, if they are few.
    pub(super) words: BTreeMap<String, usize>,
    /// Every value ends in `.0`: a spreadsheet wrote ids as numbers.
    pub(super) point_zero: bool,
    /// How many are `0`.
    pub(super) zeros: usize,
    /// Letters somewhere, share.
    pub(super) letters: u8,
    /// Texts of [`EMPTY_WORDS`] that stand here and count as nothing.
    pub(super) empty_words: BTreeSet<String>,
    /// An apostrophe stands before digits or signs.
    pub(super) apostrophes: bool,
}

fn percent(part: usize, whole: usize) -> u8 {
    (part * 100).checked_div(whole).unwrap_or_default() as u8
}

impl Evidence {
    /// Looks at values; blank ones don't count. `plain`: they are JSON's, so that a point is before decimals
    /// wherever a value is a number there.
    pub(super) fn of<'v>(values: impl Iterator<Item = &'v str>) -> Self {
        let mut evidence = Self::default();
        let mut all: Vec<&str> = Vec::new();
        for value in values {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            if EMPTY_WORDS.contains(&value) {
                evidence.empty_words.insert(value.to_owned());
                continue;
            }
            all.push(evidence.without_apostrophe(value));
        }
        let filled = all.len();
        evidence.filled = filled;
        let different: BTreeSet<&str> = all.iter().copied().collect();
        evidence.distinct = different.len();
        if different.len() <= MOST_WORDS {
            for value in &all {
                *evidence.words.entry(value.to_lowercase()).or_default() += 1;
            }
        }
        evidence.numbers(&all);
        let share = |test: &dyn Fn(&str) -> bool| {
            percent(all.iter().filter(|value| test(value)).count(), filled)
        };
        evidence.email = share(&is_email);
        evidence.currency = share(&|value| codes::is_currency(value));
        evidence.country = share(&|value| codes::is_country(value));
        evidence.country_names = share(&|value| synonyms().country(value).is_some());
        evidence.yes_no = share(&is_yes_no);
        evidence.clock = share(&dates::is_clock);
        evidence.phone = share(&is_phone);
        evidence.letters = share(&|value| value.chars().any(char::is_alphabetic));
        evidence.point_zero = filled > 0
            && all.iter().all(|value| {
                let digits = value.strip_suffix(".0").unwrap_or_default();
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
            });
        evidence.zeros = all.iter().filter(|value| **value == "0").count();
        let tried = different.iter().copied().take(TRIED_AS_TIMES);
        evidence.times = dates::times(tried);
        evidence
    }

    fn without_apostrophe<'v>(&mut self, value: &'v str) -> &'v str {
        let begins = |rest: &&str| {
            rest.starts_with(|first: char| first.is_ascii_digit() || "+-=@".contains(first))
        };
        match value.strip_prefix('\'').filter(begins) {
            Some(rest) => {
                self.apostrophes = true;
                rest
            }
            None => value,
        }
    }

    fn numbers(&mut self, values: &[&str]) {
        let (mut point, mut comma, mut whole, mut small) = (0, 0, 0, 0);
        for value in values {
            let by_point = Mark::Point.read(value).ok();
            let by_comma = Mark::Comma.read(value).ok();
            point += usize::from(by_point.is_some());
            comma += usize::from(by_comma.is_some());
            match (by_point, by_comma) {
                (Some(_), None) => self.only_point += 1,
                (None, Some(_)) => self.only_comma += 1,
                (Some(one), Some(other)) if one != other => self.either += 1,
                _ => {}
            }
            let Some(number) = by_point.or(by_comma) else {
                continue;
            };
            self.negative += usize::from(number < Decimal::ZERO);
            self.positive += usize::from(number > Decimal::ZERO);
            whole += usize::from(value.bytes().all(|byte| byte.is_ascii_digit()));
            let is_small = number.is_integer() && number.abs() < Decimal::ONE_THOUSAND;
            small += usize::from(is_small);
            self.signs.extend(sign(value));
        }
        self.point = percent(point, values.len());
        self.comma = percent(comma, values.len());
        self.whole = percent(whole, values.len());
        self.small = percent(small, values.len());
    }

    /// Share of numbers under the mark that reads more of them.
    pub(super) fn number(&self) -> u8 {
        self.point.max(self.comma)
    }

    /// Numbers with decimals or a currency beside them.
    pub(super) fn is_money(&self) -> bool {
        self.number() >= 95
            && (self.only_point + self.only_comma + self.either > 0 || !self.signs.is_empty())
    }

    /// Few different words: a status, a method, a channel.
    pub(super) fn is_vocabulary(&self) -> bool {
        !self.words.is_empty() && self.letters >= 90 && self.email == 0
    }
}

/// The currency beside a number, by its code; `$` and `kr` are those of many countries.
fn sign(value: &str) -> Option<String> {
    const SIGNS: [(&str, &str); 14] = [
        ("€", "EUR"),
        ("£", "GBP"),
        ("zł", "PLN"),
        ("Kč", "CZK"),
        ("Ft", "HUF"),
        ("₺", "TRY"),
        ("₹", "INR"),
        ("₩", "KRW"),
        ("R$", "BRL"),
        ("A$", "AUD"),
        ("C$", "CAD"),
        ("US$", "USD"),
        ("$", "$"),
        ("kr", "kr"),
    ];
    for (sign, code) in SIGNS {
        if value.contains(sign) && !(sign.len() == 2 && value.contains("US$")) {
            return Some(code.to_owned());
        }
    }
    let code: String = value.chars().filter(char::is_ascii_alphabetic).collect();
    codes::is_currency(&code).then_some(code)
}

fn is_email(value: &str) -> bool {
    let Some((name, domain)) = value.split_once('@') else {
        return false;
    };
    !name.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !value.contains([' ', ','])
        && !domain.contains('@')
}

fn is_phone(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    (7..=16).contains(&digits)
        && value
            .chars()
            .all(|symbol| symbol.is_ascii_digit() || " +-/().".contains(symbol))
        && (value.starts_with(['+', '0', '(']) || value.contains([' ', '-', '/']))
}

/// What the fields that are yes or no read without a table.
pub(super) fn is_yes_no(value: &str) -> bool {
    matches!(
        value.to_lowercase().as_str(),
        "true" | "false" | "yes" | "no" | "1" | "0"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> Evidence {
        Evidence::of(values.iter().copied())
    }

    #[test]
    fn marks_are_told_by_what_one_of_them_cannot_read() {
        let german = of(&["1.234,50", "12,00 €", "7,5"]);
        assert_eq!((german.comma, german.only_comma), (100, 3));
        assert_eq!(german.signs.iter().collect::<Vec<_>>(), ["EUR"]);
        let english = of(&["1,234.50", "12.00", "(8.00)"]);
        assert_eq!((english.point, english.only_point), (100, 3));
        assert_eq!((english.negative, english.positive), (1, 2));
        let either = of(&["1,234", "5"]);
        assert_eq!(
            (either.either, either.only_point, either.only_comma),
            (1, 0, 0)
        );
    }

    #[test]
    fn kinds_of_values_are_known() {
        assert_eq!(of(&["a@b.de", "", "c.d@e.co.uk"]).email, 100);
        assert_eq!(of(&["EUR", "USD"]).currency, 100);
        assert_eq!(of(&["DE", "FR"]).country, 100);
        assert_eq!(of(&["Germany", "Österreich"]).country_names, 100);
        assert_eq!(of(&["+49 30 1234567", "030/1234567"]).phone, 100);
        assert_eq!(of(&["1", "2", "30"]).small, 100);
        assert!(of(&["17850.0", "12583.0"]).point_zero);
        assert!(of(&["'075"]).apostrophes);
        let empty = of(&["NULL", "x"]);
        assert_eq!((empty.filled, empty.empty_words.len()), (1, 1));
        assert!(of(&["paid", "Paid", "open"]).is_vocabulary());
    }
}
