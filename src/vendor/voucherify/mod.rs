//! Everything that Voucherify's import of orders is: an array of orders, taken as a job that is asked for
//! until it is done. Cancelling and changing a status go order by order, or as an import of their own.
//!
//! `fields` is the table, `payload` the encoder, `rules` and `checks` the rules, `settings` the switches, `words` what
//! happens beside the import; `request`, `answer`, `token`, `job` and `settle` speak with the vendor.

mod answer;
mod checks;
mod fields;
mod job;
mod lookup;
mod payload;
mod request;
pub mod rules;
mod settings;
mod settle;
mod token;
mod words;

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::{
    Account, Answer, Batch, Budget, Cancelling, CredentialSpec, Credentials, Doubt, Encoder, Facts,
    FieldTable, Hindrance, JobReading, Limits, Lost, Mode, PayloadChange, Probe, Purpose, Request,
    Scope, SettingSpec, Settling, SideEffect, Tally, Token, TokenReading, Vendor, Verdict,
};
use crate::finding::{Finding, Rule};
use crate::order::Field;
use crate::order::outcome::Operation;

/// Voucherify.
#[derive(Debug, Clone, Copy)]
pub struct Voucherify;

/// Most bytes of a request: the vendor names no limit, and 413 halves a batch.
const BYTES_PER_REQUEST: usize = 10 << 20;

/// Calls in a minute of the vendor's Business plan; its headers say what an account really has.
const REQUESTS_PER_MINUTE: u32 = 100;

impl Vendor for Voucherify {
    fn name(&self) -> &'static str {
        payload::NAME
    }

    fn title(&self) -> &'static str {
        "Voucherify"
    }

    fn letter(&self) -> char {
        'V'
    }

    fn rule_family(&self) -> &'static str {
        "VOU"
    }

    fn table(&self) -> &'static FieldTable {
        &fields::TABLE
    }

    fn rules(&self) -> &'static [&'static Rule] {
        rules::RULES
    }

    fn duplicate_rule(&self) -> Option<&'static Rule> {
        Some(&rules::VOU_10)
    }
    fn key_field(&self) -> &'static str {
        "source_id"
    }
    fn unread_texts(&self) -> &'static [Field] {
        &[
            Field::PlatformId,
            Field::Channel,
            Field::LocationId,
            Field::CustomerIp,
            Field::BillingCompany,
            Field::ShippingName,
            Field::ShippingFirstName,
            Field::ShippingLastName,
            Field::ShippingCompany,
            Field::DiscountCode,
            Field::ShippingMethod,
            Field::PaymentMethod,
            Field::PaymentReference,
            Field::DeliveryDate,
            Field::DeliveryTime,
            Field::Note,
            Field::Tags,
            Field::SessionId,
            Field::ItemId,
            Field::ItemBarcode,
            Field::ItemAdId,
        ]
    }
    fn credentials(&self) -> &'static [CredentialSpec] {
        settings::CREDENTIALS
    }

    fn settings(&self) -> &'static [SettingSpec] {
        settings::SETTINGS
    }

    fn default_base_url(&self) -> Option<&'static str> {
        Some("https://api.voucherify.io")
    }

    /// The vendor requires nothing that order files lack.
    fn sandbox_defaults(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    fn limits(&self, operation: Operation, account: &Account) -> Limits {
        self.limits_in_mode(operation, None, account)
    }

    fn modes(&self, operation: Operation) -> &'static [Mode] {
        match operation {
            Operation::Import => &[],
            Operation::Status | Operation::Cancel => request::MODES,
        }
    }

    fn limits_in_mode(
        &self,
        operation: Operation,
        mode: Option<&str>,
        account: &Account,
    ) -> Limits {
        let live = request::is_live(operation, mode);
        Limits {
            orders_per_request: if live { 1 } else { rules::MOST_ORDERS },
            bytes_per_request: BYTES_PER_REQUEST,
            concurrency: if live { 4 } else { 1 },
            requests_per_minute: REQUESTS_PER_MINUTE,
            jobs_in_flight: if live {
                0
            } else {
                settings::jobs_in_flight(account)
            },
            job_patience: settings::job_patience(account),
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

    fn check(&self, facts: &Facts, scope: &Scope<'_>, findings: &mut Vec<Finding>) {
        checks::check(facts, scope, findings);
    }

    fn check_batch(&self, batch: &Batch) -> Vec<(usize, Finding)> {
        checks::check_batch(batch)
    }

    fn fix(
        &self,
        finding: &Finding,
        payload: &Value,
        _scope: &Scope<'_>,
    ) -> Option<Vec<PayloadChange>> {
        checks::fix(finding, payload)
    }

    fn refused_fields(&self, reason: &str) -> Vec<Finding> {
        answer::refused_fields(reason)
    }
    fn tally(&self, facts: &Facts, tally: &mut Tally) {
        words::tally(facts, tally);
    }

    fn side_effects(
        &self,
        operation: Operation,
        mode: Option<&str>,
        _account: &Account,
        tally: &Tally,
    ) -> Vec<SideEffect> {
        words::side_effects(operation, mode, tally)
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

    fn read(&self, batch: &Batch, answer: &Answer, account: &Account) -> Verdict {
        answer::read(batch, answer, account)
    }

    fn budget(&self, answer: &Answer) -> Option<Budget> {
        answer::budget(answer)
    }

    fn doubt(&self, _batch: &Batch, _account: &Account) -> Doubt {
        Doubt::AskVendor
    }

    fn settling(
        &self,
        batch: &Batch,
        lost: Lost<'_>,
        account: &Account,
        credentials: &Credentials,
    ) -> Option<Box<dyn Settling>> {
        let settlement = settle::Settlement::of_lost(batch, lost, account, credentials);
        Some(Box::new(settlement))
    }

    fn settling_after_job(
        &self,
        batch: &Batch,
        message: Option<&str>,
        account: &Account,
        credentials: &Credentials,
    ) -> Option<Box<dyn Settling>> {
        let settlement = settle::Settlement::of_done_job(batch, message, account, credentials);
        Some(Box::new(settlement))
    }

    fn hindrance(&self, answer: &Answer) -> Option<Hindrance> {
        answer::hindrance(answer)
    }

    fn token_request(&self, account: &Account, credentials: &Credentials) -> Option<Request> {
        settings::uses_oauth(account).then(|| request::token(account, credentials))
    }

    fn read_token(&self, answer: &Answer) -> TokenReading {
        token::read(answer)
    }

    fn job_request(
        &self,
        job: &str,
        account: &Account,
        credentials: &Credentials,
        token: Option<&Token>,
    ) -> Option<Request> {
        Some(request::job(job, account, credentials, token))
    }

    fn read_job(&self, batch: &Batch, answer: &Answer) -> JobReading {
        job::read(batch, answer)
    }

    fn probe(&self, account: &Account, credentials: &Credentials, token: Option<&Token>) -> Probe {
        let path = "/v1/async-actions?limit=1";
        Probe {
            request: Some(request::get(
                Purpose::Probe,
                path,
                account,
                credentials,
                token,
            )),
            proves: "the credentials are taken, and jobs of imports can be asked for",
            leaves_open: "whether they may import and change orders, and what is left of the plan",
        }
    }
}
