//! `check`: what is wrong or notable in a file, for each vendor, with the place in the file.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use super::check_found::{Found, Teller};
use super::cli::{CheckArgs, before_list};
use super::failure::{Failure, Outcome};
use super::output::{counted, note};
use super::progress::Progress;
use super::session::Session;
use crate::deck::sweep::Pace;
use crate::deck::{Deck, DeckOrder, Target};
use crate::finding::{Finding, Rule, Target as About};
use crate::order::Field;
use crate::order::outcome::Operation;
use crate::rulebook;
use crate::vendor::{self, Encoded, VendorRef};
use crate::workspace::Workspace;

/// Runs it.
pub fn run(session: &mut Session, mut args: CheckArgs) -> Outcome {
    let file = before_list(args.file.take(), &mut args.vendor, "FILE").map_err(Failure::usage)?;
    let targets = targets(session, &args)?;
    session.read_as(&file, &args.reading);
    let deck = session.look(&file, args.mapping.as_deref(), args.no_edits)?;
    session.survey(&deck)?;
    let asked = !args.vendor.is_empty() || args.profile.is_some();
    let targets = possible(&deck, targets, asked)?;
    if args.profile.is_none() {
        let names: Vec<&str> = targets
            .iter()
            .map(|target| target.account.profile.as_str())
            .collect();
        note(format_args!(
            "checked as {}, whose defaults fill what no order file holds; --profile P checks for an account of yours",
            names.join(", ")
        ));
    }
    let mut teller = Teller::new(&mut session.out, args.json);
    let left = go_over(&deck, &targets, &mut teller)?;
    if left > 0 {
        let orders = counted(left, "order");
        note(format_args!(
            "left out (tests, drafts, cancelled ones where the mapping says so, or by you) and not checked: {orders}"
        ));
    }
    teller.end(deck.len() as u64 - left)
}

/// For whom the file is checked.
fn targets(session: &Session, args: &CheckArgs) -> Result<Vec<Target>, Failure> {
    let mut wanted: Vec<VendorRef> = Vec::new();
    for name in &args.vendor {
        if name == "all" {
            wanted = vendor::ALL.to_vec();
            break;
        }
        let Some(vendor) = vendor::by_name(name) else {
            let known: Vec<&str> = vendor::ALL.iter().map(|vendor| vendor.name()).collect();
            return Err(Failure::usage(format!(
                "there is no vendor `{}`; there are: {}, all",
                name.escape_debug(),
                known.join(", ")
            )));
        };
        if !wanted.contains(&vendor) {
            wanted.push(vendor);
        }
    }
    let workspace = &session.workspace;
    if let Some(profile) = &args.profile {
        let target = workspace.target(profile, Operation::Import)?;
        if !wanted.is_empty() && !wanted.contains(&target.vendor) {
            return Err(Failure::usage(format!(
                "the profile {profile} is one of {}; leave --vendor out",
                target.vendor.title()
            )));
        }
        return Ok(vec![target]);
    }
    if wanted.is_empty() {
        wanted = vendor::ALL.to_vec();
    }
    wanted
        .into_iter()
        .map(|vendor| {
            let profile = Workspace::sandbox_profile_name(vendor);
            Ok(workspace.target(&profile, Operation::Import)?)
        })
        .collect()
}

/// The vendors that this file's orders can be for: payloads of one vendor's own are for no other.
fn possible(deck: &Deck, targets: Vec<Target>, asked: bool) -> Result<Vec<Target>, Failure> {
    let Some(native) = deck.mapping().native_vendor() else {
        return Ok(targets);
    };
    let (fit, other): (Vec<_>, Vec<_>) = targets
        .into_iter()
        .partition(|target| target.vendor.name() == native);
    if asked && (fit.is_empty() || !other.is_empty()) && !deck.is_empty() {
        let order = deck.order(0)?;
        for target in &other {
            Deck::available(&order, target.vendor)?;
        }
    }
    if !other.is_empty() {
        let title = fit.first().map_or(native, |target| target.vendor.title());
        note(format_args!(
            "this file holds {title} payloads: checked for {title} alone"
        ));
    }
    Ok(fit)
}

