//! `check`: what is wrong or notable in a file, for each vendor, with the place in the file.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;

use serde_json::{Value, json};

use super::cli::{CheckArgs, before_list};
use super::failure::{Exit, Failure, Outcome};
use super::output::{Out, Tone, counted, note, thousands};
use super::progress::Progress;
use super::session::Session;
use crate::deck::{Deck, DeckOrder, Target};
use crate::finding::{Finding, Place, Rule, Severity, Target as About};
use crate::order::Field;
use crate::order::outcome::Operation;
use crate::rulebook;
use crate::vendor::{self, Encoded, Vendor, VendorRef};
use crate::workspace::Workspace;

/// Findings of one rule that are shown one by one to people; the others are counted.
const SHOWN_OF_EACH_RULE: usize = 5;

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
    for finding in deck.index().findings() {
        teller.tell(None, None, finding)?;
    }
    for (rule, count) in deck.index().counts() {
        let told = deck.index().findings().iter();
        let told = told.filter(|finding| finding.rule == *rule).count() as u64;
        if *count > told {
            teller.rest(None, rule, *count - told)?;
        }
    }
    let in_index: Vec<&Rule> = deck
        .index()
        .counts()
        .iter()
        .map(|(rule, _)| *rule)
        .collect();
    let mut left = 0;
    let mut encoded = Encoded::default();
    let mut keys: HashSet<String> = HashSet::new();
    let mut once: BTreeMap<(usize, &'static str), (&'static Rule, u64)> = BTreeMap::new();
    let mut progress = Progress::new("checking");
    for index in 0..deck.len() {
        if teller.may_draw() {
            progress.at(index as u64, deck.len() as u64);
        }
        let order = deck.order(index)?;
        if order.left.is_some() {
            left += 1;
            continue;
        }
        let repeated = !keys.insert(order.order.id.clone());
        for (number, target) in targets.iter().enumerate() {
            deck.encode(&order, target, &mut encoded)?;
            let vendor = target.vendor;
            let counted = vendor.counted_once();
            let is_once = |finding: &Finding| counted.contains(&finding.rule);
            for finding in encoded.findings.iter().filter(|finding| is_once(finding)) {
                let entry = once.entry((number, finding.rule.id));
                entry.or_insert((finding.rule, 0)).1 += 1;
            }
            if encoded.findings.iter().any(|finding| !is_once(finding)) {
                for finding in deck.payload(&order, target)?.findings {
                    let whose = rulebook::vendor_of(finding.rule);
                    // What isn't the vendor's own is the same for all of them.
                    let again = whose.is_none() && number > 0;
                    if !again && !is_once(&finding) && !in_index.contains(&finding.rule) {
                        teller.tell(whose, Some(&order), &finding)?;
                    }
                }
            }
            if let (true, Some(rule)) = (repeated, vendor.duplicate_rule()) {
                let about = About::field(vendor.key_field());
                let mut finding = Finding::new(rule, about, "an order before it has the same id");
                finding.place = deck.place_in_order(&order, &About::field(Field::Id.path()));
                teller.tell(Some(vendor), Some(&order), &finding)?;
            }
        }
    }
    drop(progress);
    for ((number, _), (rule, count)) in once {
        let vendor = targets.get(number).map(|target| target.vendor);
        teller.rest(vendor, rule, count)?;
    }
    Ok(left)
}

/// Prints findings as JSON at once, or gathers them for people.
struct Teller<'o> {
    out: &'o mut Out,
    json: bool,
    /// By severity (the worst first), vendor and rule.
    gathered: BTreeMap<(std::cmp::Reverse<Severity>, &'static str, &'static str), Gathered>,
    /// Findings by severity: information, warnings, errors.
    counts: [u64; 3],
    /// Orders with an error.
    bad: u64,
    last_bad: Option<usize>,
}

/// Findings of one rule at one vendor.
struct Gathered {
    title: &'static str,
    count: u64,
    shown: Vec<String>,
}

impl<'o> Teller<'o> {
    fn new(out: &'o mut Out, json: bool) -> Self {
        Self {
            out,
            json,
            gathered: BTreeMap::new(),
            counts: [0; 3],
            bad: 0,
            last_bad: None,
        }
    }

    /// Whether a progress bar wouldn't get between the lines.
    fn may_draw(&self) -> bool {
        !(self.json && self.out.is_terminal())
    }

