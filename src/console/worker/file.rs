//! Reading the file: opening, rows, payloads, findings, filters.

use std::collections::{BTreeMap, HashMap};
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::background::LOOKS_EVERY;
use super::send::with_operation;
use super::{Tell, Worker};
use crate::console::event::{Arrival, Ticket};
use crate::console::model::{Inspection, Row, RuleHit, SurveyPart, Verdict};
use crate::console::session::Keep;
use crate::console::widget::text;
use crate::deck::list::Column;
use crate::deck::sweep::{Pace, Swept};
use crate::deck::{Deck, DeckOrder, Target};
use crate::finding::Severity;
use crate::ledger::{Book, Known, Ledger, RunName, SqliteLedger};
use crate::order::outcome::Operation;
use crate::order::{LineItem, Text};
use crate::profile::private;
use crate::source::{Progress, Reading};
use crate::vendor::{Encoded, PayloadChange, Scope};
use crate::workspace::Workspace;

/// The sample that the sandbox is tried with.
const SAMPLE: &[u8] = include_bytes!("../../../assets/samples/shopify-orders.csv");
/// Its folder in the data directory.
pub(super) const SAMPLES: &str = "samples";
/// Its folder in the temporary directory, where the data directory can't be used.
const SAMPLES_ASIDE: &str = "orderdeck-sample";
/// The sample's file in there.
const SAMPLE_NAME: &str = "shopify-orders.csv";

/// Whether that is where the sample is written.
pub fn is_sample_path(path: &Path) -> bool {
    let folders = [SAMPLES, SAMPLES_ASIDE].into_iter();
    folders
        .map(|folder| Path::new(folder).join(SAMPLE_NAME))
        .any(|end| path.ends_with(end))
}
/// How often progress is told.
pub(super) const TOLD_EVERY: Duration = Duration::from_millis(80);
/// The most orders that are told of at once: each is taken in on the thread that draws.
pub(in crate::console) const TOLD_AT_ONCE: usize = 4_096;

/// A message without the lines of a file that it shows: there is one line of room for it.
fn in_one_line(text: &str) -> String {
    let told: Vec<&str> = text.lines().filter(|line| !line.starts_with(' ')).collect();
    told.join("; ")
}

/// Writes a text to a new file.
pub(super) fn save(to: &Path, text: &str, tell: Tell<'_>) {
    let written = private::create_private_file(to)
        .map_err(|error| error.to_string())
        .and_then(|mut file| {
            file.write_all(text.as_bytes())
                .map_err(|error| format!("can't write {}: {error}", to.display()))
        });
    tell(Arrival::Tell(
        written.map(|()| format!("written to {}", to.display())),
    ));
}

