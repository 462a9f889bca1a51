//! The rules over Kibo's payload, one small function a rule id.

use std::net::Ipv4Addr;

use crate::finding::{Finding, Rule, Severity};
use crate::order::codes;
use crate::vendor::check::{TableRules, check_table, shown, target_of};
use crate::vendor::facts::Scalar;
use crate::vendor::{Account, Environment, Facts, FieldId, Scope};

use super::fields::{
    ADDRESS_LINE, BILLING, CARD_NUMBER, CURRENCY, CURRENCY_LOCALE, CUSTOMER_IP,
    FORCE_ITEM_TAX_OVERRIDE, IMPORTED_CREATION_DATE, IS_TEST_ORDER, ITEM_TAX_OVERRIDE, ITEMS,
    LOCALE, NO_OPERATION_TYPE, ORDER_STATUS, PASSWORD, PAYMENT_TYPE, PAYMENT_TYPES, PAYMENTS,
    SEND_EMAIL, SHIPPING, STATUSES, TABLE,
};
use super::payload::RETURNED;
use super::rules::{
    KIB_01, KIB_02, KIB_03, KIB_04, KIB_05, KIB_06, KIB_07, KIB_08, KIB_09, KIB_10, KIB_11, KIB_12,
    KIB_13, KIB_15,
};
use super::text::{has_outside_basic_plane, is_outside_basic_plane};

/// Checks a payload against every rule but KIB-14, which is about a run, and KIB-16, which the encoder sees.
pub fn check(facts: &Facts, scope: &Scope<'_>, findings: &mut Vec<Finding>) {
    let rules = TableRules {
        missing: Some(&KIB_01),
        wrong_type: Some(&KIB_02),
        length: Some(&KIB_02),
        minimum: Some(&KIB_02),
        // KIB-03 has words of its own.
        choice: None,
        date: Some(&KIB_02),
        email: Some(&KIB_02),
    };
    check_table(&TABLE, facts, scope.operation, &rules, findings);
    empty_lists(facts, findings);
    language_tags(facts, findings);
    long_shipping_lines(facts, findings);
    order_status(facts, findings);
    customer_ip(facts, scope.account, findings);
    iso_codes(facts, findings);
    item_taxes(facts, findings);
    e_mail(facts, findings);
    refused_characters(facts, findings);
    payment_types(facts, scope.account, findings);
    card_numbers(facts, findings);
    order_date(facts, findings);
    passwords(facts, scope.account, findings);
    test_order(facts, scope.account, findings);
}

fn tell(
    rule: &'static Rule,
    field: FieldId,
    item: Option<u32>,
    detail: impl Into<Box<str>>,
    findings: &mut Vec<Finding>,
) {
    let target = target_of(TABLE.spec(field), item);
    findings.push(Finding::new(rule, target, detail));
}

/// KIB-02: at least one item, at least one payment.
fn empty_lists(facts: &Facts, findings: &mut Vec<Finding>) {
    for field in [ITEMS, PAYMENTS] {
        if facts.array_len(field) == Some(0) {
            let detail = format!("`{}` is an empty list", TABLE.spec(field).name());
            tell(&KIB_02, field, None, detail, findings);
        }
    }
}

/// KIB-02: `en-US`, never `en_US`.
fn language_tags(facts: &Facts, findings: &mut Vec<Finding>) {
    for field in [LOCALE, CURRENCY_LOCALE] {
        if let Some(tag) = facts.text(field, None)
            && !is_language_tag(tag)
        {
            let detail = format!(
                "`{}` must be an IETF language tag such as en-US, not {}",
                TABLE.spec(field).name(),
                shown(Scalar::Text(tag))
            );
            tell(&KIB_02, field, None, detail, findings);
        }
    }
}

