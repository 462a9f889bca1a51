//! Voucherify.

use super::{
    Account, Answer, Batch, Cancelling, CredentialSpec, Credentials, Doubt, Encoder, Facts,
    FieldTable, Limits, Probe, Request, Scope, SettingSpec, SideEffect, Tally, Token, Vendor,
    Verdict,
};
use crate::finding::{Finding, Rule};
use crate::order::outcome::Operation;

/// Voucherify.
#[derive(Debug, Clone, Copy)]
pub struct Voucherify;

static TABLE: FieldTable = FieldTable::new(&[]);

impl Vendor for Voucherify {
    fn name(&self) -> &'static str {
        "voucherify"
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
        &TABLE
    }
    fn rules(&self) -> &'static [&'static Rule] {
        &[]
    }
    fn credentials(&self) -> &'static [CredentialSpec] {
        &[]
    }
    fn settings(&self) -> &'static [SettingSpec] {
        &[]
    }
    fn default_base_url(&self) -> Option<&'static str> {
        None
    }
    fn sandbox_defaults(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }
    fn limits(&self, _operation: Operation, _account: &Account) -> Limits {
        Limits {
            orders_per_request: 1,
            bytes_per_request: 1 << 20,
            concurrency: 1,
            requests_per_minute: 0,
            jobs_in_flight: 0,
        }
    }
    fn cancelling(&self) -> Cancelling {
        Cancelling::Impossible("")
    }
    fn supports(&self, _operation: Operation) -> Result<(), &'static str> {
        Ok(())
    }
    fn encode(&self, _encoder: &mut Encoder<'_>) {}
    fn check(&self, _facts: &Facts, _scope: &Scope<'_>, _findings: &mut Vec<Finding>) {}
    fn side_effects(&self, _: Operation, _: &Account, _: &Tally) -> Vec<SideEffect> {
        Vec::new()
    }
    fn request(&self, _: &Batch, account: &Account, _: &Credentials, _: Option<&Token>) -> Request {
        Request::new(super::Purpose::Orders, "POST", account.base_url.clone())
    }
    fn read(&self, _: &Batch, _: &Answer, _: &Account) -> Verdict {
        Verdict::InDoubt {
            reason: String::new(),
        }
    }
    fn doubt(&self, _: &Batch, _: &Account) -> Doubt {
        Doubt::AskOperator
    }
    fn probe(&self, _: &Account, _: &Credentials, _: Option<&Token>) -> Probe {
        Probe {
            request: None,
            proves: "",
            leaves_open: "",
        }
    }
}
