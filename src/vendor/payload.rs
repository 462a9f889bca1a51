//! One order's payload for one vendor: as bytes to send, or as a tree to look at, with its findings.

use serde_json::Value;

use super::account::Account;
use super::bytes_sink::BytesSink;
use super::check::Scope;
use super::convert;
use super::encode::{Encoder, Notes};
use super::facts::Facts;
use super::facts_sink::FactsSink;
use super::sink::{Origin, Sink, Tree, TreeSink};
use super::{PayloadChange, VendorRef};
use crate::finding::Finding;
use crate::order::Order;
use crate::order::edit::{Edit, EditTarget};
use crate::order::outcome::Operation;

/// What is encoded: an order with the operator's edits already in it, or a native payload.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The order; for a native payload what could be read of it.
    pub order: &'a Order,
    /// The payload as the source has it, if the source is this vendor's own.
    pub native: Option<&'a Value>,
    /// Edits in force; those of other vendors' payloads are passed over.
    pub edits: &'a [Edit],
}

/// A payload ready to be sent.
#[derive(Debug, Clone, Default)]
pub struct Encoded {
    /// JSON without white space.
    pub bytes: Vec<u8>,
    /// What is wrong or notable.
    pub findings: Vec<Finding>,
    /// The payload laid flat.
    pub facts: Facts,
}

impl Encoded {
    /// First 16 bytes of the payload's BLAKE3 hash: what "unchanged" means.
    pub fn hash(&self) -> [u8; 16] {
        let hash = blake3::hash(&self.bytes);
        let mut short = [0; 16];
        short.copy_from_slice(&hash.as_bytes()[..16]);
        short
    }

    /// Whether an error finding holds it back.
    pub fn is_blocked(&self) -> bool {
        self.findings.iter().any(Finding::blocks)
    }
}

/// A payload as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspected {
    /// The tree, edits included.
    pub value: Value,
    /// Where each value came from, by JSON pointer, in the payload's order.
    pub origins: Vec<(String, Origin)>,
    /// What stands behind members that have no value or were reckoned, by JSON pointer.
    pub behind: Vec<(String, Origin)>,
    /// What is wrong or notable.
    pub findings: Vec<Finding>,
}

/// Builds the payload as a tree with origins.
pub fn inspect(
    vendor: VendorRef,
    subject: Subject<'_>,
    account: &Account,
    operation: Operation,
    now: jiff::Timestamp,
) -> Inspected {
    let mut notes = Notes::default();
    let base = native_base(vendor, subject, account, operation);
    let native = base.is_some();
    let operation = done_as(vendor, subject, account, operation);
    let Tree {
        mut value,
        mut origins,
        behind,
    } = base.unwrap_or_else(|| {
        let mut tree = Tree::default();
        let sink = Sink::Tree(TreeSink::new(vendor.table(), &mut tree));
        notes = write(vendor, subject.order, account, operation, sink);
        tree
    });
    for change in payload_edits(vendor, subject.edits) {
        apply(&mut value, &change);
        // What encoding did to a place that was edited since is no news any more.
        for notes in [&mut notes.findings, &mut notes.reasons] {
            notes.retain(|note| !concerns(note, &change.pointer));
        }
        // What stands inside an object or list that was replaced didn't come from the source either.
        origins.retain(|(pointer, _)| !is_within(pointer, &change.pointer));
        origins.push((change.pointer, Origin::Edit));
    }
    if let Some(form) = vendor.text_form() {
        convert::convert(&mut value, form);
    }
    let mut facts = Facts::of_value(&value, vendor.table());
    if native {
        facts.mark_native();
    }
    let scope = Scope {
        operation,
        account,
        now,
    };
    let mut findings = Vec::new();
    vendor.check(&facts, &scope, &mut findings);
    notes.join(&mut findings);
    Inspected {
        value,
        origins,
        behind,
        findings,
    }
}

/// Writes the payload as bytes into `encoded`, whose room is used again.
pub fn encode(
    vendor: VendorRef,
    subject: Subject<'_>,
    account: &Account,
    operation: Operation,
    now: jiff::Timestamp,
    encoded: &mut Encoded,
) {
    encoded.bytes.clear();
    encode_behind(vendor, subject, account, operation, now, encoded);
}

/// The same behind the bytes that `encoded` holds already, for payloads one behind the other.
pub fn encode_behind(
    vendor: VendorRef,
    subject: Subject<'_>,
    account: &Account,
    operation: Operation,
    now: jiff::Timestamp,
    encoded: &mut Encoded,
) {
    let write_into = |encoded: &mut Encoded| {
        let sink = BytesSink::new(vendor.table(), &mut encoded.bytes, &mut encoded.facts);
        write(vendor, subject.order, account, operation, Sink::Bytes(sink))
    };
    judge(
        vendor, subject, account, operation, now, encoded, write_into,
    );
}

