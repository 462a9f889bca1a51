//! How well a column's values fit a target.

use super::columns::{Column, Level};
use crate::order::field::Level as FieldLevel;
use crate::order::{Field, Kind};

/// The confidence that a column is a target, starting from what its name says, and what the values add in
/// words. `None`: it can't be.
pub(super) fn fit(
    column: &Column,
    field: Field,
    named: u8,
    is_json: bool,
) -> Option<(u8, Vec<&'static str>)> {
    let mut why = Vec::new();
    let score = level(column, field, named, is_json, &mut why)?;
    let score = if column.evidence.filled == 0 {
        why.push("no values to judge by");
        score.saturating_sub(7)
    } else {
        values(column, field, score, &mut why)?
    };
    Some((score.min(99), why))
}

fn level(
    column: &Column,
    field: Field,
    named: u8,
    is_json: bool,
    why: &mut Vec<&'static str>,
) -> Option<u8> {
    let of_line = field.level() == FieldLevel::Item;
    let hint = named < 75;
    if is_json {
        if of_line != (column.level == Level::Item) {
            return None;
        }
        let less = if column.in_other_list { 20 } else { 0 };
        return Some(named.saturating_sub(less));
    }
    Some(match (column.level, of_line) {
        (Level::Item, false) => return None,
        (Level::Item, true) => {
            why.push("differs from row to row of an order");
            if hint { named + 32 } else { named + 2 }
        }
        (Level::Order, true) => {
            if hint {
                named.saturating_sub(20)
            } else {
                named
            }
        }
        (Level::Order, false) => {
            if hint {
                why.push("the same in all rows of an order");
            }
            let told = !matches!(field.kind(), Kind::Text);
            match (hint, told) {
                (true, true) => named + 27,
                (true, false) => named + 12,
                _ => named + 1,
            }
        }
        (Level::Unknown, _) => named,
    })
}

fn values(column: &Column, field: Field, score: u8, why: &mut Vec<&'static str>) -> Option<u8> {
    let evidence = &column.evidence;
    let number = evidence.number();
    Some(match field.kind() {
        Kind::Money | Kind::Number => {
            if number < 60 {
                return None;
            }
            let less = if number < 95 {
                why.push("not every value is a number");
                25
            } else {
                0
            };
            if field.kind() == Kind::Number {
                if evidence.small < 80 {
                    why.push("the numbers are large or have decimals");
                    return Some(score.saturating_sub(less + 20));
                }
                why.push("small whole numbers");
            } else if evidence.is_money() {
                why.push("amounts");
            } else {
                why.push("numbers");
            }
            score.saturating_sub(less)
        }
        Kind::Time => {
            let times = evidence.times.as_ref()?;
            if times.is_ambiguous() {
                why.push("days and months can't be told apart");
                return Some(score.min(62));
            }
            why.push("times that can be read");
            score
        }
        Kind::Currency => {
            if evidence.currency < 95 {
                return None;
            }
            why.push("ISO 4217 codes");
            score.max(82)
        }
        Kind::Boolean => {
            if evidence.yes_no < 95 {
                return None;
            }
            why.push("yes or no");
            score
        }
        Kind::Payment | Kind::Fulfilment | Kind::LineStatus => {
            if !evidence.is_vocabulary() && evidence.yes_no < 95 {
                return None;
            }
            why.push("a few words");
            score
        }
        Kind::Text => return text(column, field, score, why),
    })
}

fn text(column: &Column, field: Field, score: u8, why: &mut Vec<&'static str>) -> Option<u8> {
    let evidence = &column.evidence;
    let amounts = evidence.is_money() && !evidence.point_zero;
    let times = evidence.times.is_some();
    Some(match field {
        Field::CustomerEmail => {
            if evidence.email < 50 {
                return None;
            }
            why.push("e-mail addresses");
            score.saturating_sub(if evidence.email < 90 { 20 } else { 0 })
        }
        Field::BillingCountry | Field::ShippingCountry => {
            if evidence.country >= 95 {
                why.push("ISO 3166 codes");
                score
            } else if evidence.country_names >= 80 {
                why.push("names of countries, looked up");
                score.saturating_sub(6)
            } else {
                why.push("not two-letter codes");
                score.saturating_sub(25)
            }
        }
        Field::CustomerPhone | Field::BillingPhone | Field::ShippingPhone => {
            if evidence.email > 50 || evidence.letters > 50 || amounts || times {
                return None;
            }
            if evidence.phone >= 70 {
                why.push("telephone numbers");
                score
            } else {
                score.saturating_sub(8)
            }
        }
        Field::DeliveryDate | Field::CustomerBirthdate => {
            if !times {
                return None;
            }
            why.push("dates");
            score
        }
        Field::DeliveryTime => {
            if evidence.clock < 90 {
                return None;
            }
            score
        }
        Field::Id
        | Field::PlatformId
        | Field::CustomerId
        | Field::LocationId
        | Field::ItemId
        | Field::ItemSku
        | Field::ItemProductId
        | Field::ItemVariantId
        | Field::ItemBarcode
        | Field::ItemAdId => {
            if amounts || times && evidence.whole < 95 {
                return None;
            }
            if evidence.email > 50 && field != Field::CustomerId {
                return None;
            }
            if field == Field::ItemBarcode && evidence.letters > 20 {
                return Some(score.saturating_sub(30));
            }
            score
        }
        Field::CustomerName
        | Field::CustomerFirstName
        | Field::CustomerLastName
        | Field::BillingName
        | Field::ShippingName
        | Field::ItemName
        | Field::BillingCity
        | Field::ShippingCity
        | Field::ShippingMethod
        | Field::PaymentMethod
        | Field::Channel => {
            if amounts || times || evidence.email > 50 {
                return None;
            }
            if evidence.letters < 60 {
                why.push("few letters");
                return Some(score.saturating_sub(35));
            }
            score
        }
        _ => {
            if amounts || times && evidence.letters == 0 {
                return Some(score.saturating_sub(30));
            }
            score
        }
    })
}
