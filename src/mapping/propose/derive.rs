//! Rules of more than one column, and transforms that values ask for.

use super::assign::is_number;
use super::columns::{Column, Columns, Level};
use super::dates;
use super::synonyms::{TaxWord, synonyms};
use super::{LEAST, ProposedRead, Suggestion, used_by};
use crate::mapping::number::Mark;
use crate::mapping::rule::{Datetime, Piece, Recipe, Rule, Step};
use crate::order::Field;
use crate::order::field::Level as FieldLevel;

/// Refines the rules of single columns and adds those that follow from others.
pub(super) fn derive(columns: &Columns, targets: &mut Vec<Suggestion>, read: &mut ProposedRead) {
    for suggestion in &mut *targets {
        if let Some(column) = column_of(columns, suggestion) {
            transform(column, suggestion, read.decimal_mark);
        }
    }
    date_and_clock(columns, targets, read);
    let find = |targets: &[Suggestion], field: Field| {
        targets
            .iter()
            .find(|target| target.field == field)
            .map(|target| (target.rule.clone(), target.confidence))
    };
    let add = |targets: &mut Vec<Suggestion>, field, rule, confidence: u8, why: &str| {
        if find(targets, field).is_none() && confidence >= LEAST {
            targets.push(Suggestion {
                field,
                rule,
                confidence,
                why: why.to_owned(),
                alternatives: Vec::new(),
            });
        }
    };
    if let Some((rule, confidence)) = find(targets, Field::CancelledAt) {
        let rule = Rule {
            recipe: Recipe::Present(vec![rule]),
            steps: Vec::new(),
        };
        let why = "an order with a time of cancellation was cancelled";
        add(targets, Field::Cancelled, rule, confidence.min(88), why);
    }
    // A bill names its customer.
    for (field, billed) in [
        (
            Field::CustomerName,
            [Field::BillingName, Field::ShippingName],
        ),
        (
            Field::CustomerFirstName,
            [Field::BillingFirstName, Field::ShippingFirstName],
        ),
        (
            Field::CustomerLastName,
            [Field::BillingLastName, Field::ShippingLastName],
        ),
        (
            Field::CustomerPhone,
            [Field::BillingPhone, Field::ShippingPhone],
        ),
    ] {
        let parts: Vec<(Rule<String>, u8)> = billed
            .into_iter()
            .filter_map(|field| find(targets, field))
            .collect();
        let Some(confidence) = parts.iter().map(|(_, confidence)| *confidence).min() else {
            continue;
        };
        let mut rules: Vec<Rule<String>> = parts.into_iter().map(|(rule, _)| rule).collect();
        let rule = if rules.len() == 1 {
            rules.remove(0)
        } else {
            Rule {
                recipe: Recipe::First(rules),
                steps: Vec::new(),
            }
        };
        let why = "no column of its own: that of the address";
        add(targets, field, rule, confidence.min(83), why);
    }
    let quantity = find(targets, Field::ItemQuantity);
    let sum = find(targets, Field::ItemSubtotal).or_else(|| find(targets, Field::ItemTotal));
    if let (Some((quantity, one)), Some((sum, other))) = (quantity, sum) {
        let rule = Rule {
            recipe: Recipe::Quotient(Box::new([sum, quantity])),
            steps: Vec::new(),
        };
        let why = "no column of its own: the line's sum by its quantity, where that is exact";
        add(
            targets,
            Field::ItemUnitPrice,
            rule,
            one.min(other).min(78),
            why,
        );
    }
    if let Some((line, confidence)) = find(targets, Field::ItemTotal).filter(|_| !columns.is_json) {
        let each = Rule {
            recipe: Recipe::Each(Box::new(line)),
            steps: Vec::new(),
        };
        let rule = Rule {
            recipe: Recipe::Sum(vec![each]),
            steps: Vec::new(),
        };
        let why = "no column of its own: the sum of the lines, in which shipping and tax of the order may be missing";
        add(targets, Field::Total, rule, confidence.min(74), why);
    }
    tax(columns, targets);
}

fn column_of<'c>(columns: &'c Columns, suggestion: &Suggestion) -> Option<&'c Column> {
    let name = *used_by(&suggestion.rule).first()?;
    let of_line = suggestion.field.level() == FieldLevel::Item;
    columns.all.iter().find(|column| {
        column.name == name && (!columns.is_json || (column.level == Level::Item) == of_line)
    })
}

