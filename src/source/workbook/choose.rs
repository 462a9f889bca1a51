//! Which sheet of a workbook is read.

use calamine::{Reader, SheetType, SheetVisible};

use super::super::error::{SourceError, visible};
use super::super::file::SourceFile;
use super::{Stream, Workbook};

/// The sheet named or numbered; else the first that people see and that holds a table, else the first.
pub(super) fn choose<'f, B: Reader<Stream<'f>>>(
    file: &SourceFile,
    kind: &'static str,
    book: &mut B,
    wanted: Option<&str>,
    mut holds_table: impl FnMut(&mut B, &str) -> bool,
) -> Result<Workbook, SourceError> {
    let sheets = book.sheet_names();
    let chosen = match wanted {
        Some(wanted) => find(&sheets, wanted),
        None => {
            let seen: Vec<usize> = (0..sheets.len())
                .filter(|at| {
                    book.sheets_metadata().get(*at).is_some_and(|sheet| {
                        sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet
                    })
                })
                .collect();
            let with_table = seen.iter().copied().find(|at| {
                let name = sheets.get(*at).map_or("", String::as_str);
                holds_table(book, name)
            });
            with_table
                .or(seen.first().copied())
                .or((!sheets.is_empty()).then_some(0))
        }
    };
    match chosen {
        Some(chosen) => Ok(Workbook {
            kind,
            sheets,
            chosen,
        }),
        None if sheets.is_empty() => Err(SourceError::Empty { path: file.shown() }),
        None => {
            let named = sheets.iter().enumerate();
            let named = named.map(|(at, name)| format!("{} {}", at + 1, visible(name)));
            Err(SourceError::NoSheet {
                path: file.shown(),
                sheet: wanted.unwrap_or_default().to_owned(),
                sheets: named.collect::<Vec<_>>().join(", "),
            })
        }
    }
}

/// By name, upper and lower case aside if need be; else by number.
fn find(sheets: &[String], wanted: &str) -> Option<usize> {
    let exactly = sheets.iter().position(|name| name == wanted);
    let loosely = || {
        let wanted = wanted.to_lowercase();
        sheets.iter().position(|name| name.to_lowercase() == wanted)
    };
    let numbered = || {
        let number: usize = wanted.parse().ok()?;
        number.checked_sub(1).filter(|at| *at < sheets.len())
    };
    exactly.or_else(loosely).or_else(numbered)
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_name_goes_before_a_number() {
        let sheets = ["Cover", "Orders", "1"].map(str::to_owned);
        assert_eq!(find(&sheets, "Orders"), Some(1));
        assert_eq!(find(&sheets, "orders"), Some(1));
        assert_eq!(find(&sheets, "2"), Some(1));
        assert_eq!(find(&sheets, "1"), Some(2));
        assert_eq!(find(&sheets, "0"), None);
        assert_eq!(find(&sheets, "4"), None);
    }
}
