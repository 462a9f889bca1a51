//! The columns of the list of orders: those chosen, else those that the width has room for.

use crate::deck::list::Column;

/// Columns before the first: the cursor, the mark, the verdict, edited, a blank.
pub const MARKS: usize = 5;
/// Narrower or wider than this no column is made.
const WIDTHS: std::ops::RangeInclusive<usize> = 3..=80;
/// A day takes so much.
const DAY: usize = 10;
/// Wide enough for a day with its time.
pub const DAY_AND_TIME: usize = 16;

/// A column that was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// Which.
    pub column: Column,
    /// How wide; none for what suits it.
    pub width: Option<usize>,
}

impl Chosen {
    /// As settings write it: `customer`, `customer:24`.
    pub fn text(self) -> String {
        match self.width {
            Some(width) => format!("{}:{width}", self.column.name()),
            None => self.column.name().to_owned(),
        }
    }

    /// Reads what [`Self::text`] writes; else says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, width) = match text.split_once(':') {
            Some((name, width)) => (name, Some(width)),
            None => (text, None),
        };
        let column = Column::from_name(name).ok_or_else(|| {
            let names = Column::ALL.iter().map(|column| column.name());
            let near = crate::mistake::did_you_mean(name, names);
            format!("there is no column `{name}`{near}")
        })?;
        let width = width
            .map(|width| match width.parse() {
                Ok(width) if WIDTHS.contains(&width) => Ok(width),
                _ => Err(format!(
                    "a width is a number from {} to {}",
                    WIDTHS.start(),
                    WIDTHS.end()
                )),
            })
            .transpose()?;
        Ok(Self { column, width })
    }
}

/// A column with its room in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fitted {
    /// Which.
    pub column: Column,
    /// Where it begins, counted from the inner side of the border.
    pub at: usize,
    /// How wide it is.
    pub width: usize,
}

/// The columns of the list of orders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// Those chosen, in this order; none for those that there is room for.
    pub chosen: Option<Vec<Chosen>>,
}

/// Always there.
const FIRST: [Column; 5] = [
    Column::Order,
    Column::Placed,
    Column::Customer,
    Column::Total,
    Column::Sent,
];
/// There while there is room, the most useful first; none is for the time beside the day.
const MORE: [Option<Column>; 9] = [
    Some(Column::Status),
    Some(Column::Items),
    Some(Column::Email),
    None,
    Some(Column::Country),
    Some(Column::Payment),
    Some(Column::Fulfilment),
    Some(Column::Discount),
    Some(Column::Shipping),
];

/// How wide a column is where there is little room, enough of it, and plenty.
fn widths(column: Column) -> [usize; 3] {
    use Column as C;
    match column {
        C::Order => [8, 9, 16],
        C::Placed => [DAY, DAY, DAY],
        C::Customer => [12, 18, 28],
        C::Email => [14, 24, 34],
        C::Status => [9, 9, 9],
        C::Payment => [8, 15, 15],
        C::Fulfilment => [8, 14, 14],
        C::Items => [5, 5, 5],
        C::Country => [7, 7, 7],
        C::Channel => [8, 8, 12],
        C::PaidBy | C::SentBy => [8, 12, 20],
        C::Code => [6, 10, 16],
        C::Tags => [6, 14, 30],
        C::Discount | C::Shipping | C::Tax | C::Refunded => [9, 9, 11],
        C::Total => [15, 15, 18],
        // One for each vendor.
        C::Sent => [4, 4, 4],
    }
}

