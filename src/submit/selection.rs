//! Which orders of a file the operator means.

use super::SubmitError;
use crate::deck::Deck;
use crate::deck::filter::Filter;
use crate::deck::list::Places;

/// Which orders of a file the operator means.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// These only, by key; empty for all.
    pub ids: Vec<String>,
    /// These only, by place in the file: marked orders.
    pub places: Option<Places>,
    /// Those that pass.
    pub filter: Filter,
    /// A pilot: no more than that many are sent.
    pub limit: Option<usize>,
    /// Unchanged orders are sent all the same.
    pub resend: bool,
}

impl Selection {
    /// The orders that are meant by id or mark, in file order.
    pub(super) fn places_in(&self, deck: &Deck) -> Result<Vec<usize>, SubmitError> {
        let mut places: Vec<usize> = if self.ids.is_empty() {
            (0..deck.len()).collect()
        } else {
            let ids: Vec<&str> = self.ids.iter().map(String::as_str).collect();
            let mut places = Vec::with_capacity(ids.len());
            for (id, found) in ids.iter().zip(deck.find_all(&ids)) {
                let place = found.ok_or_else(|| {
                    let file = deck.source().path().display();
                    SubmitError::Refused(format!("{file} holds no order `{id}`"))
                })?;
                places.push(place);
            }
            places.sort_unstable();
            places.dedup();
            places
        };
        if let Some(marked) = &self.places {
            places.retain(|place| marked.contains(*place));
        }
        Ok(places)
    }
}
