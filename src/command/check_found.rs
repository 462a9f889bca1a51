//! What `check` found: told as JSON, a line each, or gathered for people, with a few examples of each rule.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::failure::{Exit, Outcome};
use super::output::{Out, Tone, counted, thousands};
use crate::deck::DeckOrder;
use crate::finding::{Finding, Place, Rule, Severity};
use crate::vendor::{Vendor, VendorRef};

/// Findings of one rule that are shown one by one to people; the others are counted.
const SHOWN_OF_EACH_RULE: usize = 5;

/// The worst first, then by vendor and rule.
type Heading = (Reverse<Severity>, &'static str, &'static str);

/// Headings with as many examples as are shown.
pub(super) type Enough = BTreeSet<Heading>;

fn heading(vendor: Option<VendorRef>, severity: Severity, rule: &'static Rule) -> Heading {
    let vendor = vendor.map_or("", |vendor| vendor.title());
    (Reverse(severity), vendor, rule.id)
}

/// What was found in a stretch of the file.
pub(super) struct Found {
    /// Lines of JSON, if that is wanted.
    lines: Option<Vec<u8>>,
    gathered: BTreeMap<Heading, Gathered>,
    /// What needs no further example.
    enough: Enough,
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

impl Found {
    pub(super) fn new(json: bool, enough: Enough) -> Self {
        Self {
            lines: json.then(Vec::new),
            gathered: BTreeMap::new(),
            enough,
            counts: [0; 3],
            bad: 0,
            last_bad: None,
        }
    }

    /// Whether more than a number is told of it.
    pub(super) fn would_show(&self, vendor: Option<VendorRef>, finding: &Finding) -> bool {
        let heading = heading(vendor, finding.severity, finding.rule);
        let is_full = |gathered: &Gathered| gathered.shown.len() >= SHOWN_OF_EACH_RULE;
        self.lines.is_some()
            || !self.enough.contains(&heading) && !self.gathered.get(&heading).is_some_and(is_full)
    }

    /// Counts a finding of the order at a place that needs no words.
    pub(super) fn count(
        &mut self,
        vendor: Option<VendorRef>,
        order: Option<usize>,
        finding: &Finding,
    ) {
        self.counts[finding.severity as usize] += 1;
        if let (Severity::Error, Some(order)) = (finding.severity, order)
            && self.last_bad.replace(order) != Some(order)
        {
            self.bad += 1;
        }
        if self.lines.is_none() {
            self.gather(vendor, finding.severity, finding.rule).count += 1;
        }
    }

    /// One finding.
    pub(super) fn tell(
        &mut self,
        vendor: Option<VendorRef>,
        order: Option<&DeckOrder>,
        finding: &Finding,
    ) {
        let is_shown = self.would_show(vendor, finding);
        self.count(vendor, order.map(|order| order.index), finding);
        if !is_shown {
            return;
        }
        let place = finding.place.clone().or_else(|| {
            let record = order?.group.records.first()?;
            Some(record.place.clone())
        });
        let id = order.map(|order| order.order.id.as_str());
        if let Some(lines) = &mut self.lines {
            let line = json!({
                "order": id,
                "vendor": vendor.map(Vendor::name),
                "rule": finding.rule.id,
                "severity": finding.severity.name(),
                "pointer": finding.target.pointer(),
                "message": order.map_or_else(|| finding.message(), |order| order.message(finding)),
                "place": place.as_ref().map(place_json),
            });
            write_line(lines, &line);
            return;
        }
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
        let gathered = self.gather(vendor, finding.severity, finding.rule);
        gathered.shown.push(line);
    }

    /// So many findings of a rule that aren't told one by one.
    pub(super) fn rest(&mut self, vendor: Option<VendorRef>, rule: &'static Rule, count: u64) {
        self.counts[rule.severity as usize] += count;
        match &mut self.lines {
            None => self.gather(vendor, rule.severity, rule).count += count,
            Some(lines) => write_line(
                lines,
                &json!({
                    "order": null,
                    "vendor": vendor.map(Vendor::name),
                    "rule": rule.id,
                    "severity": rule.severity.name(),
                    "pointer": null,
                    "message": rule.title,
                    "place": null,
                    "count": count,
                }),
            ),
        }
    }

