//! Order → payload → request, and answer → outcome: everything that is known of each vendor.
//!
//! [`Vendor`] is the trait; [`registry`] lists who implements it. A vendor is data first: one field
//! [`table`] that encoding, checking, editing and help read, then small rules over several fields, then how
//! a request is made and an answer read. Nothing here does I/O: requests and answers are values.
//!
//! An encoder is written once, against a [`sink`]: one sink writes bytes, another builds the tree that the
//! screen shows with every value's origin. The same rules run over the [`facts`] of both.

pub mod account;
mod bytes_sink;
pub mod check;
pub mod convert;
pub mod defaults;
pub mod encode;
pub mod facts;
mod facts_sink;
mod page;
pub mod payload;
pub mod refusal;
pub mod registry;
pub mod request;
pub mod setting;
pub mod shape;
pub mod sink;
pub mod table;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod unread;
pub mod verdict;
pub mod words;

pub mod kameleoon;
pub mod kibo;
pub mod project_agora;
pub mod voucherify;

pub use account::{Account, Credentials, Environment};
pub use check::Scope;
pub use convert::TextForm;
pub use encode::Encoder;
pub use facts::Facts;
pub use payload::{Encoded, Inspected, Subject};
pub use registry::{ALL, by_name};
pub use request::{Answer, Batch, BatchOrder, Body, Purpose, Request};
pub use setting::{SettingKind, SettingSpec, TableSpec};
pub use sink::{Origin, Sink};
pub use table::{FieldId, FieldKind, FieldSpec, FieldTable, Required};
pub use verdict::{
    Budget, Doubt, Hindrance, JobReading, Lost, OrderVerdict, Settling, SettlingStep, Token,
    TokenReading, Verdict,
};

use std::time::Duration;

use serde_json::Value;

use crate::finding::{Finding, Rule};
use crate::order::Field;
use crate::order::outcome::Operation;

/// A credential that a vendor needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialSpec {
    /// Name in the profile: `shop_secret`.
    pub name: &'static str,
    /// Whether it must be hidden while typed. Every credential is masked wherever it is shown.
    pub secret: bool,
    /// Whether a profile can do without it.
    pub optional: bool,
    /// Where the operator finds it.
    pub help: &'static str,
}

/// How much a vendor takes at once, for one operation of one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Orders in one request.
    pub orders_per_request: usize,
    /// Bytes of one request's body.
    pub bytes_per_request: usize,
    /// Requests at the same time.
    pub concurrency: usize,
    /// Requests in a minute, 0 for no limit.
    pub requests_per_minute: u32,
    /// Jobs that may wait at the vendor, 0 for vendors without jobs.
    pub jobs_in_flight: usize,
    /// How long a job may come no further before it is given up.
    pub job_patience: Duration,
}

/// One of a vendor's ways to do an operation, for the operator to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode {
    /// The name in [`Batch::mode`] and in the ledger.
    pub name: &'static str,
    /// What it does, in plain words.
    pub help: &'static str,
}

/// What a vendor can do about cancelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelling {
    /// The order's id is enough.
    ById,
    /// The whole order must be sent again as cancelled; the text says what an id alone lacks.
    WholeOrder(&'static str),
    /// The vendor documents none; the text says so.
    Impossible(&'static str),
}

/// What a harmless call to prove the credentials shows.
#[derive(Debug, Clone)]
pub struct Probe {
    /// The call, or `None` where no harmless one exists.
    pub request: Option<Request>,
    /// What an answer of success proves.
    pub proves: &'static str,
    /// What it can't prove.
    pub leaves_open: &'static str,
}

/// One thing that will happen beside the import, in plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideEffect {
    /// The words.
    pub text: String,
    /// Whether it deserves the colour of a warning.
    pub warning: bool,
}

/// What vendors count over the payloads of a plan, for the words about side effects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Orders to be sent.
    pub orders: u64,
    /// Counts by a name that only the vendor's own code knows.
    pub counts: std::collections::BTreeMap<&'static str, u64>,
    /// Who or what was met, by such a name; of each a hash, for files of millions.
    pub met: std::collections::BTreeMap<&'static str, std::collections::HashSet<u64>>,
}

impl Tally {
    /// Adds one under that name.
    pub fn add(&mut self, name: &'static str) {
        *self.counts.entry(name).or_insert(0) += 1;
    }

    /// Adds somebody or something under that name, however often it is met.
    pub fn meet(&mut self, name: &'static str, who: &str) {
        let hash = blake3::hash(who.as_bytes());
        let short = hash.as_bytes().iter().take(8);
        let short = short.fold(0, |short, byte| (short << 8) | u64::from(*byte));
        self.met.entry(name).or_default().insert(short);
    }

