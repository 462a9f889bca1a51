//! Which line item a finding is about, in words that an operator finds in the source.

use super::DeckOrder;
use crate::finding::Finding;
use crate::order::LineItem;

/// Lists of line items, in the order and in the vendors' payloads.
const LISTS: [&str; 2] = ["items", "orderItems"];
/// So many letters of a name are told.
const NAME: usize = 40;

impl DeckOrder {
    /// The item that a finding is about: `item 2, Stoneware mug, MUG-01`. None for what is about the whole order.
    pub fn item_words(&self, finding: &Finding) -> Option<String> {
        let pointer = finding.target.pointer()?;
        let mut parts = pointer.split('/').skip(1);
        let list = parts.next()?;
        let item: usize = parts.next()?.parse().ok()?;
        if !LISTS.contains(&list) {
            return None;
        }
        let mut words = format!("item {}", item + 1);
        // Lines that repeat may be sent as one: which line of the order the second of a payload is isn't sure then.
        if let Some(line) = self.order.items.get(item).filter(|_| !self.has_repeats()) {
            let sku = line.sku.as_ref().or(line.product_id.as_ref());
            for part in [line.name.as_ref(), sku].into_iter().flatten() {
                words.push_str(", ");
                words.push_str(&short(part));
            }
        }
        Some(words)
    }

    /// What a finding says, with the item that it is about in front.
    pub fn message(&self, finding: &Finding) -> String {
        match self.item_words(finding) {
            Some(item) => format!("{item}: {}", finding.message()),
            None => finding.message(),
        }
    }

    fn has_repeats(&self) -> bool {
        let items: &[LineItem] = &self.order.items;
        items
            .iter()
            .enumerate()
            .any(|(index, item)| items[..index].contains(item))
    }
}

fn short(name: &str) -> String {
    let name = name.trim();
    if name.chars().count() <= NAME {
        return name.to_owned();
    }
    let start: String = name.chars().take(NAME - 1).collect();
    format!("{}…", start.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deck::tests::open_in;
    use crate::finding::Target;

    #[test]
    fn an_item_is_named_unless_its_line_is_not_sure() {
        let home = tempfile::tempdir().unwrap();
        let items = "[item]\nname = \"Way\"\nsku = \"No\"\n";
        let deck = open_in(home.path(), "A-1,12.50,Mug\n", items).unwrap();
        let mut order = deck.order(0).unwrap();
        let rule = crate::vendor::ALL[0].rules()[0];
        let of = |target| Finding::new(rule, target, "");
        let second = of(Target::item("items/*/price", 1));
        let mut other = order.order.items[0].clone();
        other.name = Some("x".repeat(50).into());
        order.order.items.push(other);
        let long = format!("item 2, {}…, A-1", "x".repeat(39));
        assert_eq!(order.item_words(&second), Some(long));
        order.order.items[1] = order.order.items[0].clone();
        assert_eq!(order.item_words(&second), Some("item 2".to_owned()));
        for target in [
            Target::Whole,
            Target::field("items"),
            Target::Pointer("/orderPayments/0/amount".into()),
        ] {
            assert_eq!(order.item_words(&of(target)), None);
        }
    }
}