impl Worker {
    /// Counts all orders, when no file is being checked: what is found wrong is waited for more.
    pub(super) fn overview(&self, ticket: Ticket, deck: &Deck, tell: Tell<'_>) {
        let is_wanted = || !Self::outdated(&self.overviews, ticket);
        let counted = deck.overview(&mut |done| {
            if done % LOOKS_EVERY == 0 {
                self.checks.wait(is_wanted);
            }
            if is_wanted() {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        match counted {
            Ok(overview) => tell(Arrival::Overview {
                ticket,
                overview: Box::new(overview.clone()),
            }),
            // Whoever stopped it knows.
            Err(_) if !is_wanted() => {}
            Err(error) => tell(Arrival::Tell(Err(error.to_string()))),
        }
    }

    pub(super) fn open(
        &self,
        (ticket, keep): (Ticket, Keep),
        path: Option<PathBuf>,
        (mapping, reading): (Option<&str>, Option<Reading>),
        tell: Tell<'_>,
    ) {
        let workspace = self.workspace.now();
        let path = match path.map_or_else(|| sample(&workspace), Ok) {
            Ok(path) => path,
            Err(why) => {
                return tell(Arrival::Opened {
                    ticket,
                    deck: Err(why),
                });
            }
        };
        let mut told = Instant::now();
        let before = reading.map(|reading| {
            let before = workspace.reading(&path);
            workspace.read_as(&path, reading);
            before
        });
        if let Some(deck) = workspace.open_beginning(&path, mapping) {
            tell(Arrival::Beginning { ticket, deck });
        }
        let mut progress = |progress: Progress| {
            if told.elapsed() > TOLD_EVERY {
                told = Instant::now();
                tell(Arrival::Opening {
                    ticket,
                    bytes: progress.bytes,
                    total: progress.total,
                });
            }
            if Self::outdated(&self.opens, ticket) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let mut opened = workspace.open_file(&path, mapping, &mut progress);
        // Read otherwise it may have other columns: another mapping fits them then.
        if before.is_some() && opened.is_err() && mapping.is_some() {
            opened = workspace.open_file(&path, None, &mut progress);
        }
        if let Err(error) = &opened {
            // What was open before stays as it was.
            if let Some(before) = before {
                workspace.read_as(&path, before);
            } else if let Some(draft) = Self::draft_of_unknown(&workspace, &path, error) {
                return tell(Arrival::Unknown {
                    ticket,
                    draft,
                    why: in_one_line(&error.to_string()),
                });
            }
        }
        let mut deck = opened.map_err(|error| in_one_line(&error.to_string()));
        // A ledger that can't be read keeps nobody from looking at the file; it isn't sent without its edits.
        let unread = deck.as_mut().ok().and_then(|deck| {
            let error = workspace.load_edits(deck).err()?;
            Some(format!("shown without the edits kept for it: {error}"))
        });
        if let Ok(deck) = &deck
            && let Err(error) = workspace.remember(deck)
        {
            tell(Arrival::NotRecent(error.to_string()));
        }
        let samples = workspace.directories().data().join(SAMPLES);
        // What is kept takes its own turn at the workspace: two at once never end where the sandbox waits between.
        drop(workspace);
        let deck = deck.map(|deck| {
            let mut kept = self.kept(&deck, keep);
            kept.is_sample = path.starts_with(samples)
                || path.starts_with(std::env::temp_dir().join(SAMPLES_ASIDE));
            (deck, Box::new(kept))
        });
        let notes = deck
            .as_ref()
            .map_or_else(|_| Vec::new(), |(deck, _)| deck.notes().to_vec());
        tell(Arrival::Opened { ticket, deck });
        for note in notes {
            tell(Arrival::Tell(Ok(in_one_line(&note))));
        }
        if let Some(why) = unread {
            tell(Arrival::Tell(Err(why)));
        }
    }

    pub(super) fn rows(
        &self,
        ticket: Ticket,
        deck: &Deck,
        places: &[usize],
        targets: &[Option<Target>],
        tell: Tell<'_>,
    ) {
        let mut rows: Vec<Row> = places
            .iter()
            .map(|place| row(deck, *place, targets.len()))
            .collect();
        let workspace = self.workspace.now();
        let mut ledgers: BTreeMap<Book, Option<SqliteLedger>> = BTreeMap::new();
        for (tab, target) in targets.iter().enumerate() {
            let Some(target) = target else { continue };
            let book = Workspace::book(&target.account);
            let ledger = ledgers
                .entry(book)
                .or_insert_with(|| workspace.existing_ledger(book).ok().flatten());
            let Some(ledger) = ledger else { continue };
            let keys: Vec<&str> = rows.iter().map(|row| row.key.as_str()).collect();
            let found = ledger.last_known(&target.account.account, target.vendor.name(), &keys);
            for (row, known) in rows.iter_mut().zip(found.unwrap_or_default()) {
                if let (Some(slot), Some(known)) = (row.strange.get_mut(tab), &known) {
                    *slot = strange(deck, row.place, target, known);
                }
                if let Some(slot) = row.sent.get_mut(tab) {
                    *slot = known.map(|known| {
                        (
                            RunName {
                                book,
                                id: known.run,
                            },
                            known,
                        )
                    });
                }
            }
        }
        tell(Arrival::Rows { ticket, rows });
    }

    pub(super) fn survey(
        &self,
        ticket: Ticket,
        deck: &Deck,
        tab: usize,
        target: &Target,
        places: Option<Vec<usize>>,
        tell: Tell<'_>,
    ) {
        let all = places.is_none();
        let mut told = Instant::now();
        let mut part = SurveyPart::default();
        let mut once: Vec<(RuleHit, usize)> = Vec::new();
        let _check = self.checks.begin();
        let mut take = |next: SurveyPart| {
            if Self::outdated(&self.surveys, ticket) {
                return Err(());
            }
            for (hit, count) in next.once {
                add_once(&mut once, hit, count);
            }
            part.orders.extend(next.orders);
            part.trouble = part.trouble.take().or(next.trouble);
            if told.elapsed() > TOLD_EVERY || part.orders.len() >= TOLD_AT_ONCE {
                told = Instant::now();
                let part = std::mem::take(&mut part);
                tell(Arrival::Surveyed { ticket, tab, part });
            }
            Ok(())
        };
        let looked = if let Some(places) = places {
            let mut orders = deck.orders();
            places.into_iter().try_for_each(|place| {
                let mut checked = Checked::default();
                checked.add(deck, target, place, orders.read(place));
                take(checked.part)
            })
        } else {
            deck.sweep(
                Pace::default(),
                0..deck.len(),
                Checked::default,
                |checked, place, order| {
                    checked.add(deck, target, place, order);
                    Ok(())
                },
                |_, checked: Checked| take(checked.part),
            )
        };
        if looked.is_ok() {
            part.done = true;
            if all {
                part.once = once;
            }
            tell(Arrival::Surveyed { ticket, tab, part });
        }
    }
}

/// What a check found in a stretch of the file.
#[derive(Default)]
struct Checked {
    part: SurveyPart,
    /// Room for one payload.
    encoded: Encoded,
}

impl Checked {
    fn add(&mut self, deck: &Deck, target: &Target, place: usize, order: Swept<'_>) {
        let order = match order {
            Ok(order) => order,
            Err(error) => {
                self.part.orders.push((place, Verdict::Blocked, Vec::new()));
                self.part.trouble.get_or_insert_with(|| error.to_string());
                return;
            }
        };
        let available = deck.encode(order, target, &mut self.encoded);
        let (verdict, hits) = judge(order, available.is_ok(), &self.encoded, target);
        self.part.orders.push((place, verdict, hits));
        count_once(&self.encoded, target, &mut self.part.once);
    }
}

/// The source that the account has this id from, where that is another file with other content.
fn strange(deck: &Deck, place: usize, target: &Target, known: &Known) -> Option<String> {
    let is_elsewhere = known.operation == Operation::Import
        && known.outcome.is_taken()
        && !known.source.is_empty()
        && known.source != deck.source().identity();
    if !is_elsewhere {
        return None;
    }
    let target = with_operation(target, Operation::Import);
    let mut encoded = Encoded::default();
    let (_, available) = deck.encode_at(place, &target, &mut encoded).ok()?;
    available.ok()?;
    (known.payload_hash != Some(encoded.hash())).then(|| known.source.clone())
}

/// The sample, written into the data directory, since a source is a file. Where that can't be used, into the
/// temporary one: looking needs no data directory, and whatever does says what is wrong with it.
fn sample(workspace: &Workspace) -> Result<PathBuf, String> {
    let own = workspace
        .directories()
        .ensure_data()
        .map_err(|error| error.to_string())
        .and_then(|data| sample_in(&data.join(SAMPLES)));
    own.or_else(|why| sample_in(&std::env::temp_dir().join(SAMPLES_ASIDE)).map_err(|_| why))
}

fn sample_in(directory: &Path) -> Result<PathBuf, String> {
    let path = directory.join(SAMPLE_NAME);
    let write = || -> Result<(), String> {
        private::ensure_private_directory(directory).map_err(|error| error.to_string())?;
        if std::fs::read(&path).is_ok_and(|there| there == SAMPLE) {
            return Ok(());
        }
        private::replace_private_file(&path, SAMPLE).map_err(|error| error.to_string())
    };
    write().map_err(|why| format!("the sample can't be written to {}: {why}", path.display()))?;
    Ok(path)
}

/// How many line items are told in words.
const ITEMS_TOLD: usize = 8;

fn row(deck: &Deck, place: usize, tabs: usize) -> Row {
    let mut row = Row {
        place,
        key: String::new(),
        cells: Vec::new(),
        currency: String::new(),
        line: deck.index().place(place).and_then(|place| place.line),
        items: Vec::new(),
        left: None,
        edits: 0,
        sent: vec![None; tabs],
        strange: vec![None; tabs],
        trouble: None,
    };
    match deck.order(place) {
        Ok(DeckOrder {
            order, left, edits, ..
        }) => {
            row.cells = Column::ALL
                .iter()
                .map(|column| column.value(&order))
                .collect();
            row.currency = order
                .currency
                .map_or_else(String::new, |currency| currency.code().to_owned());
            row.items = order.items.iter().take(ITEMS_TOLD).map(item).collect();
            row.left = left;
            row.edits = edits.len();
            row.key = order.id;
        }
        Err(error) => {
            row.key = deck.source_key(place).unwrap_or_default();
            row.trouble = Some(error.to_string());
        }
    }
    row
}

/// Counts the rules that nearly every order meets, each once an order.
fn count_once(encoded: &Encoded, target: &Target, once: &mut Vec<(RuleHit, usize)>) {
    for rule in target.vendor.counted_once() {
        let Some(finding) = encoded
            .findings
            .iter()
            .find(|finding| finding.rule == *rule)
        else {
            continue;
        };
        let hit = RuleHit {
            rule: finding.rule,
            severity: finding.severity,
        };
        add_once(once, hit, 1);
    }
}

fn add_once(once: &mut Vec<(RuleHit, usize)>, hit: RuleHit, more: usize) {
    match once.iter_mut().find(|(known, _)| known.rule == hit.rule) {
        Some((_, count)) => *count += more,
        None => once.push((hit, more)),
    }
}

/// A line item in words: `2 × Stoneware mug`.
fn item(item: &LineItem) -> String {
    let name = [&item.name, &item.sku, &item.product_id];
    let name = name.into_iter().flatten().next();
    let name = name.map_or("an item without a name", Text::as_str);
    match item.quantity {
        Some(quantity) => format!("{quantity} × {name}"),
        None => name.to_owned(),
    }
}

/// The marker of an order, and the rules that spoke; those that nearly every order meets are passed over.
fn judge(
    order: &DeckOrder,
    available: bool,
    encoded: &Encoded,
    target: &Target,
) -> (Verdict, Vec<RuleHit>) {
    if !available {
        return (Verdict::Foreign, Vec::new());
    }
    let once = target.vendor.counted_once();
    let mut hits: Vec<RuleHit> = Vec::new();
    for finding in &encoded.findings {
        let hit = RuleHit {
            rule: finding.rule,
            severity: finding.severity,
        };
        if once.contains(&finding.rule) {
            continue;
        }
        // A rule that speaks twice of an order counts once, by the worse.
        match hits.iter_mut().find(|known| known.rule == hit.rule) {
            Some(known) => known.severity = known.severity.max(hit.severity),
            None => hits.push(hit),
        }
    }
    let verdict = if order.left.is_some() {
        Verdict::Left
    } else if hits.iter().any(|hit| hit.severity == Severity::Error) {
        Verdict::Blocked
    } else if hits.iter().any(|hit| hit.severity == Severity::Warning) {
        Verdict::Warned
    } else {
        Verdict::Well
    };
    (verdict, hits)
}

/// The payload of one order, with everything that is said about it.
pub(in crate::console) fn inspect(
    deck: &Deck,
    place: usize,
    tab: usize,
    target: Target,
) -> Result<Inspection, String> {
    let order = deck.order(place).map_err(|error| error.to_string())?;
    let payload = deck
        .payload(&order, &target)
        .map_err(|error| error.to_string());
    let (mut origins, mut fixable, mut fixes) = (HashMap::new(), Vec::new(), Vec::new());
    if let Ok(payload) = &payload {
        for (pointer, origin) in &payload.origins {
            origins.insert(
                pointer.clone(),
                deck.origin_words(&order, target.vendor, pointer, *origin),
            );
        }
        let scope = Scope {
            operation: target.operation,
            account: &target.account,
            now: target.now,
        };
        fixes = payload
            .findings
            .iter()
            .map(|finding| {
                let changes = target.vendor.fix(finding, &payload.value, &scope);
                changes.map_or_else(String::new, |changes| fix_words(&changes))
            })
            .collect();
        fixable = fixes.iter().map(|words| !words.is_empty()).collect();
    }
    Ok(Inspection {
        place,
        tab,
        order,
        target,
        payload,
        origins,
        fixable,
        fixes,
    })
}

/// What a fix does, in words: `sets items/0/sku to "A-1", takes tax out`.
fn fix_words(changes: &[PayloadChange]) -> String {
    let words = changes.iter().map(|change| {
        let place = change.pointer.trim_start_matches('/');
        let words = match &change.value {
            Some(value) => format!("sets {place} to {value}"),
            None => format!("takes {place} out"),
        };
        text::shown(&words).into_owned()
    });
    words.collect::<Vec<_>>().join(", ")
}