/// Adds the transforms that the values of a column ask for.
fn transform(column: &Column, suggestion: &mut Suggestion, mark: Mark) {
    let evidence = &column.evidence;
    let steps = &mut suggestion.rule.steps;
    let mut say = |words: &str| suggestion.why = format!("{}; {words}", suggestion.why);
    match suggestion.field {
        field if is_number(field) => {
            let (own, others) = match mark {
                Mark::Point => (evidence.only_point, evidence.only_comma),
                Mark::Comma => (evidence.only_comma, evidence.only_point),
            };
            if others > 0 && own == 0 {
                steps.push(Step::Decimal(match mark {
                    Mark::Point => Mark::Comma,
                    Mark::Comma => Mark::Point,
                }));
                say("with another decimal mark than the rest of the file");
            }
            let positive = matches!(
                field,
                Field::DiscountTotal
                    | Field::ItemDiscount
                    | Field::RefundedTotal
                    | Field::GiftCardTotal
            );
            if positive && evidence.negative > 0 {
                steps.push(Step::Abs);
                say("written below zero");
            }
        }
        Field::CustomerId if evidence.zeros > 0 && evidence.filled > evidence.zeros => {
            steps.push(Step::Empty(vec!["0".into()]));
            say("0 is a guest");
        }
        Field::BillingCountry | Field::ShippingCountry
            if evidence.country < 95 && evidence.country_names >= 80 =>
        {
            let codes = evidence.words.keys().filter_map(|word| {
                let code = synonyms().country(word)?;
                Some((word.clone(), code.to_owned()))
            });
            steps.push(Step::Lookup(codes.collect()));
        }
        _ => {}
    }
    let is_id = matches!(
        suggestion.field,
        Field::Id | Field::CustomerId | Field::ItemSku | Field::ItemProductId | Field::PlatformId
    );
    if is_id && evidence.point_zero {
        suggestion.rule.steps.push(Step::StripSuffix(".0".into()));
        suggestion.why = format!("{}; a spreadsheet wrote `.0` behind", suggestion.why);
    }
}

/// A day and its time of day in two columns are one time.
fn date_and_clock(columns: &Columns, targets: &mut [Suggestion], read: &mut ProposedRead) {
    let Some(suggestion) = targets
        .iter_mut()
        .find(|target| target.field == Field::PlacedAt)
    else {
        return;
    };
    let Some(date) = column_of(columns, suggestion) else {
        return;
    };
    let Some(times) = date.evidence.times.as_ref() else {
        return;
    };
    let Some(format) = times.formats.first() else {
        return;
    };
    if !format.day_only || times.is_ambiguous() {
        return;
    }
    let clock = columns
        .all
        .iter()
        .filter(|column| {
            column.evidence.clock >= 95
                && column.level == date.level
                && column.evidence.filled == date.evidence.filled
                && is_clock_name(&column.words.joined)
        })
        .min_by(|one, other| one.name.cmp(&other.name));
    let Some(clock) = clock else { return };
    let Some(clock_format) = clock
        .values
        .iter()
        .find(|value| !value.is_empty())
        .and_then(|value| dates::clock_format(value))
    else {
        return;
    };
    let day = match format.format.as_str() {
        "" => "%Y-%m-%d",
        format => format,
    };
    suggestion.rule = Rule {
        recipe: Recipe::Template(vec![
            Piece::Input(date.name.clone()),
            Piece::Text(" ".into()),
            Piece::Input(clock.name.clone()),
        ]),
        steps: vec![Step::Datetime(Datetime {
            format: Some(format!("{day} {clock_format}")),
            zone: None,
        })],
    };
    suggestion.confidence = suggestion.confidence.max(82);
    suggestion.why = format!(
        "the day of `{}` and the time of `{}`",
        date.name, clock.name
    );
    read.date_formats.retain(|known| known != day);
}

fn is_clock_name(name: &str) -> bool {
    const CLOCKS: [&str; 7] = ["time", "zeit", "heure", "hora", "ora", "godzina", "tijd"];
    CLOCKS.iter().any(|clock| name.contains(clock))
}

/// What the names of the amounts say about tax.
fn tax(columns: &Columns, targets: &mut Vec<Suggestion>) {
    if targets
        .iter()
        .any(|target| target.field == Field::PricesIncludeTax)
    {
        return;
    }
    let prices = [Field::ItemUnitPrice, Field::ItemTotal, Field::ItemSubtotal];
    let said = prices.into_iter().find_map(|field| {
        let target = targets.iter().find(|target| target.field == field)?;
        let column = column_of(columns, target)?;
        Some((synonyms().tax_word(&column.words)?, column.name.clone()))
    });
    let Some((word, name)) = said else { return };
    let included = word == TaxWord::Included;
    targets.push(Suggestion {
        field: Field::PricesIncludeTax,
        rule: Rule {
            recipe: Recipe::Value(included.to_string()),
            steps: Vec::new(),
        },
        confidence: 85,
        why: format!("the name of `{name}` says so"),
        alternatives: Vec::new(),
    });
}

/// Rows that are no lines exist: what a line always has.
pub(super) fn lines_when(columns: &Columns, targets: &[Suggestion]) -> Vec<String> {
    if columns.is_json {
        return Vec::new();
    }
    let lines: Vec<&Column> = targets
        .iter()
        .filter(|target| target.field.level() == FieldLevel::Item && target.is_sure())
        .filter(|target| matches!(target.rule.recipe, Recipe::From(_)))
        .filter_map(|target| column_of(columns, target))
        .collect();
    let blank = |row: usize| {
        lines
            .iter()
            .all(|column| column.values.get(row).is_none_or(String::is_empty))
    };
    if lines.is_empty() || !(0..columns.rows).any(blank) {
        return Vec::new();
    }
    let mut names: Vec<String> = targets
        .iter()
        .filter(|target| {
            matches!(
                target.field,
                Field::ItemSku | Field::ItemName | Field::ItemQuantity | Field::ItemProductId
            ) && target.is_sure()
        })
        .flat_map(|target| used_by(&target.rule))
        .map(str::to_owned)
        .collect();
    names.sort();
    names
}