/// Tells everything that is wrong; returns how many orders are left out.
fn go_over(deck: &Deck, targets: &[Target], teller: &mut Teller<'_>) -> Result<u64, Failure> {
    let mut of_file = teller.part();
    for finding in deck.index().findings() {
        of_file.tell(None, None, finding);
    }
    for (rule, count) in deck.index().counts() {
        let told = deck.index().findings().iter();
        let told = told.filter(|finding| finding.rule == *rule).count() as u64;
        if *count > told {
            of_file.rest(None, rule, *count - told);
        }
    }
    teller.take(of_file)?;
    let checking = Checking { deck, targets };
    let enough = Mutex::new(teller.enough());
    let mut left = 0;
    let mut keys: HashSet<[u8; 16]> = HashSet::new();
    let mut repeated: Vec<Seen> = Vec::new();
    let mut once: BTreeMap<(usize, &'static str), (&'static Rule, u64)> = BTreeMap::new();
    let mut progress = Progress::new("checking");
    let (may_draw, json) = (teller.may_draw(), teller.is_json());
    deck.sweep(
        Pace::default(),
        0..deck.len(),
        || {
            let enough = enough.lock().unwrap_or_else(PoisonError::into_inner);
            Part::new(Found::new(json, enough.clone()))
        },
        |part, _, order| checking.look_at(part, order?),
        |places, part: Part| {
            if may_draw {
                progress.at(places.start as u64, deck.len() as u64);
            }
            left += part.left;
            for (key, (rule, count)) in part.once {
                once.entry(key).or_insert((rule, 0)).1 += count;
            }
            let seen = part.seen.into_iter();
            repeated.extend(seen.filter(|seen| !keys.insert(seen.key)));
            teller.take(part.found)?;
            let mut known = enough.lock().unwrap_or_else(PoisonError::into_inner);
            *known = teller.enough();
            Ok(())
        },
    )?;
    drop(progress);
    let mut rest = teller.part();
    for seen in repeated {
        let order = deck.order(seen.place)?;
        rest.was_bad(seen.is_bad.then_some(seen.place));
        checking.tell_repeated(&mut rest, &order);
    }
    for ((number, _), (rule, count)) in once {
        let vendor = targets.get(number).map(|target| target.vendor);
        rest.rest(vendor, rule, count);
    }
    teller.take(rest)?;
    Ok(left)
}

/// What a stretch of the file holds.
struct Part {
    found: Found,
    /// Orders left out.
    left: u64,
    /// Rules that are counted only, by the number of the target.
    once: BTreeMap<(usize, &'static str), (&'static Rule, u64)>,
    /// The orders that were looked at.
    seen: Vec<Seen>,
    /// Room for one payload.
    encoded: Encoded,
}

/// An order that was looked at.
struct Seen {
    /// Hash of its id.
    key: [u8; 16],
    place: usize,
    /// Whether it has an error.
    is_bad: bool,
}

impl Part {
    fn new(found: Found) -> Self {
        Self {
            found,
            left: 0,
            once: BTreeMap::new(),
            seen: Vec::new(),
            encoded: Encoded::default(),
        }
    }
}

/// What orders are checked against.
struct Checking<'c> {
    deck: &'c Deck,
    targets: &'c [Target],
}

impl Checking<'_> {
    fn look_at(&self, part: &mut Part, order: &DeckOrder) -> Result<(), Failure> {
        if order.left.is_some() {
            part.left += 1;
            return Ok(());
        }
        for (number, target) in self.targets.iter().enumerate() {
            let encoded = &mut part.encoded;
            self.deck.examine(order, target, encoded)?;
            // What isn't the vendor's own is the same for all of them.
            if number == 0 {
                let before = self.deck.findings_before(order, target);
                encoded.findings.splice(0..0, before);
            }
            let counted = target.vendor.counted_once();
            let is_once = |finding: &Finding| counted.contains(&finding.rule);
            for finding in encoded.findings.iter().filter(|finding| is_once(finding)) {
                let entry = part.once.entry((number, finding.rule.id));
                entry.or_insert((finding.rule, 0)).1 += 1;
            }
            let is_told = |finding: &Finding| {
                let is_again = number > 0 && rulebook::vendor_of(finding.rule).is_none();
                let is_of_index = || {
                    let mut rules = self.deck.index().counts().iter();
                    rules.any(|(rule, _)| *rule == finding.rule)
                };
                !is_again && !is_once(finding) && !is_of_index()
            };
            let found = &mut part.found;
            let told = encoded.findings.iter().filter(|finding| is_told(finding));
            let is_shown =
                |finding: &Finding| found.would_show(rulebook::vendor_of(finding.rule), finding);
            if told.clone().any(is_shown) {
                // With their places, which take longer.
                for finding in self.deck.payload(order, target)?.findings {
                    if is_told(&finding) {
                        found.tell(rulebook::vendor_of(finding.rule), Some(order), &finding);
                    }
                }
            } else {
                for finding in told {
                    found.count(
                        rulebook::vendor_of(finding.rule),
                        Some(order.index),
                        finding,
                    );
                }
            }
        }
        let hash = blake3::hash(order.order.id.as_bytes());
        let mut key = [0; 16];
        key.copy_from_slice(&hash.as_bytes()[..16]);
        part.seen.push(Seen {
            key,
            place: order.index,
            is_bad: part.found.is_bad(order.index),
        });
        Ok(())
    }

    /// An order before it has the same id.
    fn tell_repeated(&self, found: &mut Found, order: &DeckOrder) {
        for target in self.targets {
            let vendor = target.vendor;
            if let Some(rule) = vendor.duplicate_rule() {
                let about = About::field(vendor.key_field());
                let mut finding = Finding::new(rule, about, "an order before it has the same id");
                finding.place = (self.deck).place_in_order(order, &About::field(Field::Id.path()));
                found.tell(Some(vendor), Some(order), &finding);
            }
        }
    }
}

/// Stops nothing: for steps that can't be stopped from a command line but by ending the program.
pub fn go_on<T>(_: T) -> ControlFlow<()> {
    ControlFlow::Continue(())
}
