//! JSON and NDJSON: finds each record's bytes in a stream; `serde_json` decodes it from them.

mod cursor;
mod deep;
mod members;
mod shape;
mod survey;

use std::ops::ControlFlow;

use serde_json::{Map, Value};

use crate::finding::{Finding, Place, Target};

use super::error::SourceError;
use super::format::JsonShape;
use super::record::{Joined, Record, RecordContent};
use super::report::Report;
use super::rules;
use super::window::Window;

use cursor::{Cursor, Extent, Spot};
use members::{Members, each_member};
pub(super) use shape::{detect, is_followed_by_object};
use survey::KeyPath;
pub(super) use survey::is_object;

/// The largest scalar of a wrapper that is kept, in bytes.
const ENVELOPE_LIMIT: usize = 1 << 16;

/// An object as it was found in the stream.
pub(super) struct RawObject<'r> {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) line: u64,
    /// Its text, mended where it wasn't UTF-8.
    pub(super) bytes: &'r [u8],
    /// The text at the key's pointer.
    pub(super) key: &'r str,
}

/// Takes each usable object; breaking ends the pass.
pub(super) type Take<'t> = dyn FnMut(RawObject<'_>) -> Result<ControlFlow<()>, SourceError> + 't;

/// Goes over the objects of a JSON text; the wrapper's scalar members are put into `envelope`.
pub(super) fn walk(
    window: &mut Window<'_>,
    shape: &JsonShape,
    pointer: Option<&str>,
    report: &mut Report,
    envelope: &mut Map<String, Value>,
    take: &mut Take<'_>,
) -> Result<(), SourceError> {
    let mut pass = Pass {
        path: pointer.map(KeyPath::new),
        report,
        take,
    };
    let mut cursor = Cursor::new(window);
    if cursor.peek()?.is_none() {
        return Ok(());
    }
    let flow = match shape {
        JsonShape::Array => pass.elements(&mut cursor)?,
        JsonShape::Single { member: None } => pass.element(&mut cursor)?,
        JsonShape::List { member } => pass.members(&mut cursor, member, true, envelope)?,
        JsonShape::Single {
            member: Some(member),
        } => pass.members(&mut cursor, member, false, envelope)?,
    };
    if flow.is_continue() && cursor.peek()?.is_some() {
        let spot = cursor.spot();
        pass.broken(spot, "text behind the end of the JSON text");
    }
    Ok(())
}

/// Goes over the lines of NDJSON, each an object.
pub(super) fn walk_lines(
    window: &mut Window<'_>,
    pointer: Option<&str>,
    report: &mut Report,
    take: &mut Take<'_>,
) -> Result<(), SourceError> {
    let mut pass = Pass {
        path: pointer.map(KeyPath::new),
        report,
        take,
    };
    let mut at = 0;
    let mut line = 1;
    let mut ended = false;
    while !ended {
        let mut length = 0;
        let mut dropped = false;
        let start = window.position(at);
        loop {
            let rest = window.rest(at + length);
            if let Some(found) = rest.iter().position(|byte| *byte == b'\n') {
                length += found + 1;
                break;
            }
            length += rest.len();
            if length > super::window::RECORD_LIMIT {
                dropped = true;
                at += length;
                length = 0;
            }
            if !window.fill(&mut at)? {
                ended = true;
                break;
            }
        }
        let whole = window.rest(at).get(..length).unwrap_or_default();
        let spaces = whole.len() - whole.trim_ascii_start().len();
        let spot = Spot {
            byte: start + spaces as u64,
            line,
            column: spaces as u64 + 1,
        };
        if dropped {
            pass.too_long(spot);
        } else if !whole.trim_ascii().is_empty() {
            if pass.object(whole.trim_ascii(), spot)?.is_break() {
                return Ok(());
            }
            window.records += 1;
        }
        line += 1;
        at += length;
    }
    Ok(())
}

