//! Kameleoon: `POST /sync/orders`, orders created and updated by id, queued and validated later.

mod answer;
mod fields;
mod fix;
mod item;
mod payload;
mod request;
mod rules;
mod settings;
#[cfg(test)]
pub(crate) mod tests;

use std::time::Duration;

use serde_json::Value;

use fields::{TABLE, id};

use super::words::counted;
use super::{
    Account, Answer, Batch, Cancelling, CredentialSpec, Credentials, Doubt, Encoder, Facts,
    FieldTable, Limits, PayloadChange, Probe, Purpose, Request, Scope, SettingSpec, SideEffect,
    Tally, Token, Vendor, Verdict,
};
use crate::finding::{Finding, Rule};
use crate::order::outcome::Operation;

/// Kameleoon.
#[derive(Debug, Clone, Copy)]
pub struct Kameleoon;

/// Names of what is counted for the words about side effects.
const REMOVED_ITEMS: &str = "removed items";

impl Vendor for Kameleoon {
    fn name(&self) -> &'static str {
        "kameleoon"
    }
    fn title(&self) -> &'static str {
        "Kameleoon"
    }
    fn letter(&self) -> char {
        'K'
    }
    fn rule_family(&self) -> &'static str {
        "KAM"
    }
    fn table(&self) -> &'static FieldTable {
        &TABLE
    }
    fn rules(&self) -> &'static [&'static Rule] {
        rules::RULES
    }
    fn counted_once(&self) -> &'static [&'static Rule] {
        rules::COUNTED_ONCE
    }
    fn duplicate_rule(&self) -> Option<&'static Rule> {
        Some(&rules::KAM_12)
    }
    fn credentials(&self) -> &'static [CredentialSpec] {
        settings::CREDENTIALS
    }
    fn settings(&self) -> &'static [SettingSpec] {
        settings::SETTINGS
    }
    fn default_base_url(&self) -> Option<&'static str> {
        Some("https://api.products.kameleoon.com")
    }
    fn sandbox_defaults(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("channel", r#""Website""#),
            ("location_id", r#""7701123""#),
            ("external_id", r#""sandbox-customer""#),
        ]
    }
    /// Exports repeat lines; whoever tries the tool shall see their orders taken.
    fn sandbox_settings(&self) -> &'static [(&'static str, &'static str)] {
        &[("repeated_lines", r#""merge""#)]
    }
    /// Orders and bytes by the sister product's documentation (5000, 32 MB), 1000 orders by our own choice;
    /// 40 requests a minute by that documentation.
    fn limits(&self, _operation: Operation, account: &Account) -> Limits {
        let setting = |name, default: i64, most: i64| account.integer(name, default).clamp(0, most);
        Limits {
            orders_per_request: setting("batch_size", 1000, 5000).max(1) as usize,
            bytes_per_request: rules::MAX_BODY,
            concurrency: setting("concurrency", 1, 64).max(1) as usize,
            requests_per_minute: setting("requests_per_minute", 40, 1_000_000) as u32,
            jobs_in_flight: 0,
            job_patience: Duration::ZERO,
        }
    }
    fn cancelling(&self) -> Cancelling {
        Cancelling::ById
    }
    fn supports(&self, _operation: Operation) -> Result<(), &'static str> {
        Ok(())
    }

    fn encode(&self, encoder: &mut Encoder<'_>) {
        payload::encode(encoder);
    }
    /// The page has one endpoint for all: a cancellation is `id` and `status` alone, an update of a status
    /// has an empty list of items.
    fn operation_of(&self, payload: &Value, account: &Account) -> Option<Operation> {
        payload::operation_of(payload, account)
    }
    fn status_update(&self, payload: &Value) -> Option<Vec<PayloadChange>> {
        payload.get("items").is_some().then(|| {
            vec![PayloadChange {
                pointer: "/items".to_owned(),
                value: Some(Value::Array(Vec::new())),
            }]
        })
    }
    fn check(&self, facts: &Facts, scope: &Scope<'_>, findings: &mut Vec<Finding>) {
        rules::check(facts, scope, findings);
    }
    fn check_batch(&self, batch: &Batch) -> Vec<(usize, Finding)> {
        rules::check_batch(batch)
    }
    fn fix(
        &self,
        finding: &Finding,
        payload: &Value,
        scope: &Scope<'_>,
    ) -> Option<Vec<PayloadChange>> {
        fix::fix(finding, payload, scope.account)
    }
    fn tally(&self, facts: &Facts, tally: &mut Tally) {
        tally.orders += 1;
        for fact in facts.all(id::ITEM_STATUS) {
            if rules::is_removed(fact.value) {
                tally.add(REMOVED_ITEMS);
            }
        }
    }
    fn side_effects(
        &self,
        operation: Operation,
        _: Option<&str>,
        account: &Account,
        tally: &Tally,
    ) -> Vec<SideEffect> {
        side_effects(operation, account, tally)
    }

    fn request(
        &self,
        batch: &Batch,
        account: &Account,
        credentials: &Credentials,
        _: Option<&Token>,
    ) -> Request {
        request::request(Purpose::Orders, batch, account, credentials)
    }
    fn read(&self, batch: &Batch, answer: &Answer, account: &Account) -> Verdict {
        answer::read(batch, answer, account)
    }
    /// The endpoint updates by id: a second copy is harmless.
    fn doubt(&self, _: &Batch, _: &Account) -> Doubt {
        Doubt::Resend
    }
    fn probe(&self, account: &Account, credentials: &Credentials, _: Option<&Token>) -> Probe {
        let nothing = Batch {
            operation: Operation::Import,
            orders: Vec::new(),
            mode: None,
        };
        Probe {
            request: Some(request::request(
                Purpose::Probe,
                &nothing,
                account,
                credentials,
            )),
            proves: "the address answers, and it refused neither shop_id nor shop_secret when it got a list without orders",
            leaves_open: "whether orders will be valid, and whether statuses, locations and customer ids are known to the account: Kameleoon validates later and writes e-mails",
        }
    }
}

/// What happens beside the import, in plain words.
fn side_effects(operation: Operation, account: &Account, tally: &Tally) -> Vec<SideEffect> {
    let mut effects = Vec::new();
    let mut tell = |warning, text: String| effects.push(SideEffect { text, warning });
    let all = if tally.orders == 1 { "" } else { "all " };
    tell(
        true,
        format!(
            "Kameleoon takes {all}{} unseen and validates later; what is bad is reported only by e-mail to the account.",
            counted(tally.orders, "order")
        ),
    );
    tell(
        false,
        "Orders that are there already are updated by their id.".to_owned(),
    );
    tell(true, "A changed status can start trigger chains, and every status must be in the account's matching table.".to_owned());
    if operation == Operation::Cancel {
        tell(false, "Only id and status are sent.".to_owned());
        return effects;
    }
    if operation == Operation::Import {
        tell(true, "Orders that the shop's pages report by their purchase event must not be sent here as well.".to_owned());
    }
    let removed = tally.count(REMOVED_ITEMS);
    if removed > 0 {
        tell(
            true,
            format!(
                "Kameleoon takes {} out of the stored orders: cancelled or refunded.",
                counted(removed, "item")
            ),
        );
    }
    let custom_data = "match a visitor only if they are stored in Kameleoon as a Custom Data with \"Use this custom data as a unique identifier for cross-device matching\"";
    if account.text("external_id_from", "customer_id") == "email" {
        tell(
            true,
            format!("E-mail addresses leave as external_id; they {custom_data}."),
        );
    } else {
        tell(
            false,
            format!("Customer ids leave as external_id; they {custom_data}."),
        );
    }
    effects
}