    /// One finding.
    fn tell(
        &mut self,
        vendor: Option<VendorRef>,
        order: Option<&DeckOrder>,
        finding: &Finding,
    ) -> Result<(), Failure> {
        self.counts[finding.severity as usize] += 1;
        if let (Severity::Error, Some(order)) = (finding.severity, order)
            && self.last_bad.replace(order.index) != Some(order.index)
        {
            self.bad += 1;
        }
        let place = finding.place.clone().or_else(|| {
            let record = order?.group.records.first()?;
            Some(record.place.clone())
        });
        let id = order.map(|order| order.order.id.as_str());
        if self.json {
            self.out.json(&json!({
                "order": id,
                "vendor": vendor.map(Vendor::name),
                "rule": finding.rule.id,
                "severity": finding.severity.name(),
                "pointer": finding.target.pointer(),
                "message": order.map_or_else(|| finding.message(), |order| order.message(finding)),
                "place": place.as_ref().map(place_json),
            }))?;
            return Ok(());
        }
        let gathered = self.gather(vendor, finding.severity, finding.rule);
        gathered.count += 1;
        if gathered.shown.len() < SHOWN_OF_EACH_RULE {
            let mut line = id.unwrap_or("the file").to_owned();
            let item = order.and_then(|order| order.item_words(finding));
            for part in [
                item.unwrap_or_default(),
                finding.target.pointer().unwrap_or_default(),
                finding.detail.to_string(),
                place.map(|place| place.to_string()).unwrap_or_default(),
            ] {
                if !part.is_empty() {
                    line.push_str("  ");
                    line.push_str(&part);
                }
            }
            gathered.shown.push(line);
        }
        Ok(())
    }

    /// So many findings of a rule that aren't told one by one.
    fn rest(
        &mut self,
        vendor: Option<VendorRef>,
        rule: &'static Rule,
        count: u64,
    ) -> Result<(), Failure> {
        self.counts[rule.severity as usize] += count;
        if self.json {
            self.out.json(&json!({
                "order": null,
                "vendor": vendor.map(Vendor::name),
                "rule": rule.id,
                "severity": rule.severity.name(),
                "pointer": null,
                "message": rule.title,
                "place": null,
                "count": count,
            }))?;
        } else {
            self.gather(vendor, rule.severity, rule).count += count;
        }
        Ok(())
    }

    fn gather(
        &mut self,
        vendor: Option<VendorRef>,
        severity: Severity,
        rule: &'static Rule,
    ) -> &mut Gathered {
        let vendor = vendor.map_or("", |vendor| vendor.title());
        self.gathered
            .entry((std::cmp::Reverse(severity), vendor, rule.id))
            .or_insert(Gathered {
                title: rule.title,
                count: 0,
                shown: Vec::new(),
            })
    }

    /// The last words.
    fn end(self, orders: u64) -> Outcome {
        let [infos, warnings, errors] = self.counts;
        let exit = if errors > 0 {
            Exit::Findings
        } else {
            Exit::Well
        };
        if self.json {
            return Ok(exit);
        }
        let out = self.out;
        for ((severity, vendor, rule), gathered) in self.gathered {
            let tone = match severity.0 {
                Severity::Error => Tone::Bad,
                Severity::Warning => Tone::Warning,
                Severity::Info => Tone::Faint,
            };
            let severity = out.tone(tone, format_args!("{:<7}", severity.0.name()));
            let rule = out.tone(Tone::Strong, rule);
            let whose = if vendor.is_empty() { "" } else { " at " };
            let title = gathered.title;
            out.line(format_args!(
                "{severity} {rule}{whose}{vendor}: {title} ({}×)",
                thousands(gathered.count)
            ))?;
            let more = gathered.count.saturating_sub(gathered.shown.len() as u64);
            for line in &gathered.shown {
                out.line(format_args!("        {}", out.data(line)))?;
            }
            if more > 0 && !gathered.shown.is_empty() {
                let more = format!("and {} more; --json lists all", thousands(more));
                let more = out.tone(Tone::Faint, more);
                out.line(format_args!("        {more}"))?;
            }
        }
        let orders = counted(orders, "order");
        let (errors, warnings) = (counted(errors, "error"), counted(warnings, "warning"));
        let infos = thousands(infos);
        let bad = match self.bad {
            0 => String::new(),
            bad => format!(" in {}", counted(bad, "order")),
        };
        out.line(format_args!(
            "{orders} checked: {errors}{bad}, {warnings}, {infos} to know; `orderdeck explain RULE` says more"
        ))?;
        Ok(exit)
    }
}

fn place_json(place: &Place) -> Value {
    let mut json =
        json!({ "line": place.line, "byte": place.byte, "column": place.column.as_deref() });
    if let Some(sheet) = place.sheet.as_deref() {
        json["sheet"] = sheet.into();
    }
    json
}

/// Stops nothing: for steps that can't be stopped from a command line but by ending the program.
pub fn go_on<T>(_: T) -> ControlFlow<()> {
    ControlFlow::Continue(())
}
