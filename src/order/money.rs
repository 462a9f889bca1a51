//! Exact money: decimals as the source wrote them, and currencies with their smallest unit.

use std::fmt;

pub use rust_decimal::Decimal;

use super::codes;

/// An ISO 4217 currency code that is known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The currency of that code, in any case; `None` if ISO 4217 has no such code.
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.trim().as_bytes().try_into().ok()?;
        let upper = bytes.map(|byte| byte.to_ascii_uppercase());
        let text = std::str::from_utf8(&upper).ok()?;
        codes::is_currency(text).then_some(Self(upper))
    }

    /// The code in capitals.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// Decimals of the smallest unit by ISO 4217: JPY 0, USD 2, KWD 3.
    pub fn decimals(self) -> u32 {
        codes::currency_decimals(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Drops trailing zeros that a multiplication added, but keeps at least two decimals of those it had:
/// `8.00 × 2` is `16.00`, never `16.0000`.
pub fn trim_scale(value: Decimal) -> Decimal {
    // What nearly all amounts are: nothing to drop, and nothing to divide for it.
    if value.scale() == 2 && !value.is_zero() {
        return value;
    }
    let mut trimmed = value.normalize();
    if trimmed.scale() < 2 && value.scale() >= 2 {
        trimmed.rescale(2);
    }
    trimmed
}

/// The amount in the smallest unit with that many decimals; `None` if it is finer than that unit.
pub fn minor_units(amount: Decimal, decimals: u32) -> Option<Decimal> {
    let trimmed;
    let exact = if amount.scale() <= decimals {
        &amount
    } else {
        trimmed = amount.normalize();
        &trimmed
    };
    let further = decimals.checked_sub(exact.scale())?;
    let minor = exact
        .mantissa()
        .checked_mul(10_i128.checked_pow(further)?)?;
    Decimal::try_from_i128_with_scale(minor, 0).ok()
}

/// The same as a plain number, for amounts written with just as many decimals that aren't negative: nearly all. `None`
/// says nothing of the others.
#[inline]
pub fn plain_units(amount: &Decimal, decimals: u32) -> Option<u64> {
    if amount.scale() != decimals || amount.is_sign_negative() {
        return None;
    }
    u64::try_from(amount.mantissa()).ok()
}

/// Shares an amount over weights in units of `decimals`, by largest remainder: the parts add up exactly.
/// Ties go to the earlier line. All weights zero: the first line gets everything. `None` if the amount is
/// finer than the unit, a weight is negative, or there is no line.
pub fn share(amount: Decimal, weights: &[Decimal], decimals: u32) -> Option<Vec<Decimal>> {
    let total = minor_units(amount, decimals)?;
    if weights.is_empty() || weights.iter().any(Decimal::is_sign_negative) {
        return None;
    }
    let sum: Decimal = weights.iter().copied().sum();
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    if sum.is_zero() {
        parts.resize(weights.len(), Decimal::ZERO);
        parts[0] = total;
    } else {
        for (index, weight) in weights.iter().enumerate() {
            let exact = total.checked_mul(*weight)?.checked_div(sum)?;
            parts.push(exact.trunc());
            remainders.push((exact.fract().abs(), index));
        }
        remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let unit = if total.is_sign_negative() {
            Decimal::NEGATIVE_ONE
        } else {
            Decimal::ONE
        };
        let mut left = total - parts.iter().copied().sum::<Decimal>();
        for (_, index) in remainders {
            if left.is_zero() {
                break;
            }
            parts[index] += unit;
            left -= unit;
        }
    }
    let scale = Decimal::from(10_u64.checked_pow(decimals)?);
    parts
        .into_iter()
        .map(|part| {
            let mut value = part.checked_div(scale)?;
            value.rescale(decimals);
            Some(value)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn currencies_are_known_ones() {
        assert_eq!(Currency::parse("usd").unwrap().code(), "USD");
        assert_eq!(Currency::parse("XXQ"), None);
        for (codes, decimals) in [
            (
                "BIF CLP DJF GNF ISK JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF",
                0,
            ),
            ("AUD BRL CAD CHF EUR GBP HUF INR MXN PLN SEK USD ZAR", 2),
            ("BHD IQD JOD KWD LYD OMR TND", 3),
        ] {
            for code in codes.split(' ') {
                let currency = Currency::parse(code).unwrap();
                assert_eq!(currency.decimals(), decimals, "{code}");
            }
        }
    }

    #[test]
    fn minor_units_refuse_what_is_finer() {
        assert_eq!(minor_units(decimal("200.13"), 2), Some(decimal("20013")));
        assert_eq!(minor_units(decimal("200.130"), 2), Some(decimal("20013")));
        assert_eq!(minor_units(decimal("200.135"), 2), None);
        assert_eq!(minor_units(decimal("10"), 0), Some(decimal("10")));
    }

    #[test]
    fn plain_units_are_the_minor_units_of_most_amounts() {
        for (amount, units) in [
            ("200.13", Some(20013)),
            ("0.00", Some(0)),
            ("184467440737095516.15", Some(u64::MAX)),
            ("184467440737095516.16", None),
            ("200.1", None),
            ("-1.00", None),
        ] {
            let amount = decimal(amount);
            assert_eq!(plain_units(&amount, 2), units, "{amount}");
            let minor = minor_units(amount, 2).unwrap();
            assert!(units.is_none_or(|units| minor == units.into()));
        }
    }

    #[test]
    fn shares_go_by_largest_remainder() {
        let weights = ["10", "10", "10"].map(decimal);
        let parts = share(decimal("10.00"), &weights, 2).unwrap();
        assert_eq!(parts, ["3.34", "3.33", "3.33"].map(decimal));
        assert_eq!(share(decimal("0.005"), &weights, 2), None);
    }

    proptest! {
        #[test]
        fn shares_add_up(cents in 0_i64..10_000_000, weights in prop::collection::vec(0_i64..1_000_000, 1..40)) {
            let amount = Decimal::new(cents, 2);
            let weights: Vec<_> = weights.into_iter().map(|weight| Decimal::new(weight, 2)).collect();
            let parts = share(amount, &weights, 2).unwrap();
            prop_assert_eq!(parts.iter().copied().sum::<Decimal>(), amount);
            prop_assert!(parts.iter().all(|part| part.scale() == 2 && !part.is_sign_negative()));
        }
    }
}
