//! Arithmetic of rules against arithmetic of whole numbers, and transforms of text against their plain meaning.

use proptest::prelude::*;

use super::*;
use crate::order::Decimal;

/// The value of a rule for one row.
fn value(rule: &str, target: &str, header: &str, row: &str, read: &str) -> Option<String> {
    let text = format!(
        "[mapping]\nname = \"m\"\ntitle = \"M\"\n[read]\n{read}\n[order]\nid = {{ value = \"1\" }}\n{target} = {rule}\n"
    );
    let mapping = Mapping::parse(&text, "m").unwrap_or_else(|error| panic!("{error}"));
    let opened = open_with(&mapping, &format!("{header}\n{row}\n"));
    Field::from_name(target)
        .unwrap()
        .get(&opened.mapped[0].order, None)
}

fn money(rule: &str, a: Decimal, b: Decimal) -> Option<Decimal> {
    let row = format!("{a};{b}");
    value(rule, "total", "A;B", &row, "").map(|text| text.parse().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sums_products_and_signs_are_exact(
        a in -99_999_999_i64..99_999_999,
        b in -9_999_999_i64..9_999_999,
        scale in 0_u32..5,
    ) {
        let (x, y) = (Decimal::new(a, scale), Decimal::new(b, 2));
        // In ten-thousandths, as whole numbers.
        let of = |mantissa: i64, scale: u32| i128::from(mantissa) * 10_i128.pow(4 - scale);
        let exact = |sum: i128| Some(Decimal::from_i128_with_scale(sum, 4));
        let (u, v) = (of(a, scale), of(b, 2));
        prop_assert_eq!(money(r#"{ sum = ["A", "B"] }"#, x, y), exact(u + v));
        prop_assert_eq!(money(r#"{ difference = ["A", "B"] }"#, x, y), exact(u - v));
        prop_assert_eq!(money(r#"{ sum = ["A", { from = "B", do = ["negate"] }] }"#, x, y), exact(u - v));
        prop_assert_eq!(money(r#"{ from = "A", do = ["abs"] }"#, x, y), exact(u.abs()));
        prop_assert_eq!(money(r#"{ from = "A", do = ["negate", "negate"] }"#, x, y), exact(u));
        let product = Decimal::from_i128_with_scale(i128::from(a) * i128::from(b), scale + 2);
        prop_assert_eq!(money(r#"{ product = ["A", "B"] }"#, x, y), Some(product));
        if b != 0 {
            // What was multiplied can be divided again, if it is exact in the product's decimals.
            let row = format!("{product};{y}");
            let quotient = value(r#"{ quotient = ["A", "B"] }"#, "total", "A;B", &row, "");
            prop_assert_eq!(quotient.map(|text| text.parse::<Decimal>().unwrap()), Some(x));
        }
    }

    #[test]
    fn numbers_mean_the_same_under_either_mark(a in -99_999_999_i64..99_999_999, scale in 0_u32..4) {
        let number = Decimal::new(a, scale);
        let point = number.to_string();
        let comma = point.replace('.', ",");
        let plain = value("\"A\"", "total", "A;B", &format!("{point};"), "");
        prop_assert_eq!(plain.as_deref(), Some(point.as_str()), "digits stay");
        let german = value("\"A\"", "total", "A;B", &format!("{comma};"), "decimal_mark = \",\"");
        prop_assert_eq!(german.as_deref(), Some(point.as_str()));
        let mixed = value(r#"{ from = "A", do = [{ decimal = "," }] }"#, "total", "A;B", &format!("{comma};"), "");
        prop_assert_eq!(mixed.as_deref(), Some(point.as_str()));
    }

    #[test]
    fn texts_are_cut_joined_and_replaced_as_they_say(
        parts in proptest::collection::vec("[a-zA-Z0-9äß]{1,6}", 1..5),
        pick in 1_usize..6,
    ) {
        let text = parts.join("/");
        let row = format!("{text};x");
        let note = |rule: &str| value(rule, "note", "A;B", &row, "");
        let from_start = note(&format!(r#"{{ from = "A", do = [{{ split = {{ by = "/", pick = {pick} }} }}] }}"#));
        prop_assert_eq!(from_start.as_ref(), parts.get(pick - 1));
        let from_end = note(&format!(r#"{{ from = "A", do = [{{ split = {{ by = "/", pick = -{pick} }} }}] }}"#));
        prop_assert_eq!(from_end.as_ref(), parts.iter().rev().nth(pick - 1));
        prop_assert_eq!(note(r#"{ from = "A", do = [{ replace = ["/", "-"] }] }"#), Some(parts.join("-")));
        prop_assert_eq!(note(r#"{ from = "A", do = ["upper"] }"#), Some(text.to_uppercase()));
        prop_assert_eq!(note(r#"{ join = ["A", "B"], with = "/" }"#), Some(format!("{text}/x")));
        let prefix = format!(r#"{{ from = "A", do = [{{ strip_prefix = "{}" }}] }}"#, parts[0]);
        let rest = text.strip_prefix(parts[0].as_str()).filter(|rest| !rest.is_empty());
        prop_assert_eq!(note(&prefix), rest.map(str::to_owned));
        prop_assert_eq!(note(r#"{ first = ["A", "B"] }"#), Some(text.clone()));
        let lookup = format!(r#"{{ from = "A", do = [{{ lookup = {{ "{text}" = "known", "*" = "other" }} }}] }}"#);
        prop_assert_eq!(note(&lookup), Some("known".to_owned()));
    }
}

#[test]
fn what_is_not_there_counts_as_each_rule_says() {
    let note = |rule: &str| value(rule, "total", "A;B", "5.00;", "");
    assert_eq!(note(r#"{ sum = ["A", "B"] }"#).as_deref(), Some("5.00"));
    assert_eq!(
        note(r#"{ difference = ["A", "B"] }"#).as_deref(),
        Some("5.00")
    );
    assert_eq!(note(r#"{ difference = ["B", "A"] }"#), None);
    assert_eq!(note(r#"{ product = ["A", "B"] }"#), None);
    assert_eq!(
        note(r#"{ from = "B", do = [{ default = "1.50" }] }"#).as_deref(),
        Some("1.50")
    );
}