    /// How many different ones were met under that name.
    pub fn distinct(&self, name: &str) -> u64 {
        self.met.get(name).map_or(0, |met| met.len() as u64)
    }

    /// What was counted under that name.
    pub fn count(&self, name: &str) -> u64 {
        self.counts.get(name).copied().unwrap_or(0)
    }
}

/// A change of one place in a payload: what a fix does, and what an edit of a payload is.
#[derive(Debug, Clone, PartialEq)]
pub struct PayloadChange {
    /// JSON pointer.
    pub pointer: String,
    /// The new value; `None` takes the member away.
    pub value: Option<Value>,
}

/// Everything that orderdeck knows of one vendor. Implementations are stateless and do no I/O.
pub trait Vendor: Sync {
    /// The name in profiles, on the command line and in the ledger: `voucherify`.
    fn name(&self) -> &'static str;
    /// The name for people: `Voucherify`.
    fn title(&self) -> &'static str;
    /// One letter for narrow columns, unique among the vendors.
    fn letter(&self) -> char;
    /// The family of its rule ids: `VOU`.
    fn rule_family(&self) -> &'static str;

    /// Every field of its payload.
    fn table(&self) -> &'static FieldTable;
    /// Every rule it is checked against.
    fn rules(&self) -> &'static [&'static Rule];
    /// Rules that nearly every order meets: counted once for a file, not repeated for each order.
    fn counted_once(&self) -> &'static [&'static Rule] {
        &[]
    }
    /// The rule that forbids two orders of one key in a run.
    fn duplicate_rule(&self) -> Option<&'static Rule> {
        None
    }
    /// The field that names an order at the vendor, which that rule is about.
    fn key_field(&self) -> &'static str {
        "id"
    }
    /// Texts of an order that neither its payloads nor its rules ever ask for, whatever account and mapping say: they
    /// needn't be kept where only payloads are made.
    fn unread_texts(&self) -> &'static [Field] {
        &[]
    }
    /// What a profile must hold to reach it.
    fn credentials(&self) -> &'static [CredentialSpec];
    /// Its own switches. Those that all vendors share are in [`account::SHARED_SETTINGS`].
    fn settings(&self) -> &'static [SettingSpec];
    /// Where it is reached if the profile doesn't say.
    fn default_base_url(&self) -> Option<&'static str>;
    /// Settings that are addresses of the vendor's own and get credentials too. Whoever has another `base_url` must
    /// give them as well, or secrets would go to a host that nobody thought of.
    fn addresses(&self) -> &'static [&'static str] {
        &[]
    }
    /// What the sandbox profile fills in where order files hold nothing: path in the table, JSON.
    fn sandbox_defaults(&self) -> &'static [(&'static str, &'static str)];
    /// Switches that the sandbox profile sets otherwise than their default: name, JSON.
    fn sandbox_settings(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// How much it takes at once.
    fn limits(&self, operation: Operation, account: &Account) -> Limits;
    /// Its ways to do an operation, the default first; empty where there is only one.
    fn modes(&self, operation: Operation) -> &'static [Mode] {
        let _ = operation;
        &[]
    }
    /// [`Vendor::limits`] where the operator chose a mode.
    fn limits_in_mode(
        &self,
        operation: Operation,
        mode: Option<&str>,
        account: &Account,
    ) -> Limits {
        let _ = mode;
        self.limits(operation, account)
    }
    /// What it can do about cancelling.
    fn cancelling(&self) -> Cancelling;
    /// Whether it has that operation at all; else a plain word why not.
    fn supports(&self, operation: Operation) -> Result<(), &'static str>;

    /// Writes the payload of one order, for the encoder's operation. Only the order's key is sure to be
    /// there for a cancellation by id.
    fn encode(&self, encoder: &mut Encoder<'_>);
    /// The form that texts must have, for vendors that don't take them as they are. It is applied to the
    /// whole payload, whoever gave a text.
    fn text_form(&self) -> Option<TextForm> {
        None
    }
    /// What makes a payload that was loaded or sent before a cancellation of its order, for vendors that want
    /// the whole order again. `None`: a cancellation is always encoded from the order.
    fn cancellation(&self, payload: &Value) -> Option<Vec<PayloadChange>> {
        let _ = payload;
        None
    }
    /// What a payload that was loaded does by its own shape, for vendors whose page tells operations apart by
    /// nothing else; it is sent as it is and checked as that. `None`: it does what the run does.
    fn operation_of(&self, payload: &Value, account: &Account) -> Option<Operation> {
        let _ = (payload, account);
        None
    }
    /// What makes a payload that was loaded an update of its order's status. `None`: it is encoded from what
    /// could be read of the order.
    fn status_update(&self, payload: &Value) -> Option<Vec<PayloadChange>> {
        let _ = payload;
        None
    }
    /// Checks a payload: required fields, types, and the rules over several fields.
    fn check(&self, facts: &Facts, scope: &Scope<'_>, findings: &mut Vec<Finding>);
    /// Checks what only a whole request can breach. A finding comes with the place of its order in the batch.
    fn check_batch(&self, batch: &Batch) -> Vec<(usize, Finding)> {
        let _ = batch;
        Vec::new()
    }
    /// What puts a finding of this vendor right, where one key can.
    fn fix(
        &self,
        finding: &Finding,
        payload: &Value,
        scope: &Scope<'_>,
    ) -> Option<Vec<PayloadChange>> {
        let _ = (finding, payload, scope);
        None
    }
    /// The vendor's words at the fields that it named when it refused an order alone: findings of a rule that has the
    /// family for its id. `reason` is what [`Vendor::read`] made of the answer.
    fn refused_fields(&self, reason: &str) -> Vec<Finding> {
        let _ = reason;
        Vec::new()
    }
    /// Counts what [`Vendor::side_effects`] speaks of.
    fn tally(&self, facts: &Facts, tally: &mut Tally) {
        let _ = facts;
        tally.orders += 1;
    }
    /// What happens beside the import, in plain words. `mode` is the operator's choice among
    /// [`Vendor::modes`]; `None` is the default.
    fn side_effects(
        &self,
        operation: Operation,
        mode: Option<&str>,
        account: &Account,
        tally: &Tally,
    ) -> Vec<SideEffect>;

    /// The request that carries a batch, complete with credentials.
    fn request(
        &self,
        batch: &Batch,
        account: &Account,
        credentials: &Credentials,
        token: Option<&Token>,
    ) -> Request;
    /// What an answer to [`Vendor::request`] says. `batch` is what was sent.
    fn read(&self, batch: &Batch, answer: &Answer, account: &Account) -> Verdict;
    /// What an answer's headers say of the rate budget, whatever it was an answer to.
    fn budget(&self, answer: &Answer) -> Option<Budget> {
        let _ = answer;
        None
    }
    /// What to make of a batch whose answer never came or can't be used. Payloads are empty where another process
    /// had sent them; whoever sends them again asks once more with the payload.
    fn doubt(&self, batch: &Batch, account: &Account) -> Doubt;
    /// Whether a second copy of an order may be refused because the first is there: then such a refusal doesn't
    /// end the doubt about the first.
    fn may_refuse_what_it_has(&self) -> bool {
        false
    }
    /// Asks the vendor about a batch in doubt, where it can be asked.
    fn settling(
        &self,
        batch: &Batch,
        lost: Lost<'_>,
        account: &Account,
        credentials: &Credentials,
    ) -> Option<Box<dyn Settling>> {
        let _ = (batch, lost, account, credentials);
        None
    }

    /// Asks order by order about a batch whose job is done but names none of the orders it refused.
    fn settling_after_job(
        &self,
        batch: &Batch,
        message: Option<&str>,
        account: &Account,
        credentials: &Credentials,
    ) -> Option<Box<dyn Settling>> {
        let _ = (batch, message, account, credentials);
        None
    }
    /// Why an answer to a question of [`Settling`] says nothing of what was asked, if it doesn't.
    fn hindrance(&self, answer: &Answer) -> Option<Hindrance> {
        Hindrance::of(answer)
    }

    /// The request for a token, for accounts that need one.
    fn token_request(&self, account: &Account, credentials: &Credentials) -> Option<Request> {
        let _ = (account, credentials);
        None
    }
    /// What the answer to [`Vendor::token_request`] says.
    fn read_token(&self, answer: &Answer) -> TokenReading {
        TokenReading::Unusable(format!("an answer nobody asked for: {}", answer.status))
    }

    /// The request that asks how far a job has come.
    fn job_request(
        &self,
        job: &str,
        account: &Account,
        credentials: &Credentials,
        token: Option<&Token>,
    ) -> Option<Request> {
        let _ = (job, account, credentials, token);
        None
    }
    /// What the answer to [`Vendor::job_request`] says. `batch` holds the job's orders; their payloads are
    /// empty when another process had sent them.
    fn read_job(&self, batch: &Batch, answer: &Answer) -> JobReading {
        let _ = batch;
        JobReading::Unusable(format!("an answer nobody asked for: {}", answer.status))
    }

    /// A harmless call that proves the credentials.
    fn probe(&self, account: &Account, credentials: &Credentials, token: Option<&Token>) -> Probe;
}

/// A vendor as everybody holds it.
pub type VendorRef = &'static dyn Vendor;

impl std::fmt::Debug for dyn Vendor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl PartialEq for dyn Vendor {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}
