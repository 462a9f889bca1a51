//! Kibo OMS (Shopatron): the Historic Order Import, one order a request, with a token by client credentials.
//!
//! It loads orders that are fulfilled, on their way, or cancelled. Its page shows no answer of success and
//! doesn't say what a second copy of an order does: so a taken order is `accepted`, and doubt is the operator's.

mod account;
mod address;
mod answer;
mod check;
mod customer;
mod effects;
mod fields;
mod item;
mod payload;
mod request;
mod rules;
mod sourced;
mod text;
mod token;

#[cfg(test)]
mod tests;

use std::time::Duration;

use serde_json::Value;

use super::{
    Account, Answer, Batch, Cancelling, CredentialSpec, Credentials, Doubt, Encoder, Facts,
    FieldTable, Limits, PayloadChange, Probe, Purpose, Request, Scope, SettingSpec, SideEffect,
    Tally, TextForm, Token, TokenReading, Vendor, Verdict,
};
use crate::finding::{Finding, Rule};
use crate::order::outcome::Operation;

/// Kibo.
#[derive(Debug, Clone, Copy)]
pub struct Kibo;

impl Vendor for Kibo {
    fn name(&self) -> &'static str {
        "kibo"
    }
    fn title(&self) -> &'static str {
        "Kibo"
    }
    fn letter(&self) -> char {
        'B'
    }
    fn rule_family(&self) -> &'static str {
        "KIB"
    }

    fn table(&self) -> &'static FieldTable {
        &fields::TABLE
    }
    fn rules(&self) -> &'static [&'static Rule] {
        rules::RULES
    }
    fn counted_once(&self) -> &'static [&'static Rule] {
        rules::COUNTED_ONCE
    }
    fn duplicate_rule(&self) -> Option<&'static Rule> {
        Some(&rules::KIB_14)
    }
    fn key_field(&self) -> &'static str {
        "externalOrderID"
    }
    fn credentials(&self) -> &'static [CredentialSpec] {
        account::CREDENTIALS
    }
    fn settings(&self) -> &'static [SettingSpec] {
        account::SETTINGS
    }
    fn default_base_url(&self) -> Option<&'static str> {
        Some(request::BASE_URL)
    }

    fn addresses(&self) -> &'static [&'static str] {
        &["token_url"]
    }
    fn sandbox_defaults(&self) -> &'static [(&'static str, &'static str)] {
        account::SANDBOX_DEFAULTS
    }

    fn limits(&self, _operation: Operation, _account: &Account) -> Limits {
        Limits {
            orders_per_request: 1,
            // The page gives no limit; a single order never comes near.
            bytes_per_request: 32 << 20,
            concurrency: 4,
            requests_per_minute: 0,
            jobs_in_flight: 0,
            job_patience: Duration::ZERO,
        }
    }
    fn cancelling(&self) -> Cancelling {
        Cancelling::WholeOrder(
            "Kibo has no cancellation by id: it loads orders that are already cancelled, whole. An id alone is not enough: the order must be in a loaded file, or have been sent to this account from here. It is sent with the same externalOrderID; what Kibo makes of one that it has already is not documented.",
        )
    }
    fn supports(&self, operation: Operation) -> Result<(), &'static str> {
        match operation {
            Operation::Import | Operation::Cancel => Ok(()),
            Operation::Status => Err(
                "Kibo's page documents no status update: an order is loaded once, with the status that it has then.",
            ),
        }
    }

    fn encode(&self, encoder: &mut Encoder<'_>) {
        payload::encode(encoder);
    }
    fn text_form(&self) -> Option<TextForm> {
        Some(text::numeric_references)
    }
    fn cancellation(&self, _payload: &Value) -> Option<Vec<PayloadChange>> {
        Some(vec![PayloadChange {
            pointer: "/orderStatus".into(),
            value: Some(payload::CANCELLED.into()),
        }])
    }
    fn check(&self, facts: &Facts, scope: &Scope<'_>, findings: &mut Vec<Finding>) {
        check::check(facts, scope, findings);
    }
    fn refused_fields(&self, reason: &str) -> Vec<Finding> {
        answer::refused_fields(reason)
    }
    fn tally(&self, facts: &Facts, tally: &mut Tally) {
        effects::count(facts, tally);
    }
    fn side_effects(
        &self,
        operation: Operation,
        _mode: Option<&str>,
        _account: &Account,
        tally: &Tally,
    ) -> Vec<SideEffect> {
        effects::words(operation, tally)
    }

    fn request(
        &self,
        batch: &Batch,
        account: &Account,
        credentials: &Credentials,
        token: Option<&Token>,
    ) -> Request {
        request::orders(batch, account, credentials, token)
    }
    fn read(&self, batch: &Batch, answer: &Answer, _account: &Account) -> Verdict {
        answer::read(batch.orders.len(), answer)
    }
    fn doubt(&self, _batch: &Batch, _account: &Account) -> Doubt {
        Doubt::AskOperator
    }

    fn token_request(&self, account: &Account, credentials: &Credentials) -> Option<Request> {
        Some(request::token(Purpose::Token, account, credentials))
    }
    fn read_token(&self, answer: &Answer) -> TokenReading {
        token::read(answer)
    }

    fn probe(&self, account: &Account, credentials: &Credentials, _token: Option<&Token>) -> Probe {
        Probe {
            request: Some(request::token(Purpose::Probe, account, credentials)),
            proves: "that `api_key` and `api_secret` get a token",
            leaves_open: "whether the account may import orders, and whether address, tenant, manufacturer and catalogue are right",
        }
    }
}
