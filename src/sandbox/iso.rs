//! The sandbox's own lists of currency and country codes.

/// ISO 4217: currencies in use, sorted.
const CURRENCIES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND \
BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB \
EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY \
KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR \
MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF \
SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS \
UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

/// ISO 3166-1 alpha-2, sorted.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ \
BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ \
DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT \
GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY \
KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX \
MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS \
RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN \
TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Complains about what isn't an ISO 4217 code.
pub(super) fn currency(code: &str) -> Option<&'static str> {
    (!lists(CURRENCIES, code)).then_some("must be an ISO 4217 currency code")
}

/// Complains about what isn't an ISO 3166 code of two letters; an empty text is no country given.
pub(super) fn country(code: &str) -> Option<&'static str> {
    (!code.is_empty() && !lists(COUNTRIES, code)).then_some("must be an ISO 3166 country code")
}

fn lists(codes: &str, wanted: &str) -> bool {
    codes.split_ascii_whitespace().any(|code| code == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_whole() {
        assert_eq!(COUNTRIES.split_ascii_whitespace().count(), 249);
        for codes in [COUNTRIES, CURRENCIES] {
            assert!(codes.split_ascii_whitespace().is_sorted());
        }
        for code in ["USD", "EUR", "JPY", "KWD"] {
            assert_eq!(currency(code), None, "{code}");
        }
        for code in ["usd", "XXX", "", "US"] {
            assert!(currency(code).is_some(), "{code}");
        }
        assert_eq!(country("US"), None);
        assert_eq!(country(""), None, "not given");
        assert!(country("UK").is_some());
    }
}
