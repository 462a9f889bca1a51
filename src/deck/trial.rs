//! An order as it would be with one more edit: what an editor shows before anything is made.

use super::DeckOrder;
use super::order::pointer_of;
use crate::order::Field;
use crate::order::edit::{Edit, EditTarget};
use crate::order::field::BadValue;

impl DeckOrder {
    /// The order with that edit too. Nothing is kept of it.
    pub fn with_edit(&self, edit: &Edit) -> Result<Self, BadValue> {
        let mut trial = self.clone();
        if let EditTarget::Order { field, item } = &edit.target
            && let Some(field) = Field::from_name(field)
        {
            let item = item.map(|item| item as usize);
            field.set(&mut trial.order, item, edit.after.as_str().unwrap_or(""))?;
            // What the mapping said about the value that is replaced is settled.
            let target = pointer_of(field, item);
            trial.findings.retain(|finding| finding.target != target);
        }
        let before = trial
            .edits
            .iter()
            .find(|other| other.target == edit.target)
            .map(|other| other.before.clone());
        trial.edits.retain(|other| other.target != edit.target);
        trial.edits.push(Edit {
            before: before.unwrap_or_else(|| edit.before.clone()),
            ..edit.clone()
        });
        Ok(trial)
    }

    /// What the source says in the place of an edit: text for a field of the order, JSON for a payload. `None` where
    /// nothing is edited there.
    pub fn before_edit(&self, target: &EditTarget) -> Option<&serde_json::Value> {
        self.edits
            .iter()
            .find(|edit| edit.target == *target)
            .map(|edit| &edit.before)
    }
}

#[cfg(test)]
mod tests {
    use crate::deck::Deck;
    use crate::order::Field;

    #[test]
    fn a_trial_changes_nothing_and_remembers_what_the_source_said() {
        let home = tempfile::tempdir().unwrap();
        let deck = crate::deck::tests::open_in(home.path(), "A-1,12.50,x\n", "").unwrap();
        let order = deck.order(0).unwrap();
        let field = Field::Total;
        let edit = Deck::field_edit(&order, field, None, "13.00").unwrap();
        let trial = order.with_edit(&edit).unwrap();
        assert_eq!(field.get(&trial.order, None).as_deref(), Some("13.00"));
        assert_eq!(field.get(&order.order, None).as_deref(), Some("12.50"));
        let again = Deck::field_edit(&trial, field, None, "14").unwrap();
        assert_eq!(again.before, "13.00");
        let trial = trial.with_edit(&again).unwrap();
        assert_eq!(trial.before_edit(&again.target).unwrap(), "12.50");
        assert_eq!(order.before_edit(&again.target), None);
    }
}
