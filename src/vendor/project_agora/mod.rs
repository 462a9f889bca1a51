//! Project Agora Commerce (CitrusAd): `POST /v1/orders`, orders echoed, attributed to advertisements.

mod answer;
mod echo;
mod fields;
mod fix;
mod payload;
mod request;
mod rules;
mod settings;
mod settle;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde_json::Value;

use fields::{TABLE, id};

use super::words::{counted, thousands};
use super::{
    Account, Answer, Batch, Cancelling, CredentialSpec, Credentials, Doubt, Encoder, Facts,
    FieldTable, Limits, Lost, PayloadChange, Probe, Request, Scope, SettingSpec, Settling,
    SideEffect, Tally, Token, Vendor, Verdict,
};
use crate::finding::{Finding, Rule};
use crate::order::outcome::Operation;

/// Project Agora.
#[derive(Debug, Clone, Copy)]
pub struct ProjectAgora;

/// What is said where another would cancel.
const NO_CANCEL: &str = "Project Agora documents no way to cancel an order: nothing is sent, and the order stays as it is there. Ask your contact at Project Agora.";
/// What is said where another would update a status.
const NO_STATUS: &str = "Project Agora's orders have no status: there is nothing to update.";

/// Names of what is counted for the words about side effects.
const WITH_AD: &str = "orders with an adId";
const WITHOUT_ID: &str = "orders without an id";

impl Vendor for ProjectAgora {
    fn name(&self) -> &'static str {
        "project-agora"
    }
    fn title(&self) -> &'static str {
        "Project Agora"
    }
    fn letter(&self) -> char {
        'P'
    }
    fn rule_family(&self) -> &'static str {
        "PAC"
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
        Some(&rules::PAC_11)
    }
    fn credentials(&self) -> &'static [CredentialSpec] {
        settings::CREDENTIALS
    }
    fn settings(&self) -> &'static [SettingSpec] {
        settings::SETTINGS
    }
    /// Each retailer has an address of its own.
    fn default_base_url(&self) -> Option<&'static str> {
        None
    }
    fn sandbox_defaults(&self) -> &'static [(&'static str, &'static str)] {
        &[("teamId", r#""sandbox-team""#)]
    }
    /// A stand-in for the product feed's prefix, which no order file holds.
    fn sandbox_settings(&self) -> &'static [(&'static str, &'static str)] {
        &[("gtin_prefix", r#""sandbox""#)]
    }
    /// The vendor documents no limits: 100 orders a request is our own choice, and its 429 sets the pace.
    fn limits(&self, _operation: Operation, account: &Account) -> Limits {
        let setting = |name, default: i64, most: i64| account.integer(name, default).clamp(0, most);
        Limits {
            orders_per_request: setting("batch_size", 100, 100_000).max(1) as usize,
            bytes_per_request: 8_000_000,
            concurrency: setting("concurrency", 1, 64).max(1) as usize,
            requests_per_minute: setting("requests_per_minute", 0, 1_000_000) as u32,
            jobs_in_flight: 0,
            job_patience: Duration::ZERO,
        }
    }
    fn cancelling(&self) -> Cancelling {
        Cancelling::Impossible(NO_CANCEL)
    }
    fn supports(&self, operation: Operation) -> Result<(), &'static str> {
        match operation {
            Operation::Import => Ok(()),
            Operation::Status => Err(NO_STATUS),
            Operation::Cancel => Err(NO_CANCEL),
        }
    }

    fn encode(&self, encoder: &mut Encoder<'_>) {
        payload::encode(encoder);
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
        if facts.all(id::AD_ID).any(|fact| !fact.value.is_empty()) {
            tally.add(WITH_AD);
        }
        if !facts.has(id::ID, None) {
            tally.add(WITHOUT_ID);
        }
    }
    fn side_effects(
        &self,
        _: Operation,
        _: Option<&str>,
        account: &Account,
        tally: &Tally,
    ) -> Vec<SideEffect> {
        side_effects(account, tally)
    }

    fn request(
        &self,
        batch: &Batch,
        account: &Account,
        credentials: &Credentials,
        _: Option<&Token>,
    ) -> Request {
        request::orders(batch, account, credentials)
    }
    fn read(&self, batch: &Batch, answer: &Answer, account: &Account) -> Verdict {
        answer::read(batch, answer, account)
    }
    /// The vendor is asked where the tenant allows it. The page doesn't say what a second copy does, so it is
    /// sent again by itself only with an id and by the operator's setting.
    fn doubt(&self, batch: &Batch, account: &Account) -> Doubt {
        if settings::read_back(account) {
            Doubt::AskVendor
        } else if account.flag("resend", false) && batch.orders.iter().all(has_id) {
            Doubt::Resend
        } else {
            Doubt::AskOperator
        }
    }
    /// What a second copy of an id does is not documented.
    fn may_refuse_what_it_has(&self) -> bool {
        true
    }
    fn settling(
        &self,
        batch: &Batch,
        _: Lost<'_>,
        account: &Account,
        credentials: &Credentials,
    ) -> Option<Box<dyn Settling>> {
        settings::read_back(account).then(|| -> Box<dyn Settling> {
            Box::new(settle::ReadBack::new(batch, account, credentials))
        })
    }
    fn probe(&self, account: &Account, credentials: &Credentials, _: Option<&Token>) -> Probe {
        let team = account
            .defaults
            .get("teamId")
            .or_else(|| account.sandbox_defaults.get("teamId"))
            .and_then(Value::as_str);
        Probe {
            request: Some(request::probe(account, credentials, team)),
            proves: "the address answers, and the key may read orders",
            leaves_open: "whether the key may send orders; a tenant that doesn't let orders be read refuses this call although sending may work",
        }
    }
}

/// Whether the payload that was sent has an id of its own. One that isn't at hand is looked at when it is made
/// again, before it leaves.
fn has_id(order: &super::BatchOrder) -> bool {
    order.payload.is_empty()
        || serde_json::from_slice::<Value>(&order.payload)
            .is_ok_and(|payload| echo::id(&payload).is_some())
}

/// What happens beside the import, in plain words.
fn side_effects(account: &Account, tally: &Tally) -> Vec<SideEffect> {
    let mut effects = Vec::new();
    let mut tell = |warning, text: String| effects.push(SideEffect { text, warning });
    let with_ad = tally.count(WITH_AD);
    tell(
        false,
        format!(
            "With an adId, and so attributed to advertisements, which advertisers pay for: {} of {}.",
            thousands(with_ad),
            counted(tally.orders, "order")
        ),
    );
    if settings::total_is_of_a_unit(account) {
        tell(
            true,
            "An item's price after discounts is sent for one unit (total_means = \"unit\")."
                .to_owned(),
        );
    } else {
        tell(false, "An item's price after discounts is sent for the whole line (total_means = \"line\"); the page's examples show one unit.".to_owned());
    }
    tell(true, "Orders can't be cancelled or changed at Project Agora afterwards, as far as its page says.".to_owned());
    let without_id = tally.count(WITHOUT_ID);
    if without_id > 0 {
        tell(
            true,
            format!(
                "Without an id: {}; after a lost answer such an order can be neither asked for nor sent again safely.",
                counted(without_id, "order")
            ),
        );
    }
    effects
}
