//! The currency that an amount is written with: `116,99 €`, `AU $12.00`, `EUR 5`.

use crate::order::Currency;

/// Signs that mean one currency only, without white space.
const SIGNS: &[(&str, &str)] = &[
    ("€", "EUR"),
    ("£", "GBP"),
    ("US$", "USD"),
    ("AU$", "AUD"),
    ("A$", "AUD"),
    ("C$", "CAD"),
    ("CA$", "CAD"),
    ("NZ$", "NZD"),
    ("HK$", "HKD"),
    ("S$", "SGD"),
    ("NT$", "TWD"),
    ("R$", "BRL"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("₪", "ILS"),
    ("₺", "TRY"),
    ("zł", "PLN"),
    ("Kč", "CZK"),
    ("Ft", "HUF"),
    ("Fr.", "CHF"),
    ("SFr.", "CHF"),
];

/// What stands beside an amount's digits: an ISO code where the sign means one, else the sign itself (`$`,
/// `kr`), which may mean several. None if there are digits only.
pub(super) fn currency_of(amount: &str) -> Option<String> {
    let is_number = |symbol: char| {
        symbol.is_ascii_digit()
            || symbol.is_whitespace()
            || matches!(
                symbol,
                ',' | '-' | '+' | '\u{2212}' | '(' | ')' | '\'' | '\u{2019}'
            )
    };
    // A point belongs to the number between digits, to the sign (`Fr.`) behind a letter.
    let mut sign = String::new();
    for symbol in amount.chars().filter(|symbol| !is_number(*symbol)) {
        if symbol != '.' || sign.ends_with(char::is_alphabetic) && !sign.ends_with('.') {
            sign.push(symbol);
        }
    }
    if sign.is_empty() {
        return None;
    }
    let known = SIGNS.iter().find(|(known, _)| *known == sign);
    let code = known.map(|(_, code)| (*code).to_owned()).or_else(|| {
        Currency::parse(sign.trim_end_matches('.')).map(|currency| currency.code().to_owned())
    });
    Some(code.unwrap_or(sign))
}

#[cfg(test)]
mod tests {
    use super::currency_of;

    #[test]
    fn signs_and_codes() {
        for (amount, currency) in [
            ("116,99 €", Some("EUR")),
            ("1.219,99\u{a0}€", Some("EUR")),
            ("£5.00", Some("GBP")),
            ("AU $1,250.50", Some("AUD")),
            ("C $5", Some("CAD")),
            ("EUR 5.00", Some("EUR")),
            ("5.00 chf", Some("CHF")),
            ("Fr. 5.00", Some("CHF")),
            ("-$8.00", Some("$")),
            ("(8.00 kr)", Some("kr")),
            ("8.00", None),
            ("", None),
        ] {
            assert_eq!(currency_of(amount).as_deref(), currency, "{amount}");
        }
    }
}