impl Columns {
    /// Those of a list with that much room inside its border, and how many have no room.
    pub fn fitted(&self, room: usize) -> (Vec<Fitted>, usize) {
        let wanted = match &self.chosen {
            Some(chosen) => chosen.clone(),
            None => by_width(room),
        };
        let mut left = room.saturating_sub(MARKS);
        let mut columns: Vec<(Chosen, usize)> = Vec::new();
        for chosen in &wanted {
            let least = chosen.width.unwrap_or(widths(chosen.column)[0]);
            let blank = usize::from(!columns.is_empty());
            if least + blank > left {
                break;
            }
            left -= least + blank;
            columns.push((*chosen, least));
        }
        let hidden = wanted.len() - columns.len();
        grow(&mut columns, 1, &mut left);
        // The time goes with the day where little else suffers.
        if left > 2 * (DAY_AND_TIME - DAY)
            && let Some((_, width)) = columns
                .iter_mut()
                .find(|(chosen, _)| chosen.column == Column::Placed && chosen.width.is_none())
        {
            *width = DAY_AND_TIME;
            left -= DAY_AND_TIME - DAY;
        }
        grow(&mut columns, 2, &mut left);
        let mut at = MARKS;
        let fitted = columns
            .into_iter()
            .map(|(chosen, width)| {
                let fitted = Fitted {
                    column: chosen.column,
                    at,
                    width,
                };
                at += width + 1;
                fitted
            })
            .collect();
        (fitted, hidden)
    }

    /// Those that are there now, to be changed: with the widths that were chosen.
    pub fn current(&self, room: usize) -> Vec<Chosen> {
        self.chosen.clone().unwrap_or_else(|| by_width(room))
    }

    /// As settings write them; none for the default.
    pub fn texts(&self) -> Option<Vec<String>> {
        let chosen = self.chosen.as_ref()?;
        Some(chosen.iter().map(|chosen| chosen.text()).collect())
    }
}

/// A width within bounds, that much wider.
pub fn wider(width: usize, by: isize) -> usize {
    width
        .saturating_add_signed(by)
        .clamp(*WIDTHS.start(), *WIDTHS.end())
}

/// Gives columns of no chosen width more room in turn, up to what they need at that level.
fn grow(columns: &mut [(Chosen, usize)], level: usize, left: &mut usize) {
    let mut grew = true;
    while grew {
        grew = false;
        for (chosen, width) in &mut *columns {
            let enough = widths(chosen.column).get(level).copied().unwrap_or(0);
            if chosen.width.is_none() && *width < enough && *left > 0 {
                *width += 1;
                *left -= 1;
                grew = true;
            }
        }
    }
}

/// The columns that there is room for.
fn by_width(room: usize) -> Vec<Chosen> {
    let mut columns = FIRST.to_vec();
    let mut left = room.saturating_sub(MARKS + FIRST.len() - 1);
    let enough = |column: Column| widths(column)[1];
    left = left.saturating_sub(FIRST.into_iter().map(enough).sum());
    let mut placed = None;
    for more in MORE {
        let needs = more.map_or(DAY_AND_TIME - DAY, |column| enough(column) + 1);
        if needs > left {
            break;
        }
        left -= needs;
        match more {
            Some(column) => columns.push(column),
            None => placed = Some(DAY_AND_TIME),
        }
    }
    columns.sort_unstable();
    columns
        .into_iter()
        .map(|column| Chosen {
            column,
            width: placed.filter(|_| column == Column::Placed),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_fill_any_room_and_never_more() {
        let mut before = 0;
        for room in 58..400 {
            let (fitted, hidden) = Columns::default().fitted(room);
            let last = fitted.last().unwrap();
            assert!(last.at + last.width <= room, "{room}: {fitted:?}");
            assert_eq!(hidden, 0, "{room}");
            assert!(fitted.len() >= before, "a wider list has no fewer columns");
            before = fitted.len();
        }
        assert_eq!(before, FIRST.len() + MORE.iter().flatten().count());
    }

    #[test]
    fn what_was_chosen_keeps_its_width_and_what_has_no_room_is_counted() {
        let chosen = ["total:20", "customer", "tags:60"].map(|text| Chosen::parse(text).unwrap());
        let columns = Columns {
            chosen: Some(chosen.to_vec()),
        };
        let (fitted, hidden) = columns.fitted(60);
        assert_eq!(fitted[0].width, 20);
        assert_eq!(fitted[1].width, 28);
        assert_eq!((fitted.len(), hidden), (2, 1));
        assert_eq!(
            columns.texts().unwrap(),
            ["total:20", "customer", "tags:60"]
        );
    }

    #[test]
    fn mistakes_are_said() {
        let error = Chosen::parse("totl").unwrap_err();
        assert!(error.contains("did you mean total"), "{error}");
        assert!(Chosen::parse("total:900").unwrap_err().contains("80"));
        assert!(Chosen::parse("total:x").is_err());
    }
}
