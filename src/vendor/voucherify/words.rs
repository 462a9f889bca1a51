//! What happens beside the import, in plain words with counts.

use super::fields::field;
use super::request;
use crate::order::outcome::Operation;
use crate::vendor::facts::Scalar;
use crate::vendor::words::counted;
use crate::vendor::{Facts, SideEffect, Tally};

const WITH_CUSTOMER: &str = "with customer";
const CUSTOMERS: &str = "customers";
const WITH_OVERRIDE: &str = "with override";

/// Counts orders that carry a customer, and those that write into the catalogue.
pub(super) fn tally(facts: &Facts, tally: &mut Tally) {
    tally.orders += 1;
    if facts.has(field!("customer"), None) {
        tally.add(WITH_CUSTOMER);
        // As Voucherify tells them apart: its own id makes the shop's ignored.
        let name = [
            field!("customer/id"),
            field!("customer/source_id"),
            field!("customer/email"),
        ]
        .into_iter()
        .find_map(|id| facts.text(id, None));
        // One without a name is somebody new each time.
        let unnamed = || format!("\n{}", tally.count(WITH_CUSTOMER));
        let name = name.map_or_else(unnamed, str::to_owned);
        tally.meet(CUSTOMERS, &name);
    }
    let overrides = [
        field!("items/*/product/override"),
        field!("items/*/sku/override"),
    ]
    .into_iter()
    .any(|id| {
        facts
            .all(id)
            .any(|fact| fact.value == Scalar::Boolean(true))
    });
    if overrides {
        tally.add(WITH_OVERRIDE);
    }
}

/// The words.
pub(super) fn side_effects(
    operation: Operation,
    mode: Option<&str>,
    tally: &Tally,
) -> Vec<SideEffect> {
    if operation == Operation::Import {
        import(tally)
    } else {
        change(request::is_live(operation, mode), tally)
    }
}

fn import(tally: &Tally) -> Vec<SideEffect> {
    let mut effects = Vec::new();
    let customers = tally.count(WITH_CUSTOMER);
    if customers > 0 {
        effects.push(warning(format!(
            "{} with a customer: Voucherify will place {} into segments, which can trigger distributions (messages to customers) and earning rules (loyalty points)",
            orders(customers),
            counted(tally.distinct(CUSTOMERS), "customer")
        )));
    }
    let overrides = tally.count(WITH_OVERRIDE);
    if overrides > 0 {
        effects.push(warning(format!(
            "{} with `override`: missing products and SKUs will be created, and name, price and metadata of existing ones replaced",
            orders(overrides)
        )));
    }
    effects.push(plain(
        "No webhooks, no events, no distributions on order created, updated, paid or cancelled, no earning rules on order paid; the dashboard shows no notice",
    ));
    effects.push(plain(
        "For historical orders only: Voucherify stamps its own `created_at`; changes of live orders belong to status updates",
    ));
    effects
}

fn change(live: bool, tally: &Tally) -> Vec<SideEffect> {
    let orders = orders(tally.orders);
    let by_mode = if live {
        warning(format!(
            "As live orders, {orders}: Voucherify fires events, and with them webhooks, distributions and earning rules on orders"
        ))
    } else {
        plain(&format!(
            "As history, {orders}: no events and no webhooks; an order that isn't there would be created with nothing but id and status"
        ))
    };
    vec![
        by_mode,
        plain("Whatever isn't sent stays as it is at Voucherify"),
    ]
}

fn orders(count: u64) -> String {
    counted(count, "order")
}

fn plain(text: &str) -> SideEffect {
    SideEffect {
        text: text.to_owned(),
        warning: false,
    }
}

fn warning(text: String) -> SideEffect {
    SideEffect {
        text,
        warning: true,
    }
}
