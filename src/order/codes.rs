//! Code lists of ISO 4217 (currencies) and ISO 3166-1 (countries).

/// Whether ISO 4217 has that code, in capitals. Codes withdrawn since 2019 that old orders carry are kept.
pub fn is_currency(code: &str) -> bool {
    let [first, second, third] = *code.as_bytes() else {
        return false;
    };
    let letter = |byte: u8| usize::from(byte.wrapping_sub(b'A'));
    let row = CURRENCY_LETTERS.get(letter(first));
    let thirds = row.and_then(|row| row.get(letter(second)));
    thirds.is_some_and(|thirds| third.is_ascii_uppercase() && thirds >> letter(third) & 1 == 1)
}

/// Decimals of the currency's smallest unit. The ariary (MGA) has fifths, which no price is written in: none.
pub fn currency_decimals(code: &str) -> u32 {
    match code {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "MGA" | "PYG" | "RWF"
        | "UGX" | "UYI" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}

/// Whether ISO 3166-1 has that two-letter code, in capitals.
pub fn is_country(code: &str) -> bool {
    is_among(&COUNTRY_BYTES, code)
}

/// For the first two letters of a code the third ones, a bit each: every order has a currency, or more.
static CURRENCY_LETTERS: [[u32; 26]; 26] = letters_of(CURRENCIES);

#[allow(clippy::indexing_slicing)]
const fn letters_of(codes: &[&str]) -> [[u32; 26]; 26] {
    let mut letters = [[0; 26]; 26];
    let mut row = 0;
    while row < codes.len() {
        let code = codes[row].as_bytes();
        letters[(code[0] - b'A') as usize][(code[1] - b'A') as usize] |= 1 << (code[2] - b'A');
        row += 1;
    }
    letters
}

/// The codes as bytes: two of them compare at once, where two texts take a call.
static COUNTRY_BYTES: [[u8; 2]; COUNTRIES.len()] = bytes_of(COUNTRIES);

#[allow(clippy::indexing_slicing)]
const fn bytes_of<const LENGTH: usize, const COUNT: usize>(
    codes: &[&str],
) -> [[u8; LENGTH]; COUNT] {
    let mut bytes = [[0; LENGTH]; COUNT];
    let mut row = 0;
    while row < COUNT {
        let mut column = 0;
        while column < LENGTH {
            bytes[row][column] = codes[row].as_bytes()[column];
            column += 1;
        }
        row += 1;
    }
    bytes
}

fn is_among<const LENGTH: usize>(codes: &[[u8; LENGTH]], code: &str) -> bool {
    <[u8; LENGTH]>::try_from(code.as_bytes()).is_ok_and(|code| codes.binary_search(&code).is_ok())
}

#[rustfmt::skip]
const CURRENCIES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
    "BGN", "BHD", "BIF", "BMD", "BND", "BOB", "BOV", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD",
    "CAD", "CDF", "CHE", "CHF", "CHW", "CLF", "CLP", "CNY", "COP", "COU", "CRC", "CUP", "CVE",
    "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL",
    "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HRK", "HTG", "HUF", "IDR", "ILS",
    "INR", "IQD", "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW",
    "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD",
    "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MXV", "MYR", "MZN", "NAD", "NGN",
    "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR",
    "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS",
    "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD",
    "TWD", "TZS", "UAH", "UGX", "USD", "USN", "UYI", "UYU", "UYW", "UZS", "VED", "VES", "VND",
    "VUV", "WST", "XAF", "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
];

#[rustfmt::skip]
const COUNTRIES: &[&str] = &[
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX",
    "AZ", "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ",
    "BR", "BS", "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK",
    "CL", "CM", "CN", "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM",
    "DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR",
    "GA", "GB", "GD", "GE", "GF", "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS",
    "GT", "GU", "GW", "GY", "HK", "HM", "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN",
    "IO", "IQ", "IR", "IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN",
    "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV",
    "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK", "ML", "MM", "MN", "MO", "MP", "MQ",
    "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA", "NC", "NE", "NF", "NG", "NI",
    "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL", "PM",
    "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW", "SA", "SB", "SC",
    "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS", "ST", "SV",
    "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO", "TR",
    "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI",
    "VN", "VU", "WF", "WS", "YE", "YT", "ZA", "ZM", "ZW",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_for_the_search() {
        assert!(CURRENCIES.is_sorted());
        assert!(COUNTRIES.is_sorted());
    }

    #[test]
    fn known_and_unknown_codes() {
        assert!(is_currency("USD") && is_currency("XPF") && !is_currency("US"));
        for code in ["usd", "US1", "ÄS", "US€", "", "USDX", "[[["] {
            assert!(!is_currency(code), "{code}");
        }
        for code in CURRENCIES {
            assert!(is_currency(code), "{code}");
        }
        assert!(is_country("DE") && !is_country("XX") && !is_country("de"));
    }
}