    /// Whether the order that was told of last has an error.
    pub(super) fn is_bad(&self, order: usize) -> bool {
        self.last_bad == Some(order)
    }

    /// The order that is told of next was counted as one with an error before.
    pub(super) fn was_bad(&mut self, order: Option<usize>) {
        self.last_bad = order;
    }

    fn gather(
        &mut self,
        vendor: Option<VendorRef>,
        severity: Severity,
        rule: &'static Rule,
    ) -> &mut Gathered {
        self.gathered
            .entry(heading(vendor, severity, rule))
            .or_insert(Gathered {
                title: rule.title,
                count: 0,
                shown: Vec::new(),
            })
    }

    /// Adds what was found further below.
    fn absorb(&mut self, other: Self) {
        for (heading, theirs) in other.gathered {
            let ours = self.gathered.entry(heading).or_insert(Gathered {
                title: theirs.title,
                count: 0,
                shown: Vec::new(),
            });
            ours.count += theirs.count;
            ours.shown.extend(theirs.shown);
            ours.shown.truncate(SHOWN_OF_EACH_RULE);
        }
        for (ours, theirs) in self.counts.iter_mut().zip(other.counts) {
            *ours += theirs;
        }
        self.bad += other.bad;
    }
}

/// Takes what was found, stretch by stretch: prints JSON at once, keeps the rest until the end.
pub(super) struct Teller<'o> {
    out: &'o mut Out,
    all: Found,
}

impl<'o> Teller<'o> {
    pub(super) fn new(out: &'o mut Out, json: bool) -> Self {
        let all = Found::new(json, Enough::new());
        Self { out, all }
    }

    /// Whether a progress bar wouldn't get between the lines.
    pub(super) fn may_draw(&self) -> bool {
        !(self.is_json() && self.out.is_terminal())
    }

    pub(super) fn is_json(&self) -> bool {
        self.all.lines.is_some()
    }

    /// Room for what is found in a stretch.
    pub(super) fn part(&self) -> Found {
        Found::new(self.is_json(), self.enough())
    }

    /// What needs no further example.
    pub(super) fn enough(&self) -> Enough {
        let gathered = self.all.gathered.iter();
        let full = gathered.filter(|(_, gathered)| gathered.shown.len() >= SHOWN_OF_EACH_RULE);
        full.map(|(heading, _)| *heading).collect()
    }

    /// Takes what was found in the next stretch.
    pub(super) fn take(&mut self, found: Found) -> std::io::Result<()> {
        if let Some(lines) = &found.lines {
            self.out.json_lines(lines)?;
        }
        self.all.absorb(found);
        Ok(())
    }

    /// The last words.
    pub(super) fn end(self, orders: u64) -> Outcome {
        let [infos, warnings, errors] = self.all.counts;
        let exit = if errors > 0 {
            Exit::Findings
        } else {
            Exit::Well
        };
        if self.is_json() {
            return Ok(exit);
        }
        let out = self.out;
        for ((severity, vendor, rule), gathered) in self.all.gathered {
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
        let bad = match self.all.bad {
            0 => String::new(),
            bad => format!(" in {}", counted(bad, "order")),
        };
        out.line(format_args!(
            "{orders} checked: {errors}{bad}, {warnings}, {infos} to know; `orderdeck explain RULE` says more"
        ))?;
        Ok(exit)
    }
}

fn write_line(lines: &mut Vec<u8>, line: &Value) {
    // Writing to memory can't fail.
    let _ = serde_json::to_writer(&mut *lines, line);
    lines.push(b'\n');
}

fn place_json(place: &Place) -> Value {
    let mut json =
        json!({ "line": place.line, "byte": place.byte, "column": place.column.as_deref() });
    if let Some(sheet) = place.sheet.as_deref() {
        json["sheet"] = sheet.into();
    }
    json
}
