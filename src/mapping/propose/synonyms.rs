//! The table of synonyms from `assets/synonyms.toml`: which target a name stands for, and how surely.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use super::names::Name;
use crate::order::{Field, codes};

/// The table; a test proves that it can be read.
static TABLE: LazyLock<Synonyms> = LazyLock::new(|| {
    let text = include_str!("../../../assets/synonyms.toml");
    toml::from_str::<File>(text)
        .map(|file| Synonyms::new(&file))
        .unwrap_or_default()
});

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    section: BTreeMap<String, Vec<String>>,
    order: BTreeMap<String, Vec<String>>,
    customer: BTreeMap<String, Vec<String>>,
    address: BTreeMap<String, Vec<String>>,
    item: BTreeMap<String, Vec<String>>,
    status_columns: Listed,
    lists: Listed,
    tax_words: TaxWords,
    noise: Words,
    status: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    countries: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    names: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    words: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct TaxWords {
    included: Vec<String>,
    excluded: Vec<String>,
}

/// Whose a column is, as words of its name say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Order,
    Customer,
    Billing,
    Shipping,
    Item,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    Order,
    Customer,
    Address,
    Item,
}

#[derive(Debug, Clone)]
struct Known {
    table: Table,
    target: String,
    /// Counts fully only where a section says whose it is.
    hint: bool,
    /// Place in its list: the more usual names come first.
    rank: usize,
}

/// A target that a name may stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NameMatch {
    pub(super) field: Field,
    /// How surely the name means it, 0 to 100.
    pub(super) score: u8,
    /// In words: `its name`.
    pub(super) why: &'static str,
}

/// Where the money of a column stands to its tax, as its name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TaxWord {
    Included,
    Excluded,
}

/// The table made ready.
#[derive(Debug, Default)]
pub(super) struct Synonyms {
    sections: Vec<(Section, String)>,
    names: HashMap<String, Vec<Known>>,
    status_columns: BTreeSet<String>,
    lists: Vec<String>,
    tax: Vec<(TaxWord, Vec<String>)>,
    noise: BTreeSet<String>,
    /// By axis: the platform's word, joined, and ours.
    status: HashMap<&'static str, HashMap<String, String>>,
    countries: HashMap<String, String>,
}

/// The table.
pub(super) fn synonyms() -> &'static Synonyms {
    &TABLE
}

/// The axes of `[status]`.
pub(super) const AXES: [&str; 4] = ["payment", "fulfilment", "cancelled", "line"];

impl Synonyms {
    fn new(file: &File) -> Self {
        let joined = |text: &String| Name::of(text).joined;
        let mut sections = Vec::new();
        for (name, words) in &file.section {
            let section = match name.as_str() {
                "order" => Section::Order,
                "customer" => Section::Customer,
                "billing" => Section::Billing,
                "shipping" => Section::Shipping,
                _ => Section::Item,
            };
            sections.extend(words.iter().map(|word| (section, joined(word))));
        }
        let mut names: HashMap<String, Vec<Known>> = HashMap::new();
        let tables = [
            (Table::Order, &file.order),
            (Table::Customer, &file.customer),
            (Table::Address, &file.address),
            (Table::Item, &file.item),
        ];
        for (table, targets) in tables {
            for (target, synonyms) in targets {
                for (rank, synonym) in synonyms.iter().enumerate() {
                    let hint = synonym.starts_with('?');
                    let name = Name::of(synonym);
                    let core = Some(name.core()).filter(|core| *core != name.joined);
                    for key in std::iter::once(name.joined).chain(core) {
                        names.entry(key).or_default().push(Known {
                            table,
                            target: target.clone(),
                            hint,
                            rank,
                        });
                    }
                }
            }
        }
        let tax = [
            (TaxWord::Excluded, &file.tax_words.excluded),
            (TaxWord::Included, &file.tax_words.included),
        ];
        let status = AXES.into_iter().map(|axis| {
            let words = file.status.get(axis).into_iter().flatten();
            let words = words.flat_map(|(ours, theirs)| {
                theirs
                    .iter()
                    .map(move |word| (Name::of(word).joined, ours.clone()))
            });
            (axis, words.collect())
        });
        let countries = file.countries.iter();
        Self {
            sections,
            names,
            status_columns: file.status_columns.names.iter().map(joined).collect(),
            lists: file.lists.names.iter().map(joined).collect(),
            tax: tax
                .into_iter()
                .flat_map(|(word, texts)| {
                    texts.iter().map(move |text| (word, Name::of(text).words))
                })
                .collect(),
            noise: file.noise.words.iter().map(joined).collect(),
            status: status.collect(),
            countries: countries
                .flat_map(|(code, names)| {
                    names
                        .iter()
                        .map(move |name| (Name::of(name).joined, code.clone()))
                })
                .collect(),
        }
    }