/// Says what is wrong with a payload that nobody reads: `encoded` gets facts and findings, and no bytes.
pub fn examine(
    vendor: VendorRef,
    subject: Subject<'_>,
    account: &Account,
    operation: Operation,
    now: jiff::Timestamp,
    encoded: &mut Encoded,
) {
    let write_into = |encoded: &mut Encoded| {
        let sink = FactsSink::new(vendor.table(), &mut encoded.facts);
        write(vendor, subject.order, account, operation, Sink::Facts(sink))
    };
    judge(
        vendor, subject, account, operation, now, encoded, write_into,
    );
    encoded.bytes.clear();
}

/// Makes a payload by `write_into`, or of what the source or the operator says it is, and runs the rules over it.
fn judge(
    vendor: VendorRef,
    subject: Subject<'_>,
    account: &Account,
    operation: Operation,
    now: jiff::Timestamp,
    encoded: &mut Encoded,
    write_into: impl FnOnce(&mut Encoded) -> Notes,
) {
    encoded.findings.clear();
    encoded.facts.clear();
    let native = native_base(vendor, subject, account, operation).is_some();
    if native || payload_edits(vendor, subject.edits).next().is_some() {
        let inspected = inspect(vendor, subject, account, operation, now);
        // Writing to memory can't fail.
        let _ = serde_json::to_writer(&mut encoded.bytes, &inspected.value);
        encoded.facts = Facts::of_value(&inspected.value, vendor.table());
        if native {
            encoded.facts.mark_native();
        }
        encoded.findings = inspected.findings;
        return;
    }
    let notes = write_into(encoded);
    let scope = Scope {
        operation,
        account,
        now,
    };
    vendor.check(&encoded.facts, &scope, &mut encoded.findings);
    notes.join(&mut encoded.findings);
}

/// Whether a finding is about that place or one inside it.
fn concerns(finding: &Finding, pointer: &str) -> bool {
    finding
        .target
        .pointer()
        .is_some_and(|target| is_within(&target, pointer))
}

/// Whether a place is that one or inside it.
pub fn is_within(place: &str, pointer: &str) -> bool {
    place
        .strip_prefix(pointer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The payload as the source has it, where it is what is sent; for a cancellation with what makes it one.
fn native_base(
    vendor: VendorRef,
    subject: Subject<'_>,
    account: &Account,
    operation: Operation,
) -> Option<Tree> {
    let mut value = subject.native?.clone();
    let mut origins = vec![(String::new(), Origin::Native)];
    let changes = match operation {
        Operation::Import => Vec::new(),
        _ if vendor.operation_of(&value, account) == Some(operation) => Vec::new(),
        Operation::Cancel => vendor.cancellation(&value)?,
        Operation::Status => vendor.status_update(&value)?,
    };
    for change in changes {
        apply(&mut value, &change);
        origins.push((change.pointer, Origin::Fixed));
    }
    Some(Tree {
        value,
        origins,
        behind: Vec::new(),
    })
}

/// What is done with an order, and as what its payload is checked: what was loaded as it is and is to be
/// imported may say by its shape that it is something else.
pub fn done_as(
    vendor: VendorRef,
    subject: Subject<'_>,
    account: &Account,
    operation: Operation,
) -> Operation {
    subject
        .native
        .filter(|_| operation == Operation::Import)
        .and_then(|native| vendor.operation_of(native, account))
        .unwrap_or(operation)
}

/// Runs the vendor's encoder into a sink, and returns what it noted.
fn write(
    vendor: VendorRef,
    order: &Order,
    account: &Account,
    operation: Operation,
    sink: Sink<'_>,
) -> Notes {
    let mut encoder = Encoder::new(vendor, order, account, operation, sink);
    vendor.encode(&mut encoder);
    encoder.finish()
}

fn payload_edits(vendor: VendorRef, edits: &[Edit]) -> impl Iterator<Item = PayloadChange> {
    edits.iter().filter_map(move |edit| match &edit.target {
        EditTarget::Payload {
            vendor: name,
            pointer,
        } if name == vendor.name() => Some(PayloadChange {
            pointer: pointer.clone(),
            value: (!edit.after.is_null()).then(|| edit.after.clone()),
        }),
        _ => None,
    })
}

/// Makes a change in a payload. A parent object that is missing is made; a list index that is missing is not.
pub fn apply(payload: &mut Value, change: &PayloadChange) {
    let Some((parent, name)) = change.pointer.rsplit_once('/') else {
        return;
    };
    let name = name.replace("~1", "/").replace("~0", "~");
    if payload.pointer(parent).is_none() && change.value.is_some() && !parent.is_empty() {
        apply(
            payload,
            &PayloadChange {
                pointer: parent.to_owned(),
                value: Some(Value::Object(serde_json::Map::new())),
            },
        );
    }
    match (payload.pointer_mut(parent), &change.value) {
        (Some(Value::Object(members)), Some(value)) => {
            members.insert(name, value.clone());
        }
        (Some(Value::Object(members)), None) => {
            members.shift_remove(&name);
        }
        (Some(Value::Array(elements)), value) => {
            let Ok(index) = name.parse::<usize>() else {
                return;
            };
            match value {
                Some(value) if index < elements.len() => elements[index] = value.clone(),
                Some(value) if index == elements.len() => elements.push(value.clone()),
                None if index < elements.len() => {
                    elements.remove(index);
                }
                _ => {}
            }
        }
        _ => {}
    }
}
