//! What the mapping screen and `mapping list` show: targets with their sources, and columns left over.

use super::compiled::Compiled;
use crate::order::Field;

/// What the mapping screen shows of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetInfo {
    /// `customer.email`, `items.sku`, or `kibo: shippingMethod/shippingType`.
    pub name: String,
    /// The field; none for a vendor's own.
    pub field: Option<Field>,
    /// What it means; empty for a vendor's own.
    pub help: &'static str,
    /// Where it comes from, in words; none where no rule fills it.
    pub source: Option<String>,
    /// Columns of the rule that the file lacks.
    pub missing: Vec<String>,
}

impl Compiled {
    /// Every target, with where it comes from.
    pub fn targets(&self) -> Vec<TargetInfo> {
        let rules = || self.order.iter().chain(&self.item);
        let missing = |target: &str| {
            let of_target = self.missing.iter().filter(|(known, _)| known == target);
            of_target.map(|(_, column)| column.clone()).collect()
        };
        let mut targets: Vec<TargetInfo> = Field::ALL
            .iter()
            .map(|field| {
                let known = rules().find(|known| known.field == *field);
                let source = known.map(|known| known.rule.describe()).or_else(|| {
                    let code = self.currency.filter(|_| *field == Field::Currency)?;
                    Some(format!("constant {code}"))
                });
                TargetInfo {
                    name: field.name().to_owned(),
                    field: Some(*field),
                    help: field.help(),
                    source,
                    missing: missing(field.name()),
                }
            })
            .collect();
        targets.extend(self.vendor.iter().map(|rule| {
            let name = format!("{}: {}", rule.vendor, rule.path);
            TargetInfo {
                field: None,
                help: "",
                source: Some(rule.rule.describe()),
                missing: missing(&name),
                name,
            }
        }));
        targets
    }

    /// The file's columns that no rule reads; none for JSON.
    pub fn unused_columns(&self) -> Vec<&str> {
        let names = self
            .header
            .as_ref()
            .map_or(&[][..], |header| header.names());
        names
            .iter()
            .enumerate()
            .filter(|(position, _)| !self.read_columns.contains(position))
            .map(|(_, name)| name.as_str())
            .collect()
    }
}