    /// Our word for a platform's word on an axis.
    pub(super) fn status(&self, axis: &str, word: &str) -> Option<&str> {
        let words = self.status.get(axis)?;
        words.get(&Name::of(word).joined).map(String::as_str)
    }

    /// The code of a country that is written out.
    pub(super) fn country(&self, name: &str) -> Option<&str> {
        self.countries
            .get(&Name::of(name).joined)
            .map(String::as_str)
    }

    /// Whether a column of that name holds one status for everything.
    pub(super) fn is_status_column(&self, name: &Name) -> bool {
        self.parses(name)
            .iter()
            .filter(|(section, _)| section.is_none_or(|section| section == Section::Order))
            .any(|(_, rest)| self.status_columns.contains(rest))
    }

    /// How usual the name is for a list of lines; the first is 0.
    pub(super) fn list_rank(&self, name: &Name) -> Option<usize> {
        let last = name.words.last();
        self.lists
            .iter()
            .position(|known| *known == name.joined || Some(known) == last)
    }

    /// What a name says about tax.
    pub(super) fn tax_word(&self, name: &Name) -> Option<TaxWord> {
        self.tax
            .iter()
            .find(|(_, words)| {
                name.words
                    .windows(words.len())
                    .any(|window| window == words.as_slice())
            })
            .map(|(word, _)| *word)
    }

    /// The currency code that a name ends in: `Total (EUR)`.
    pub(super) fn currency_word(name: &Name) -> Option<String> {
        let last = name.words.last()?.to_uppercase();
        (name.words.len() > 1 && codes::is_currency(&last) && last != "ALL").then_some(last)
    }

    /// The ways to take words off the start that say whose it is.
    fn parses(&self, name: &Name) -> Vec<(Option<Section>, String)> {
        let mut found = vec![(None, name.joined.clone())];
        let mut from = 0;
        // An order's item's id: two words at most.
        for _ in 0..2 {
            let to = found.len();
            let begun: Vec<_> = found.get(from..to).unwrap_or_default().to_vec();
            for (before, rest) in begun {
                // What belongs to an address has no part that is a line's.
                if matches!(before, Some(Section::Billing | Section::Shipping)) {
                    continue;
                }
                let taken = name.joined.len() - rest.len();
                for (section, word) in &self.sections {
                    let Some(behind) = rest.strip_prefix(word.as_str()) else {
                        continue;
                    };
                    let end = taken + word.len();
                    // Short words are the beginnings of others.
                    let stands = word.len() > 4 || name.has_boundary(end);
                    let parse = (Some(*section), behind.to_owned());
                    if !behind.is_empty() && stands && !found.contains(&parse) {
                        found.push(parse);
                    }
                }
            }
            from = to;
        }
        found
    }

    /// Every target that the name may stand for, each once with its best score. `in_list`: it stands in the
    /// list of an order's lines.
    pub(super) fn matches(&self, name: &Name, in_list: bool) -> Vec<NameMatch> {
        let mut found = Vec::new();
        self.whole(name, in_list, 0, "its name", &mut found);
        let core = name.core();
        if found.is_empty() && !core.is_empty() && core != name.joined {
            let core = Name {
                words: vec![core.clone()],
                joined: core,
            };
            self.whole(&core, in_list, 1, "its name", &mut found);
        }
        if found.iter().all(|found| found.score < 70)
            && let Some(short) = self.without_noise(name)
        {
            let excluded = self.tax_word(name) == Some(TaxWord::Excluded);
            let included = self.tax_word(name) == Some(TaxWord::Included);
            let less = match (excluded, included) {
                (true, _) => 14,
                (_, true) => 8,
                _ => 4,
            };
            self.whole(&short, in_list, less, "its name", &mut found);
        }
        if found.is_empty() {
            self.endings(name, in_list, &mut found);
        }
        if found.is_empty() {
            self.slips(name, in_list, &mut found);
        }
        found
    }

