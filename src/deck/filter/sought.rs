//! What the bytes of an order must hold for it to pass a filter, where they can tell: most orders needn't be decoded
//! then. They only ever tell that an order can't pass.

use memchr::memmem::Finder;

use super::condition::Condition;
use super::key::Key;
use super::{Filter, Term};
use crate::mapping::Compiled;
use crate::order::field::Kind;

/// Parts of words: one of each list must stand in an order's bytes.
#[derive(Debug)]
pub struct Sought {
    terms: Vec<Vec<Part>>,
}

/// A part of a word: letters of ASCII, small ones.
#[derive(Debug)]
struct Part {
    finder: Finder<'static>,
    /// Other letters that are one of its own when they are small.
    others: Vec<Finder<'static>>,
}

/// The letters beyond ASCII that have one of ASCII in their small form.
const OTHERS: [(char, char); 2] = [('i', '\u{130}'), ('k', '\u{212a}')];

impl Filter {
    /// What can be looked for in the bytes of orders that this mapping reads, if anything can.
    pub fn sought(&self, mapping: &Compiled) -> Option<Sought> {
        let terms: Vec<Vec<Part>> = self
            .terms
            .iter()
            .filter_map(|term| parts(term, mapping))
            .collect();
        (!terms.is_empty()).then_some(Sought { terms })
    }
}

/// One part of each of a term's values; none where the bytes don't tell.
fn parts(term: &Term, mapping: &Compiled) -> Option<Vec<Part>> {
    match term.key {
        Key::Anywhere | Key::Customer => {}
        Key::Field(field) if field.kind() == Kind::Text => {}
        _ => return None,
    }
    if !term.wanted || !mapping.is_verbatim(&term.key.fields()) {
        return None;
    }
    // A customer's name may be put together from two cells, with a blank between them.
    let is_joined = term.key == Key::Customer;
    let part = |condition: &Condition| match condition {
        Condition::Contains(text) | Condition::Is(text) => Part::of(text, is_joined),
        _ => None,
    };
    term.any.iter().map(part).collect()
}

impl Part {
    /// The longest part of a text that its bytes show in any file: quotes may be doubled there, and its words stand
    /// in cells of their own where it `is_joined`.
    fn of(text: &str, is_joined: bool) -> Option<Self> {
        let parts = text.split(|c: char| !c.is_ascii() || c == '"' || (is_joined && c == ' '));
        let longest = parts.max_by_key(|part| part.len())?;
        if longest.is_empty() {
            return None;
        }
        let others = OTHERS.iter().filter(|(own, _)| longest.contains(*own));
        Some(Self {
            finder: Finder::new(longest).into_owned(),
            others: others
                .map(|(_, other)| Finder::new(&other.to_string()).into_owned())
                .collect(),
        })
    }

    fn may_stand_in(&self, small: &[u8]) -> bool {
        self.finder.find(small).is_some()
            || self.others.iter().any(|other| other.find(small).is_some())
    }
}

impl Sought {
    /// Whether what is sought may stand in these bytes of an order; `room` is used again.
    pub fn may_stand_in(&self, bytes: &[u8], room: &mut Vec<u8>) -> bool {
        room.clear();
        // Cells are these bytes without some of their quotes.
        let mut start = 0;
        for quote in memchr::memchr_iter(b'"', bytes).chain([bytes.len()]) {
            room.extend_from_slice(bytes.get(start..quote).unwrap_or_default());
            start = quote + 1;
        }
        room.make_ascii_lowercase();
        let any = |parts: &Vec<Part>| parts.iter().any(|part| part.may_stand_in(room));
        self.terms.iter().all(any)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;
    use crate::deck::Deck;
    use crate::deck::filter::Known;
    use crate::deck::sweep::{Pace, Swept};
    use crate::deck::tests::open_in;
    use crate::order::edit::{Edit, EditEntry, EditLog, EditTarget};

    /// How rows become orders here.
    const MAPPING: &str = "customer.first_name = \"Way\"\ncustomer.last_name = \"Sum\"\nbilling.name = { first = [\"Way\", \"Sum\"] }\ntags = { from = \"Way\", do = [\"lower\"] }\n[read]\ngroup_by = \"No\"\n[item]\nname = \"Way\"\n";

    /// Which orders pass, by their bytes first or by all that is in them; and how many were decoded.
    fn passing(deck: &Deck, filter: &Filter, sought: Option<&Sought>) -> (Vec<usize>, usize) {
        let pace = Pace {
            sought,
            chunk: 3,
            ..Pace::default()
        };
        let (mut all, mut read) = (Vec::new(), 0);
        let work = |chunk: &mut Vec<(usize, bool)>, place, order: Swept<'_>| {
            let order = order?;
            chunk.push((place, filter.matches(order, Known::default())));
            Ok::<_, crate::source::SourceError>(())
        };
        deck.sweep(pace, 0..deck.len(), Vec::new, work, |_, chunk| {
            read += chunk.len();
            all.extend(
                chunk
                    .iter()
                    .filter(|(_, passes)| *passes)
                    .map(|(place, _)| *place),
            );
            Ok(())
        })
        .unwrap();
        (all, read)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_same_orders_pass_as_without_looking_at_bytes_first(
            cells in proptest::collection::vec("[abkiKIqÜüİ\u{212a}\u{fffd} \",\n'0]{0,8}", 1..14),
            apart in 1..5_usize,
            word in "[abkiq üü\"01İK]{1,4}",
            field in prop::sample::select(vec!["", "id:", "note:", "customer:", "billing.name:", "sku:", "-"]),
        ) {
            let mut rows = String::new();
            for (number, cell) in cells.iter().enumerate() {
                let cell = cell.replace('"', "\"\"");
                let _ = writeln!(rows, "N{},{number},\"{cell}\"", number / apart % 4);
            }
            let home = tempfile::tempdir().unwrap();
            let deck = open_in(home.path(), &rows, MAPPING).unwrap();
            let text = format!("{field}\"{}\"", word.replace('"', "\"\""));
            let Ok(filter) = Filter::parse(&text) else { return Ok(()) };
            let sought = filter.sought(deck.mapping());
            let (by_bytes, _) = passing(&deck, &filter, sought.as_ref());
            let (by_orders, all) = passing(&deck, &filter, None);
            prop_assert_eq!(all, deck.len());
            prop_assert_eq!(by_bytes, by_orders, "{} in {:?}", text, rows);
        }
    }

