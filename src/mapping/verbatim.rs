//! Which fields hold what stands in a row, so that whoever looks for words needn't map rows that don't have them.

use super::compiled::{Compiled, Lines};
use super::evaluate::Input;
use super::rule::{Recipe, Rule, Step};
use crate::order::Field;
use crate::order::field::{Kind, Level};
use crate::source::GroupBy;

impl Compiled {
    /// Whether each value of these fields is, but for its case, a part of one cell of the order's own rows. An order
    /// without an id is called by its key, which stands in a cell too where rows are grouped by a column.
    pub fn is_verbatim(&self, fields: &[Field]) -> bool {
        if self.header.is_none() || !matches!(self.group_by, GroupBy::Column(_)) {
            return false;
        }
        let holds = |field: &Field| {
            let rules = match field.level() {
                Level::Order => &self.order,
                Level::Item => &self.item,
            };
            let mut rules = rules.iter().filter(|known| known.field == *field);
            rules.all(|known| {
                let is_of_row = field.level() == Level::Order || matches!(self.lines, Lines::Rows);
                field.kind() == Kind::Text && is_of_row && is_verbatim(&known.rule)
            })
        };
        fields.iter().all(holds)
    }
}

fn is_verbatim(rule: &Rule<Input>) -> bool {
    let takes_parts = |step: &Step| {
        matches!(
            step,
            Step::Trim
                | Step::Lower
                | Step::StripPrefix(_)
                | Step::StripSuffix(_)
                | Step::Split { .. }
                | Step::Empty(_)
        )
    };
    let is_taken = match &rule.recipe {
        Recipe::From(Input::Column { .. }) => true,
        Recipe::First(rules) => rules.iter().all(is_verbatim),
        Recipe::When(pair) => is_verbatim(&pair[0]),
        _ => false,
    };
    is_taken && rule.steps.iter().all(takes_parts)
}
