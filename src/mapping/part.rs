//! A mapping that reads a part of what it could, for whoever goes over many orders and asks for little of each.

use super::compiled::Compiled;
use super::field_rule::FieldRule;
use crate::order::Field;

impl Compiled {
    /// The same for some fields alone, for whoever asks for nothing else of many orders: no other field is set but
    /// those that name an order or leave it out, and nothing is looked for that may be wrong.
    #[must_use]
    pub fn only(&self, fields: &[Field]) -> Self {
        const ALWAYS: [Field; 4] = [Field::Id, Field::Test, Field::Draft, Field::Cancelled];
        let mut only = self.clone();
        let is_wanted = |field: &Field| fields.contains(field) || ALWAYS.contains(field);
        only.order.retain(|known| is_wanted(&known.field));
        only.item.retain(|known| is_wanted(&known.field));
        only.vendor.clear();
        only.is_checking = false;
        only
    }

    /// The same where texts are looked at and not kept, but for the id: for whoever counts and sums up. What is
    /// found wrong is the same.
    #[must_use]
    pub fn tallying(&self) -> Self {
        self.forgetting(|_| true)
    }

    /// The same where the texts of these fields are looked at and not kept, for whoever never asks for them.
    #[must_use]
    pub fn without_texts(&self, fields: &[Field]) -> Self {
        self.forgetting(|field| fields.contains(&field))
    }

    fn forgetting(&self, is_forgotten: impl Fn(Field) -> bool) -> Self {
        let mut forgetting = self.clone();
        forgetting.keeps_texts = false;
        let rules = forgetting.order.iter_mut().chain(&mut forgetting.item);
        let forgotten = rules.filter(|known| is_forgotten(known.field));
        forgotten.for_each(FieldRule::forget_text);
        forgetting
    }

    /// What reads an order that edits are laid over: they remember what the source said.
    pub fn for_edits<'m>(&'m self, whole: &'m Self) -> &'m Self {
        if self.keeps_texts { self } else { whole }
    }
}