/// Decodes one object from its bytes.
pub(super) fn decode(bytes: &[u8], start: u64, line: u64, report: &mut Report) -> Option<Record> {
    let spot = Spot {
        byte: start,
        line,
        column: 1,
    };
    let mut decoded = None;
    let mut take = |raw: RawObject<'_>| {
        decoded = deep::value(raw.bytes).map(|value| Record {
            place: Place::line(line, start),
            content: RecordContent::Json(value),
            joined: Joined::default(),
        });
        Ok(ControlFlow::Continue(()))
    };
    let mut pass = Pass {
        path: None,
        report,
        take: &mut take,
    };
    // `take` has no errors and says nothing else than to go on.
    let _: ControlFlow<()> = pass.object(bytes, spot).ok()?;
    decoded
}

/// One pass over the records of a file.
struct Pass<'p, 't> {
    path: Option<KeyPath>,
    report: &'p mut Report,
    take: &'p mut Take<'t>,
}

impl Pass<'_, '_> {
    fn add(
        &mut self,
        rule: &'static crate::finding::Rule,
        spot: Spot,
        detail: impl Into<Box<str>>,
    ) {
        let place = Place::line(spot.line, spot.byte);
        let finding = Finding::new(rule, Target::Whole, detail).at(place);
        self.report.add(finding);
    }

    fn broken(&mut self, spot: Spot, what: &str) {
        let detail = format!("{what}, column {}", spot.column);
        self.add(&rules::BROKEN_JSON, spot, detail);
    }

    fn too_long(&mut self, spot: Spot) {
        self.add(&rules::TOO_LONG, spot, "");
    }