/// The outer form of BCP 47: a language of letters, then subtags of letters and digits.
fn is_language_tag(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let language = subtags.next().unwrap_or_default();
    (2..=8).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && subtags.all(|subtag| {
            (1..=8).contains(&subtag.len())
                && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

/// KIB-02 as a warning: the page limits billing addresses only.
fn long_shipping_lines(facts: &Facts, findings: &mut Vec<Finding>) {
    for field in SHIPPING.lines {
        let length = facts
            .text(field, None)
            .map_or(0, |line| line.chars().count());
        if length > ADDRESS_LINE as usize {
            let detail = format!(
                "`{}` has {length} characters; billing addresses may have {ADDRESS_LINE}",
                TABLE.spec(field).name()
            );
            let mut finding = Finding::new(&KIB_02, target_of(TABLE.spec(field), None), detail);
            finding.severity = Severity::Warning;
            findings.push(finding);
        }
    }
}

/// KIB-03.
fn order_status(facts: &Facts, findings: &mut Vec<Finding>) {
    match facts.text(ORDER_STATUS, None) {
        Some(RETURNED) => {
            let detail = "a returned order: the page says that closed returns can be loaded and shows no status for them";
            tell(&KIB_03, ORDER_STATUS, None, detail, findings);
        }
        Some(status) if !STATUSES.contains(&status) => {
            let detail = format!(
                "{} is not one of {}",
                shown(Scalar::Text(status)),
                STATUSES.join(", ")
            );
            tell(&KIB_03, ORDER_STATUS, None, detail, findings);
        }
        _ => {}
    }
}

/// KIB-04, and KIB-05 for addresses that can't be the customer's.
fn customer_ip(facts: &Facts, account: &Account, findings: &mut Vec<Finding>) {
    let Some(text) = facts.text(CUSTOMER_IP, None) else {
        return;
    };
    let Ok(ip) = text.parse::<Ipv4Addr>() else {
        let detail = shown(Scalar::Text(text));
        tell(&KIB_04, CUSTOMER_IP, None, detail, findings);
        return;
    };
    let path = TABLE.spec(CUSTOMER_IP).path;
    let is_default = [&account.defaults, &account.sandbox_defaults]
        .into_iter()
        .any(|defaults| defaults.get(path).and_then(|value| value.as_str()) == Some(text));
    let what = if ip.is_unspecified() {
        "is no address at all"
    } else if ip.is_loopback() {
        "is a machine's address of itself"
    } else if ip.is_private() || ip.is_link_local() {
        "is an internal address"
    } else if is_default {
        "is the profile's default for every customer"
    } else {
        return;
    };
    tell(
        &KIB_05,
        CUSTOMER_IP,
        None,
        [text, " ", what].concat(),
        findings,
    );
}

/// KIB-06.
fn iso_codes(facts: &Facts, findings: &mut Vec<Finding>) {
    if let Some(code) = facts.text(CURRENCY, None)
        && !codes::is_currency(code)
    {
        let detail = format!("{} is no ISO 4217 currency", shown(Scalar::Text(code)));
        tell(&KIB_06, CURRENCY, None, detail, findings);
    }
    for field in [SHIPPING.country, BILLING.country] {
        for fact in facts.all(field) {
            if let Scalar::Text(code) = fact.value
                && !code.is_empty()
                && !codes::is_country(code)
            {
                let detail = format!("{} is no ISO 3166 country", shown(fact.value));
                tell(&KIB_06, field, fact.item, detail, findings);
            }
        }
    }
}

/// KIB-07: 0 is a tax, null is none.
fn item_taxes(facts: &Facts, findings: &mut Vec<Finding>) {
    if facts.boolean(FORCE_ITEM_TAX_OVERRIDE, None) != Some(true) {
        return;
    }
    let mut taxes = facts.by_item(ITEM_TAX_OVERRIDE);
    for item in 0..facts.array_len(ITEMS).unwrap_or(0) {
        if !taxes.has(item) {
            let detail = "`forceItemTaxOverride` is true and there is no `itemTaxOverride`";
            tell(&KIB_07, ITEM_TAX_OVERRIDE, Some(item), detail, findings);
        }
    }
}

/// KIB-08.
fn e_mail(facts: &Facts, findings: &mut Vec<Finding>) {
    if facts.boolean(SEND_EMAIL, None) == Some(true) {
        tell(&KIB_08, SEND_EMAIL, None, "`sendEmail` is true", findings);
    }
}

/// KIB-09, in any text of the payload.
fn refused_characters(facts: &Facts, findings: &mut Vec<Finding>) {
    if !facts.all_text().into_iter().any(has_outside_basic_plane) {
        return;
    }
    for fact in facts.iter() {
        let Scalar::Text(text) = fact.value else {
            continue;
        };
        let found = text.chars().enumerate();
        if let Some((position, c)) = found.into_iter().find(|(_, c)| is_outside_basic_plane(*c)) {
            let detail = format!(
                "`{}` has {c} (U+{:X}) as its character {}",
                TABLE.spec(fact.field).name(),
                u32::from(c),
                position + 1
            );
            tell(&KIB_09, fact.field, fact.item, detail, findings);
        }
    }
}

/// KIB-10.
fn payment_types(facts: &Facts, account: &Account, findings: &mut Vec<Finding>) {
    let mut no_operations = facts.by_item(NO_OPERATION_TYPE);
    for fact in facts.all(PAYMENT_TYPE) {
        let Scalar::Text(word) = fact.value else {
            continue;
        };
        if word == "NO" {
            if !fact.item.is_some_and(|item| no_operations.has(item)) {
                let detail = "NO comes with a `noOperationType`, and there is none";
                tell(&KIB_10, NO_OPERATION_TYPE, fact.item, detail, findings);
            }
        } else if !word.is_empty()
            && !PAYMENT_TYPES.contains(&word)
            && !is_of_the_profile(account, word)
        {
            let detail = format!(
                "{} is none of the page's examples and not in the profile's `payment_types`",
                shown(fact.value)
            );
            tell(&KIB_10, PAYMENT_TYPE, fact.item, detail, findings);
        }
    }
}

fn is_of_the_profile(account: &Account, word: &str) -> bool {
    account
        .settings
        .get("payment_types")
        .and_then(|table| table.as_object())
        .is_some_and(|table| table.values().any(|known| known.as_str() == Some(word)))
}

/// KIB-11. The number itself is not repeated in the finding.
fn card_numbers(facts: &Facts, findings: &mut Vec<Finding>) {
    for fact in facts.all(CARD_NUMBER) {
        let exposed = match fact.value {
            Scalar::Text(text) | Scalar::WideNumber(text) => is_card_number(text),
            Scalar::Number(number) => is_card_number(&number.to_string()),
            _ => false,
        };
        if exposed {
            let detail = "digits before the last four, and the check digit fits";
            tell(&KIB_11, CARD_NUMBER, fact.item, detail, findings);
        }
    }
}

/// Digits (in groups, perhaps) of which more than the last four are not zero, with a check digit that fits.
fn is_card_number(text: &str) -> bool {
    let mut digits = Vec::with_capacity(text.len());
    for c in text.chars() {
        match c.to_digit(10) {
            Some(digit) => digits.push(digit),
            None if c == '-' || c.is_whitespace() => {}
            None => return false,
        }
    }
    let (before, _) = digits.split_at(digits.len().saturating_sub(4));
    before.iter().any(|digit| *digit != 0) && has_luhn_check_digit(&digits)
}

fn has_luhn_check_digit(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(position, digit)| match position % 2 {
            0 => *digit,
            _ if *digit > 4 => digit * 2 - 9,
            _ => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// KIB-12.
fn order_date(facts: &Facts, findings: &mut Vec<Finding>) {
    if !facts.has(IMPORTED_CREATION_DATE, None) {
        let detail = "it would be dated at the time of the import";
        tell(&KIB_12, IMPORTED_CREATION_DATE, None, detail, findings);
    }
}

/// KIB-13. The password itself is not repeated in the finding.
fn passwords(facts: &Facts, account: &Account, findings: &mut Vec<Finding>) {
    let password = facts.get(PASSWORD, None);
    if password.is_some_and(|value| value != Scalar::Null) && !account.flag("send_passwords", false)
    {
        let detail = "`password` is not null";
        tell(&KIB_13, PASSWORD, None, detail, findings);
    }
}

/// KIB-15. Not given is false, by the page. In the sandbox no order is real, so a payload that was loaded as it
/// is needn't say it there.
fn test_order(facts: &Facts, account: &Account, findings: &mut Vec<Finding>) {
    let in_sandbox = account.environment == Environment::Sandbox;
    if in_sandbox && facts.is_native() && !facts.has(IS_TEST_ORDER, None) {
        return;
    }
    let is_test = facts.boolean(IS_TEST_ORDER, None).unwrap_or(false);
    let is_live = account.environment == Environment::Live;
    if is_test == is_live {
        let what = if is_test {
            "a test order"
        } else {
            "a real order"
        };
        let detail = format!(
            "{what}, and the profile's environment is {}",
            account.environment.name()
        );
        tell(&KIB_15, IS_TEST_ORDER, None, detail, findings);
    }
}
