//! `/_sandbox/taken`: a shelf in numbers. The shape is documented in the parent module.

use serde_json::{Value, json};

use super::shelf::Shelf;

/// The counts of one vendor.
pub(super) fn count(shelf: &Shelf) -> Value {
    json!({
        "requests": shelf.requests,
        "order_requests": shelf.order_requests,
        "refused": shelf.refused,
        "tokens": shelf.tokens,
        "jobs": shelf.jobs.len(),
        "orders": shelf.copies.len(),
        "copies": shelf.copies,
        "updated": shelf.updated,
        "cancelled": shelf.cancelled,
        "unknown_fields": shelf.unknown_fields,
        "faults": shelf.faults,
    })
}