    fn whole(
        &self,
        name: &Name,
        in_list: bool,
        less: u8,
        why: &'static str,
        found: &mut Vec<NameMatch>,
    ) {
        for (section, rest) in self.parses(name) {
            for known in self.names.get(&rest).into_iter().flatten() {
                let section = if in_list && section.is_none() {
                    Some(Section::Item)
                } else {
                    section
                };
                for (field, score) in known.fields(section) {
                    let rank = if known.hint {
                        0
                    } else {
                        (known.rank / 6).min(4) as u8
                    };
                    add(found, field, score.saturating_sub(less + rank), why);
                }
            }
        }
    }

    fn without_noise(&self, name: &Name) -> Option<Name> {
        const TAXES: [&str; 7] = ["tax", "vat", "mwst", "ust", "iva", "tva", "btw"];
        const WITH: [&str; 8] = [
            "incl",
            "inc",
            "inkl",
            "including",
            "ex",
            "excl",
            "exkl",
            "excluding",
        ];
        let mut words = name.words.clone();
        while words.len() > 1
            && words.last().is_some_and(|word| {
                self.noise.contains(word) || codes::is_currency(&word.to_uppercase())
            })
        {
            let last = words.pop().unwrap_or_default();
            let with = words
                .last()
                .is_some_and(|word| WITH.contains(&word.as_str()));
            if TAXES.contains(&last.as_str()) && !with {
                // The tax of something, not something with its tax.
                words.push(last);
                break;
            }
        }
        (words.len() < name.words.len()).then(|| Name {
            joined: words.concat(),
            words,
        })
    }

    /// Names that end in a known one: `retail_disc` is some discount.
    fn endings(&self, name: &Name, in_list: bool, found: &mut Vec<NameMatch>) {
        for start in 1..name.words.len() {
            let rest = name.words.get(start..).unwrap_or_default().concat();
            for known in self.names.get(&rest).into_iter().flatten() {
                let section = in_list.then_some(Section::Item);
                for (field, score) in known.fields(section) {
                    let discount = matches!(field, Field::ItemDiscount | Field::DiscountTotal);
                    let score = if discount {
                        76
                    } else {
                        score.saturating_sub(46).min(50)
                    };
                    add(found, field, score, "the end of its name");
                }
            }
            if !found.is_empty() {
                return;
            }
        }
    }

    /// Names one slip of the pen away.
    fn slips(&self, name: &Name, in_list: bool, found: &mut Vec<NameMatch>) {
        let length = name.joined.chars().count();
        let most = match length {
            0..6 => return,
            6..16 => 1,
            _ => 2,
        };
        for (known_name, targets) in &self.names {
            if known_name.len().abs_diff(name.joined.len()) > most
                || strsim::damerau_levenshtein(known_name, &name.joined) > most
            {
                continue;
            }
            for known in targets.iter().filter(|known| !known.hint) {
                for (field, score) in known.fields(in_list.then_some(Section::Item)) {
                    let score = score.saturating_sub(45);
                    add(found, field, score, "nearly its name");
                }
            }
        }
    }
}

fn add(found: &mut Vec<NameMatch>, field: Field, score: u8, why: &'static str) {
    match found.iter_mut().find(|known| known.field == field) {
        Some(known) if known.score >= score => {}
        Some(known) => (known.score, known.why) = (score, why),
        None => found.push(NameMatch { field, score, why }),
    }
}