    #[test]
    fn only_orders_that_may_pass_are_decoded_and_edited_ones() {
        let rows = "A,1,Quist\nB,1,Brandt\nC,1,Archer\nA,2,Meyer\nD,1,\"O\"\"QUIST\"\n";
        let home = tempfile::tempdir().unwrap();
        let mut deck = open_in(home.path(), rows, MAPPING).unwrap();
        let filter = Filter::parse("quist").unwrap();
        let sought = filter.sought(deck.mapping()).unwrap();
        assert_eq!(passing(&deck, &filter, Some(&sought)), (vec![0, 3], 2));
        let edit = Edit {
            order: "C".to_owned(),
            target: EditTarget::Order {
                field: "customer.name".to_owned(),
                item: None,
            },
            before: "Archer".into(),
            after: "Ada Quist".into(),
        };
        let entry = EditEntry::new("named", vec![edit]);
        deck.edits = std::sync::Arc::new(EditLog::restore(vec![entry], Vec::new()));
        assert_eq!(passing(&deck, &filter, Some(&sought)), (vec![0, 2, 3], 3));
    }

    /// A value that is put together, looked up or given for all may hold what no cell does.
    #[test]
    fn bytes_are_not_asked_where_values_are_made_of_more_than_a_cell() {
        let home = tempfile::tempdir().unwrap();
        let is_sought = |more: &str, text: &str| {
            let mapping = format!("{more}\n[read]\ngroup_by = \"No\"\n");
            let deck = open_in(home.path(), "A,1,Quist\n", &mapping).unwrap();
            Filter::parse(text)
                .unwrap()
                .sought(deck.mapping())
                .is_some()
        };
        assert!(is_sought("note = \"Way\"", "ada"));
        for made in [
            "note = { template = \"{Way} {Sum}\" }",
            "note = { value = \"always\" }",
            "note = { from = \"Way\", do = [\"upper\"] }",
            "note = { from = \"Way\", do = [{ lookup = { a = \"b\" } }] }",
            "note = { from = \"Way\", do = [{ default = \"b\" }] }",
            "note = { join = [\"Way\", \"Sum\"], with = \" \" }",
        ] {
            assert!(!is_sought(made, "ada"), "{made}");
            assert!(is_sought(made, "id:ada"), "{made}");
        }
        for text in ["total>1", "-ada", "ü", "status:paid"] {
            assert!(!is_sought("note = \"Way\"", text), "{text}");
        }
        assert!(is_sought("note = \"Way\"", "total>1 ada"));
        assert!(is_sought("note = \"Way\"", "customer:\"ada a\""));
    }

    #[test]
    fn no_other_letter_has_one_of_ascii_in_its_small_form() {
        let letters = ('\u{80}'..=char::MAX).filter(|c| c.to_lowercase().any(|c| c.is_ascii()));
        let known: Vec<char> = OTHERS.iter().map(|(_, other)| *other).collect();
        assert_eq!(letters.collect::<Vec<_>>(), known);
        for (own, other) in OTHERS {
            assert!(other.to_lowercase().any(|small| small == own));
        }
    }

    #[test]
    fn what_may_stand_there_is_found_in_any_case_and_between_quotes() {
        let may = |text: &str, bytes: &str| {
            let sought = Sought {
                terms: vec![vec![Part::of(text, false).unwrap()]],
            };
            sought.may_stand_in(bytes.as_bytes(), &mut Vec::new())
        };
        assert!(may("quist", "1,\"Hüsein QUIST\",2"));
        assert!(may("say \"hi\"", "1,\"they SAY \"\"hi\"\"\",2"));
        assert!(may("abc", "1,\"ab\"c,2"));
        assert!(may("hüsein", "HÜSEIN"));
        assert!(may("kelvin", "1 \u{212a}elvin"));
        assert!(may("istanbul", "\u{130}stanbul"));
        assert!(!may("kelvin", "1 elvin"));
        assert!(!may("quist", "qu,ist"));
        assert!(Part::of("żółć\"", false).is_none());
        let longest = Part::of("ada quist", true).unwrap();
        assert_eq!(longest.finder.needle(), b"quist");
    }
}
