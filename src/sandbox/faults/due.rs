//! Which faults a request meets: the rules counted along as requests come.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{Fault, Faults, Rule, When};
use crate::sandbox::call::Purpose;

/// Hands out faults, request by request.
pub(in crate::sandbox) struct Giver {
    faults: Faults,
    /// How many requests each rule has counted, for each vendor apart.
    counts: Mutex<HashMap<(usize, &'static str), u64>>,
}

/// What one request meets.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::sandbox) struct Due {
    /// The names of the faults given.
    pub(in crate::sandbox) names: Vec<String>,
    /// How much later the answer comes.
    pub(in crate::sandbox) latency: Duration,
    /// How long the answer's body takes.
    pub(in crate::sandbox) slow: Duration,
    /// Whether the access tokens end first.
    pub(in crate::sandbox) expires_tokens: bool,
    /// What else happens: the first rule that fits decides.
    pub(in crate::sandbox) fault: Option<Fault>,
}

impl Giver {
    pub(in crate::sandbox) fn new(faults: Faults) -> Self {
        Self {
            faults,
            counts: Mutex::default(),
        }
    }

    /// Counts a request to a vendor, and says what it meets.
    pub(in crate::sandbox) fn due(&self, vendor: &'static str, purpose: Purpose) -> Due {
        let mut due = Due::default();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for (index, rule) in self.faults.rules.iter().enumerate() {
            if !rule.is_for(vendor, purpose) {
                continue;
            }
            let count = counts.entry((index, vendor)).or_default();
            *count += 1;
            let draw = || draw(self.faults.seed, index, vendor, *count);
            if rule.when.fits(*count, draw) {
                due.add(rule.fault);
            }
        }
        due
    }
}

impl Rule {
    fn is_for(&self, vendor: &str, purpose: Purpose) -> bool {
        self.vendor.is_none_or(|wanted| wanted == vendor)
            && self.purpose.is_none_or(|wanted| wanted == purpose)
    }
}

impl When {
    fn fits(self, count: u64, draw: impl FnOnce() -> f64) -> bool {
        match self {
            Self::Range { first, last } => (first..=last).contains(&count),
            Self::Every(number) => count.is_multiple_of(number),
            Self::Chance(probability) => draw() < probability,
        }
    }
}

impl Due {
    fn add(&mut self, fault: Fault) {
        match fault {
            Fault::Latency(time) => self.latency = self.latency.saturating_add(time),
            Fault::Slow(time) => self.slow = self.slow.saturating_add(time),
            Fault::ExpiredToken => self.expires_tokens = true,
            _ if self.fault.is_some() => return,
            fault => self.fault = Some(fault),
        }
        self.names.push(fault.name().into_owned());
    }
}

/// A number from 0 up to 1 that is always the same for the same request.
fn draw(seed: u64, rule: usize, vendor: &str, count: u64) -> f64 {
    let hash = blake3::hash(format!("{seed} {rule} {vendor} {count}").as_bytes());
    let [a, b, c, d, ..] = *hash.as_bytes();
    f64::from(u32::from_le_bytes([a, b, c, d])) / (f64::from(u32::MAX) + 1.0)
}
