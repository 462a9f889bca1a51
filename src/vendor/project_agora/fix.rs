//! What one key can put right in a Project Agora payload: a banner on several items.

use serde_json::Value;

use super::rules;
use crate::finding::{Finding, Target};
use crate::vendor::{Account, PayloadChange};

/// PAC-06: of the items of the finding's banner one is kept. The others are left out, or sent without their
/// adId: the setting `banner_others`.
pub fn fix(finding: &Finding, payload: &Value, account: &Account) -> Option<Vec<PayloadChange>> {
    if *finding.rule != rules::PAC_06 {
        return None;
    }
    let Target::Field {
        item: Some(item), ..
    } = finding.target
    else {
        return None;
    };
    let items = payload.get("orderItems")?.as_array()?;
    let banner = items.get(item as usize)?.get("adId")?;
    let of_banner: Vec<usize> = items
        .iter()
        .enumerate()
        .filter(|(_, other)| other.get("adId") == Some(banner))
        .map(|(index, _)| index)
        .collect();
    let order = payload.get("id").and_then(Value::as_str).unwrap_or("");
    let chosen = *of_banner.get(choice(order, of_banner.len()))?;
    let dropped = |index: &usize| *index != chosen && of_banner.contains(index);
    if account.text("banner_others", "leave_out") == "without_ad" {
        let without = (0..items.len()).filter(dropped).map(|index| PayloadChange {
            pointer: format!("/orderItems/{index}/adId"),
            value: None,
        });
        return Some(without.collect());
    }
    let kept = items
        .iter()
        .enumerate()
        .filter(|(index, _)| !dropped(index))
        .map(|(_, item)| item.clone())
        .collect();
    Some(vec![PayloadChange {
        pointer: "/orderItems".to_owned(),
        value: Some(Value::Array(kept)),
    }])
}

/// One of `count`, by a hash of the order's id: as good as random, but the same in a preview and a retry.
fn choice(order: &str, count: usize) -> usize {
    let hash = blake3::hash(order.as_bytes());
    let sum = hash
        .as_bytes()
        .iter()
        .take(8)
        .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    (sum % count.max(1) as u64) as usize
}
