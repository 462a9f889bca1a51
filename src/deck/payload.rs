//! Orders as one vendor would get them, with everything that is to be said about them.

use serde_json::Value;

use super::{Deck, DeckOrder};
use crate::finding::{Finding, Severity};
use crate::order::Field;
use crate::order::check::{self, Expectation};
use crate::order::outcome::Operation;
use crate::source::SourceError;
use crate::vendor::payload::{done_as, encode_behind, examine, inspect};
use crate::vendor::{Account, Cancelling, Encoded, Origin, Subject, VendorRef};

/// For whom and for what payloads are made.
#[derive(Debug, Clone)]
pub struct Target {
    /// The vendor.
    pub vendor: VendorRef,
    /// The account there.
    pub account: Account,
    /// What is done.
    pub operation: Operation,
    /// The time of the check.
    pub now: jiff::Timestamp,
}

/// Why an order has no payload for a vendor at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this file holds {title} payloads: they are no orders of {wanted}")]
pub struct Unavailable {
    /// The vendor whose payloads they are.
    pub title: String,
    /// The vendor that was asked for.
    pub wanted: &'static str,
}

/// A payload as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Payload {
    /// The JSON tree.
    pub value: Value,
    /// For each JSON pointer where its value came from, in the payload's order.
    pub origins: Vec<(String, Origin)>,
    /// For places without a value, or with one that was reckoned, which fields stand behind them.
    pub behind: Vec<(String, Origin)>,
    /// Everything found: in the source, by the mapping, in the order, by the vendor's rules; errors first.
    pub findings: Vec<Finding>,
}

impl Payload {
    /// The places that come from fields of the order, each with these fields.
    pub fn places(&self) -> impl Iterator<Item = (&str, &'static [Field])> {
        let all = self.origins.iter().chain(&self.behind);
        all.filter_map(|(pointer, origin)| match origin {
            Origin::Fields(fields) => Some((pointer.as_str(), *fields)),
            _ => None,
        })
    }

    /// The fields of the order that a place comes from; none where it comes from elsewhere.
    pub fn fields_at(&self, pointer: &str) -> &'static [Field] {
        let mut places = self.places();
        places
            .find(|(place, _)| *place == pointer)
            .map_or(&[], |(_, fields)| fields)
    }
}

/// Makes a payload, or only judges it: [`encode_behind`] or [`examine`].
type Make = fn(VendorRef, Subject<'_>, &Account, Operation, jiff::Timestamp, &mut Encoded);

impl Deck {
    /// Whether this order can be this vendor's at all.
    pub fn available(order: &DeckOrder, vendor: VendorRef) -> Result<(), Unavailable> {
        match &order.native {
            Some(native) if native.vendor != vendor.name() => Err(Unavailable {
                title: crate::vendor::by_name(&native.vendor)
                    .map_or_else(|| native.vendor.clone(), |other| other.title().to_owned()),
                wanted: vendor.title(),
            }),
            _ => Ok(()),
        }
    }

    /// The payload of an order, with origins and all findings.
    pub fn payload(&self, order: &DeckOrder, target: &Target) -> Result<Payload, Unavailable> {
        Self::available(order, target.vendor)?;
        let inspected = inspect(
            target.vendor,
            subject(order),
            &target.account,
            target.operation,
            target.now,
        );
        let mut findings = self.findings_before(order, target);
        for finding in &mut findings {
            if finding.place.is_none() {
                finding.place = self.place_in_order(order, &finding.target);
            }
        }
        let origins = [&inspected.origins[..], &inspected.behind[..]];
        findings.extend(inspected.findings.into_iter().map(|finding| {
            let place = self.place_of(order, target.vendor, &finding, origins);
            Finding { place, ..finding }
        }));
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        Ok(Payload {
            value: inspected.value,
            origins: inspected.origins,
            behind: inspected.behind,
            findings,
        })
    }

    /// The payload as bytes, into room that is used again. The findings are complete but for their places.
    pub fn encode(
        &self,
        order: &DeckOrder,
        target: &Target,
        encoded: &mut Encoded,
    ) -> Result<(), Unavailable> {
        encoded.bytes.clear();
        self.encode_behind(order, target, encoded)
    }

    /// The same behind the bytes that `encoded` holds already, for payloads one behind the other.
    pub fn encode_behind(
        &self,
        order: &DeckOrder,
        target: &Target,
        encoded: &mut Encoded,
    ) -> Result<(), Unavailable> {
        Self::made_by(encode_behind, order, target, encoded)?;
        let before = self.findings_before(order, target);
        if !before.is_empty() {
            encoded.findings.splice(0..0, before);
        }
        Ok(())
    }

    /// What a vendor's rules say of an order whose payload nobody reads: `encoded` gets findings without their places,
    /// and no bytes. What is said whoever the vendor is comes from [`Deck::findings_before`].
    pub fn examine(
        &self,
        order: &DeckOrder,
        target: &Target,
        encoded: &mut Encoded,
    ) -> Result<(), Unavailable> {
        Self::made_by(examine, order, target, encoded)
    }

    fn made_by(
        make: Make,
        order: &DeckOrder,
        target: &Target,
        encoded: &mut Encoded,
    ) -> Result<(), Unavailable> {
        Self::available(order, target.vendor)?;
        let (account, operation) = (&target.account, target.operation);
        make(
            target.vendor,
            subject(order),
            account,
            operation,
            target.now,
            encoded,
        );
        Ok(())
    }

    /// Decodes and encodes one order by its place in the file.
    pub fn encode_at(
        &self,
        index: usize,
        target: &Target,
        encoded: &mut Encoded,
    ) -> Result<(DeckOrder, Result<(), Unavailable>), SourceError> {
        let order = self.order(index)?;
        let available = self.encode(&order, target, encoded);
        Ok((order, available))
    }

    /// What is done with this order if nothing else is asked for: an import, unless it is a payload of the
    /// vendor's own that says by its shape that it is a status update or a cancellation.
    pub fn operation_of(order: &DeckOrder, target: &Target) -> Operation {
        done_as(
            target.vendor,
            subject(order),
            &target.account,
            Operation::Import,
        )
    }

    /// What reading, mapping and the order's own rules say, before the vendor has a word.
    pub fn findings_before(&self, order: &DeckOrder, target: &Target) -> Vec<Finding> {
        let mut findings = order.findings.clone();
        let by_id =
            target.operation == Operation::Cancel && target.vendor.cancelling() == Cancelling::ById;
        if by_id {
            // Only the id counts.
            findings.retain(|finding| finding.severity != Severity::Error);
        } else if order.native.is_none() {
            let expectation = Expectation {
                currency: target.account.currency,
                mixed_currencies: self
                    .overview
                    .get()
                    .is_some_and(|overview| overview.all.totals.len() > 1),
            };
            check::check(&order.order, expectation, &mut findings);
        }
        findings
    }
}

fn subject(order: &DeckOrder) -> Subject<'_> {
    Subject {
        order: &order.order,
        native: order.native.as_ref().map(|native| &native.payload),
        edits: &order.edits,
    }
}