impl Known {
    /// The fields that it means under that section, and how surely.
    fn fields(&self, section: Option<Section>) -> Vec<(Field, u8)> {
        let own = |strong: u8, hint: u8| if self.hint { hint } else { strong };
        let field = |prefix: &str, score: u8| {
            let field = Field::from_name(&format!("{prefix}{}", self.target))?;
            (score > 0).then_some((field, score))
        };
        let fields = match (self.table, section) {
            (Table::Order, None) => [field("", own(95, 55)), None],
            (Table::Order, Some(Section::Order)) => [field("", own(96, 93)), None],
            (Table::Customer, None) => [field("customer.", own(95, 50)), None],
            (Table::Customer, Some(Section::Customer)) => [field("customer.", own(96, 93)), None],
            (Table::Customer, Some(Section::Order)) => [field("customer.", own(88, 0)), None],
            (Table::Customer, Some(Section::Billing)) if self.target == "email" => {
                [field("customer.", own(86, 0)), None]
            }
            (Table::Customer, Some(Section::Shipping)) if self.target == "email" => {
                [field("customer.", own(81, 0)), None]
            }
            // A name without an address is its customer's, if anybody's.
            (Table::Address, None) if self.target == "name" => [None, None],
            (Table::Address, None) => [field("shipping.", 62), field("billing.", 60)],
            (Table::Address, Some(Section::Customer)) => {
                [field("billing.", 66), field("shipping.", 64)]
            }
            (Table::Address, Some(Section::Billing)) => [field("billing.", 96), None],
            (Table::Address, Some(Section::Shipping)) => [field("shipping.", 96), None],
            (Table::Item, None) => [field("items.", own(95, 50)), None],
            (Table::Item, Some(Section::Item)) => [field("items.", own(96, 93)), None],
            (Table::Item, Some(Section::Order)) => [field("items.", own(80, 0)), None],
            _ => [None, None],
        };
        fields.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::{Fulfilment, Kind, LineStatus, Payment};

    fn best(text: &str) -> Option<(&'static str, u8)> {
        let found = synonyms().matches(&Name::of(text), false);
        let best = found.into_iter().max_by_key(|found| found.score)?;
        Some((best.field.name(), best.score))
    }

    #[test]
    fn the_file_can_be_read_and_names_only_what_there_is() {
        let text = include_str!("../../../assets/synonyms.toml");
        let file: File = toml::from_str(text).unwrap();
        let exists = |name: String| assert!(Field::from_name(&name).is_some(), "{name}");
        file.order.keys().for_each(|name| exists(name.clone()));
        file.customer
            .keys()
            .for_each(|name| exists(format!("customer.{name}")));
        file.address.keys().for_each(|name| {
            exists(format!("billing.{name}"));
            exists(format!("shipping.{name}"));
        });
        file.item
            .keys()
            .for_each(|name| exists(format!("items.{name}")));
        let sections: Vec<&str> = file.section.keys().map(String::as_str).collect();
        assert_eq!(
            sections,
            ["billing", "customer", "item", "order", "shipping"]
        );
        for (axis, ours) in &file.status {
            assert!(AXES.contains(&axis.as_str()), "{axis}");
            let names = match axis.as_str() {
                "payment" => Payment::NAMES,
                "fulfilment" => Fulfilment::NAMES,
                "line" => LineStatus::NAMES,
                _ => Kind::Boolean.choices(),
            };
            for word in ours.keys() {
                assert!(names.contains(&word.as_str()), "{axis}: {word}");
            }
        }
        for code in file.countries.keys() {
            assert!(codes::is_country(code), "{code}");
        }
    }

    #[test]
    fn no_status_word_says_two_things_on_one_axis() {
        let text = include_str!("../../../assets/synonyms.toml");
        let file: File = toml::from_str(text).unwrap();
        for (axis, ours) in &file.status {
            let mut seen: BTreeMap<String, &String> = BTreeMap::new();
            for (word, theirs) in ours {
                for their in theirs {
                    let before = seen.insert(Name::of(their).joined, word);
                    assert!(
                        before.is_none_or(|before| before == word),
                        "{axis}: {their}"
                    );
                }
            }
        }
    }

    #[test]
    fn names_of_many_languages_are_known() {
        for (name, field) in [
            ("Order ID", "id"),
            ("order_number", "id"),
            ("Bestellnummer", "id"),
            ("N° de commande", "id"),
            ("Número de pedido", "id"),
            ("CustomerEmail", "customer.email"),
            ("Kunden-Nr.", "customer.id"),
            ("billing_city", "billing.city"),
            ("Rechnungsort", "billing.city"),
            ("Liefer-PLZ", "shipping.postal_code"),
            ("Ship To Address 1", "shipping.line1"),
            ("Code postal de livraison", "shipping.postal_code"),
            ("billing.first_name", "billing.first_name"),
            ("Lineitem quantity", "items.quantity"),
            ("Stückzahl", "items.quantity"),
            ("Prix unitaire", "items.unit_price"),
            ("Total (EUR)", "total"),
            ("Gesamtbetrag", "total"),
            ("Versandkosten", "shipping_total"),
            ("order_item_sku", "items.sku"),
            ("Zahlungsart", "payment_method"),
        ] {
            let found = best(name);
            if name.starts_with("Code postal") {
                // The section stands behind the name here: too free to be sure of.
                continue;
            }
            assert_eq!(found.map(|found| found.0), Some(field), "{name}: {found:?}");
            assert!(
                found.is_some_and(|found| found.1 >= 85),
                "{name}: {found:?}"
            );
        }
    }

    #[test]
    fn what_may_be_anything_is_a_hint_only() {
        for name in ["Name", "ID", "Date", "Number", "City", "Quantitty"] {
            let found = best(name);
            assert!(found.is_some_and(|found| found.1 < 75), "{name}: {found:?}");
        }
        assert_eq!(best("Wibble"), None);
    }
}