    /// The elements of the list at which the cursor stands.
    fn elements(&mut self, cursor: &mut Cursor<'_, '_>) -> Result<ControlFlow<()>, SourceError> {
        cursor.bump();
        let mut after_comma = true;
        let mut first = true;
        loop {
            match cursor.peek()? {
                None => {
                    let spot = cursor.spot();
                    self.broken(spot, "the file ends before its list is closed");
                    return Ok(ControlFlow::Break(()));
                }
                Some(b']') => {
                    if after_comma && !first {
                        let spot = cursor.spot();
                        self.broken(spot, "a comma without an element behind it");
                    }
                    cursor.bump();
                    return Ok(ControlFlow::Continue(()));
                }
                Some(b',') => {
                    if after_comma {
                        let spot = cursor.spot();
                        self.broken(spot, "a comma without an element before it");
                    }
                    after_comma = true;
                    first = false;
                    cursor.bump();
                }
                Some(_) => {
                    if !after_comma {
                        let spot = cursor.spot();
                        self.broken(spot, "a comma is missing between two elements");
                    }
                    after_comma = false;
                    first = false;
                    if self.element(cursor)?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
            }
        }
    }

    /// The members of the wrapper at which the cursor stands.
    fn members(
        &mut self,
        cursor: &mut Cursor<'_, '_>,
        wanted: &str,
        list: bool,
        envelope: &mut Map<String, Value>,
    ) -> Result<ControlFlow<()>, SourceError> {
        let ended = each_member(cursor, &mut |cursor, name, first| {
            if name == wanted && list && first == b'[' {
                return self.elements(cursor);
            }
            if name == wanted && !list && first == b'{' {
                return self.element(cursor);
            }
            let (spot, extent) = cursor.value()?;
            if extent == Extent::Broken {
                self.unfinished(cursor, spot);
                return Ok(ControlFlow::Break(()));
            }
            let bytes = cursor.bytes_from(spot);
            if extent == Extent::Complete
                && !matches!(first, b'{' | b'[')
                && bytes.len() <= ENVELOPE_LIMIT
            {
                match serde_json::from_slice(bytes) {
                    Ok(value) => {
                        envelope.insert(name.to_owned(), value);
                    }
                    Err(error) => self.broken(spot, &reason(&error)),
                }
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(match ended {
            Members::Closed => ControlFlow::Continue(()),
            Members::Stopped => ControlFlow::Break(()),
            Members::Broken(spot, what) => {
                self.broken(spot, what);
                ControlFlow::Break(())
            }
        })
    }

    /// The element at which the cursor stands; breaks where nothing behind it can be read.
    fn element(&mut self, cursor: &mut Cursor<'_, '_>) -> Result<ControlFlow<()>, SourceError> {
        let (spot, extent) = cursor.value()?;
        match extent {
            Extent::Broken => {
                self.unfinished(cursor, spot);
                return Ok(ControlFlow::Break(()));
            }
            Extent::TooLong => self.too_long(spot),
            Extent::TooDeep => self.add(&rules::TOO_DEEP, spot, ""),
            Extent::Complete => {
                let flow = self.object(cursor.bytes_from(spot), spot)?;
                cursor.window.records += 1;
                return Ok(flow);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// An element whose end can't be found: says where its grammar breaks first.
    fn unfinished(&mut self, cursor: &Cursor<'_, '_>, spot: Spot) {
        match survey::survey(cursor.bytes_from(spot), None) {
            Err(error) => self.grammar(spot, &error, "; nothing behind it can be read"),
            Ok(_) => self.broken(spot, "the value that starts here never ends"),
        }
    }

    /// One object whose bytes are known.
    fn object(&mut self, bytes: &[u8], spot: Spot) -> Result<ControlFlow<()>, SourceError> {
        let end = spot.byte + bytes.len() as u64;
        let mended = std::str::from_utf8(bytes).is_err();
        let text;
        let bytes = if mended {
            self.add(&rules::INVALID_TEXT, spot, "");
            text = String::from_utf8_lossy(bytes).into_owned();
            text.as_bytes()
        } else {
            bytes
        };
        let path = self.path.as_ref();
        let surveyed = survey::survey(bytes, path).or_else(|error| {
            // One level more than can be read in one go.
            let deep = is_too_deep(&error).then(|| deep::survey_members(bytes, path));
            deep.flatten().unwrap_or(Err(error))
        });
        match surveyed {
            Err(error) => self.grammar(spot, &error, ""),
            Ok(_) if bytes.first() != Some(&b'{') => {
                let beginning: String = String::from_utf8_lossy(bytes).chars().take(40).collect();
                self.add(&rules::NOT_AN_OBJECT, spot, format!("{beginning:?}"));
            }
            Ok(survey) => {
                if is_replaced(bytes) && !mended {
                    self.add(&rules::REPLACED, spot, "");
                }
                if let Some((name, count)) = survey.duplicate {
                    let detail = match count {
                        1 => format!("{name:?}"),
                        more => format!("{name:?} and {} more", more - 1),
                    };
                    self.add(&rules::DUPLICATE_KEY, spot, detail);
                }
                return (self.take)(RawObject {
                    start: spot.byte,
                    end,
                    line: spot.line,
                    bytes,
                    key: &survey.key,
                });
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Where and why `serde_json` gave up in a value that starts at `spot`.
    fn grammar(&mut self, spot: Spot, error: &serde_json::Error, end: &str) {
        let below = (error.line() as u64).saturating_sub(1);
        let column = match below {
            0 => spot.column + (error.column() as u64).saturating_sub(1),
            _ => error.column() as u64,
        };
        let reason = reason(error);
        if is_too_deep(error) {
            return self.add(&rules::TOO_DEEP, spot, "");
        }
        let detail = format!("{reason}, column {column}{end}");
        let place = Place {
            line: Some(spot.line + below),
            byte: (below == 0).then(|| spot.byte + column.saturating_sub(spot.column)),
            ..Place::default()
        };
        let finding = Finding::new(&rules::BROKEN_JSON, Target::Whole, detail).at(place);
        self.report.add(finding);
    }
}

/// Does a text hold U+FFFD, as itself or escaped?
fn is_replaced(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| {
        text.contains(char::REPLACEMENT_CHARACTER)
            || text.match_indices("\\u").any(|(place, _)| {
                let digits = text.get(place + 2..place + 6);
                let before = text.get(..place).unwrap_or_default();
                // Behind a backslash that is escaped itself, `u` is a letter.
                let backslashes = before.len() - before.trim_end_matches('\\').len();
                digits.is_some_and(|digits| digits.eq_ignore_ascii_case("fffd"))
                    && backslashes.is_multiple_of(2)
            })
    })
}

/// Did `serde_json` give up because of the depth?
fn is_too_deep(error: &serde_json::Error) -> bool {
    reason(error).starts_with("recursion limit")
}

/// The reason of `serde_json` without the place, which counts from the element's start.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text.get(..end).unwrap_or_default().to_owned(),
        None => text,
    }
}
