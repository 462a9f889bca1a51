//! What can be said of how a file is read, line by line.

use crate::console::widget::input::Input;
use crate::source::{ENCODINGS, Reading, is_delimiter};
use crate::workspace::HowRead;

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Encoding,
    Delimiter,
    HeaderLine,
    Sheet,
}

impl What {
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Encoding => "encoding",
            Self::Delimiter => "delimiter",
            Self::HeaderLine => "header line",
            Self::Sheet => "sheet",
        }
    }

    pub(super) const fn help(self) -> &'static str {
        match self {
            Self::Encoding => {
                "What the letters are written in: where é or ü look wrong, it is another one. A letter goes to the next that begins with it"
            }
            Self::Delimiter => {
                "What stands between cells; said, it makes the file a table. Any sign can be typed"
            }
            Self::HeaderLine => {
                "The line, or the row of a sheet, that names the columns; the first is 1. What stands above it isn't read"
            }
            Self::Sheet => "The sheet of the workbook that holds the orders",
        }
    }
}

/// What is typed or chosen in it.
#[derive(Debug)]
pub(super) enum Value {
    /// Choices with the one that is chosen; the first is empty, for what is detected.
    Choice(Vec<String>, usize),
    Text(Input),
}

/// A line.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) what: What,
    pub(super) value: Value,
    /// What was detected, in words; empty where that isn't known.
    pub(super) detected: String,
}

/// A delimiter in words.
pub(in crate::console::dialog) fn delimiter_words(byte: u8) -> String {
    let name = match byte {
        b',' => "comma",
        b';' => "semicolon",
        b'\t' => return "tab".to_owned(),
        b'|' => "pipe",
        b' ' => return "space".to_owned(),
        other => return char::from(other).escape_default().to_string(),
    };
    format!("{name} {}", char::from(byte))
}

/// The lines that mean something for a file: of a workbook others than of a text; all where it couldn't be read.
pub(super) fn rows(how: Option<&HowRead>, said: &Reading) -> Vec<Row> {
    let workbook = how.and_then(|how| how.workbook.as_ref());
    let mut rows = Vec::new();
    if workbook.is_none() {
        let detected = how.filter(|_| said.encoding.is_none());
        rows.push(Row {
            what: What::Encoding,
            value: choice(
                ENCODINGS.map(str::to_owned).into(),
                said.encoding.as_deref(),
            ),
            detected: detected.map_or_else(String::new, |how| how.encoding.to_owned()),
        });
        let known = [b',', b';', b'\t', b'|', b' '].map(|byte| char::from(byte).to_string());
        let now = said.delimiter.map(|byte| char::from(byte).to_string());
        let detected = how.filter(|_| said.delimiter.is_none());
        rows.push(Row {
            what: What::Delimiter,
            value: choice(known.into(), now.as_deref()),
            detected: detected
                .and_then(|how| how.delimiter)
                .map_or_else(String::new, delimiter_words),
        });
    }
    let now = said.header_line.map(|line| line.to_string());
    let detected = how.filter(|_| said.header_line.is_none());
    rows.push(Row {
        what: What::HeaderLine,
        value: Value::Text(Input::new(now.unwrap_or_default())),
        detected: detected
            .and_then(|how| how.header_line)
            .map_or_else(String::new, |line| line.to_string()),
    });
    if how.is_none() || workbook.is_some() {
        let now = said.sheet.as_deref();
        let row = Row {
            what: What::Sheet,
            value: match workbook {
                Some(workbook) => choice(workbook.sheets.clone(), now),
                None => Value::Text(Input::new(now.unwrap_or_default())),
            },
            detected: workbook
                .filter(|_| now.is_none())
                .map_or_else(String::new, |workbook| workbook.sheet().to_owned()),
        };
        // Of a workbook that is what matters.
        let place = if workbook.is_some() { 0 } else { rows.len() };
        rows.insert(place, row);
    }
    rows
}

fn choice(known: Vec<String>, now: Option<&str>) -> Value {
    let mut choices = vec![String::new()];
    choices.extend(known);
    let at = now.map_or(0, |now| place_of(&mut choices, now));
    Value::Choice(choices, at)
}

/// Where a choice stands; one that isn't there comes last.
fn place_of(choices: &mut Vec<String>, wanted: &str) -> usize {
    let found = choices
        .iter()
        .position(|choice| choice.eq_ignore_ascii_case(wanted));
    found.unwrap_or_else(|| {
        choices.push(wanted.to_owned());
        choices.len() - 1
    })
}

impl Row {
    pub(super) fn is_choice(&self) -> bool {
        matches!(self.value, Value::Choice(..))
    }

    /// What is said, if anything.
    pub(super) fn said(&self) -> Option<&str> {
        let words = match &self.value {
            Value::Choice(choices, at) => choices.get(*at).map_or("", String::as_str),
            Value::Text(input) => input.text().trim(),
        };
        (!words.is_empty()).then_some(words)
    }

    /// Left and right choose.
    pub(super) fn turn(&mut self, forward: bool) {
        if let Value::Choice(choices, at) = &mut self.value {
            let count = choices.len().max(1);
            *at = (*at + if forward { 1 } else { count - 1 }) % count;
        }
    }

    /// A letter goes to the next choice that begins with it; a sign may be a delimiter.
    pub(super) fn letter(&mut self, c: char) {
        let Value::Choice(choices, at) = &mut self.value else {
            return;
        };
        if self.what == What::Delimiter {
            if u8::try_from(c).is_ok_and(is_delimiter) {
                *at = place_of(choices, c.encode_utf8(&mut [0; 4]));
            }
            return;
        }
        let begins = |choice: &String| {
            let first = choice.chars().next();
            first.is_some_and(|first| first.to_lowercase().eq(c.to_lowercase()))
        };
        let count = choices.len();
        let next = (1..=count)
            .map(|step| (*at + step) % count)
            .find(|place| choices.get(*place).is_some_and(begins));
        *at = next.unwrap_or(*at);
    }
}

/// What is said, all in all.
///
/// # Errors
/// The line that won't do, with the reason.
pub(super) fn reading(rows: &[Row], before: &Reading) -> Result<Reading, (usize, &'static str)> {
    // The bound on what is unpacked isn't asked for here.
    let mut reading = Reading {
        unpack_limit: before.unpack_limit,
        ..Reading::default()
    };
    for (line, row) in rows.iter().enumerate() {
        let Some(said) = row.said() else { continue };
        match row.what {
            What::Encoding => reading.encoding = Some(said.to_owned()),
            What::Delimiter => reading.delimiter = said.bytes().next(),
            What::Sheet => reading.sheet = Some(said.to_owned()),
            What::HeaderLine => match said.parse() {
                Ok(number) if number > 0 => reading.header_line = Some(number),
                _ => return Err((line, "a line is a whole number; the first is 1")),
            },
        }
    }
    Ok(reading)
}

/// What is said in words: `windows-1252, tab between cells, header in line 5`.
pub(in crate::console::dialog) fn said_words(said: &Reading) -> String {
    let mut words = Vec::new();
    words.extend(said.encoding.clone());
    words.extend(
        said.delimiter
            .map(|byte| format!("{} between cells", delimiter_words(byte))),
    );
    words.extend(
        said.header_line
            .map(|line| format!("header in line {line}")),
    );
    words.extend(said.sheet.as_ref().map(|sheet| format!("sheet {sheet}")));
    words.join(", ")
}
