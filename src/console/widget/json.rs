//! A payload as lines: pretty JSON that can be folded, findings on the lines that they concern.

use std::collections::HashSet;

use ratatui::text::{Line, Span};
use serde_json::Value;

use super::text;
use crate::console::model::Inspection;
use crate::console::theme::Theme;
use crate::finding::{Finding, Severity, Target};
use crate::order::Field;
use crate::vendor::Origin;

/// What a line is.
#[derive(Debug, Clone, PartialEq)]
pub enum LineKind {
    /// Opens an object or a list.
    Open {
        /// A list.
        list: bool,
    },
    /// Closes it.
    Close {
        /// A list.
        list: bool,
    },
    /// An object or a list that is folded or empty.
    Folded {
        /// A list.
        list: bool,
        /// Members or elements.
        count: usize,
    },
    /// A value, as JSON.
    Value(String),
    /// A finding, by its number.
    Finding(usize),
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonLine {
    /// How deep it stands.
    pub depth: usize,
    /// Where in the payload; of a finding the place it is about, whether or not it is there.
    pub pointer: String,
    /// The member's name.
    pub name: Option<String>,
    /// What it is.
    pub kind: LineKind,
    /// Whether a comma follows.
    pub comma: bool,
    /// Where the value came from.
    pub origin: String,
    /// The worst finding about this very place.
    pub severity: Option<Severity>,
}

/// The lines of a payload.
pub(in crate::console) fn lines(
    inspection: &Inspection,
    folded: &HashSet<String>,
) -> Vec<JsonLine> {
    let Ok(payload) = &inspection.payload else {
        return Vec::new();
    };
    let places: Vec<String> = payload
        .findings
        .iter()
        .map(|finding| place_of(finding, inspection))
        .collect();
    let mut builder = Builder {
        inspection,
        folded,
        findings: &payload.findings,
        places: &places,
        told: vec![false; places.len()],
        lines: Vec::new(),
    };
    builder.value(&payload.value, "", None, 0, false);
    builder.lines
}

/// Where in the payload a finding belongs: its own place, or that of the field of the order that it is about.
fn place_of(finding: &Finding, inspection: &Inspection) -> String {
    let Some(pointer) = finding.target.pointer() else {
        return String::new();
    };
    if finding
        .rule
        .id
        .starts_with(inspection.target.vendor.rule_family())
    {
        return pointer;
    }
    let Some((field, item)) = canonical(&finding.target) else {
        return String::new();
    };
    let Ok(payload) = &inspection.payload else {
        return String::new();
    };
    let found = payload.origins.iter().find(|(pointer, origin)| {
        let same_item = item
            .is_none_or(|item| pointer.split('/').find_map(|part| part.parse().ok()) == Some(item));
        matches!(origin, Origin::Fields(fields) if fields.contains(&field)) && same_item
    });
    found.map_or_else(String::new, |(pointer, _)| pointer.clone())
}

/// The field of the order that a finding of the mapping or the order names.
pub fn canonical(target: &Target) -> Option<(Field, Option<usize>)> {
    let pointer = target.pointer()?;
    let path = pointer.trim_start_matches('/');
    if let Some(rest) = path.strip_prefix("items/") {
        let (item, name) = rest.split_once('/')?;
        let field = Field::from_name(&format!("items.{}", name.replace('/', ".")))?;
        return Some((field, item.parse().ok()));
    }
    Some((Field::from_name(&path.replace('/', "."))?, None))
}

struct Builder<'a> {
    inspection: &'a Inspection,
    folded: &'a HashSet<String>,
    findings: &'a [Finding],
    places: &'a [String],
    told: Vec<bool>,
    lines: Vec<JsonLine>,
}

impl Builder<'_> {
    fn value(
        &mut self,
        value: &Value,
        pointer: &str,
        name: Option<String>,
        depth: usize,
        comma: bool,
    ) {
        let (list, children) = match value {
            Value::Object(members) => (false, members.len()),
            Value::Array(elements) => (true, elements.len()),
            scalar => {
                let kind = LineKind::Value(scalar.to_string());
                self.push(kind, pointer, name, depth, comma);
                return self.findings_at(pointer, depth, false);
            }
        };
        if children == 0 || self.folded.contains(pointer) {
            let kind = LineKind::Folded {
                list,
                count: children,
            };
            self.push(kind, pointer, name, depth, comma);
            return self.findings_at(pointer, depth, true);
        }
        self.push(LineKind::Open { list }, pointer, name, depth, false);
        self.findings_at(pointer, depth + 1, false);
        match value {
            Value::Object(members) => {
                for (index, (name, member)) in members.iter().enumerate() {
                    let child = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                    self.value(
                        member,
                        &child,
                        Some(name.clone()),
                        depth + 1,
                        index + 1 < children,
                    );
                }
            }
            Value::Array(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    let child = format!("{pointer}/{index}");
                    self.value(element, &child, None, depth + 1, index + 1 < children);
                }
            }
            _ => {}
        }
        // What is missing is said where it would stand.
        self.findings_at(pointer, depth + 1, true);
        self.push(LineKind::Close { list }, pointer, None, depth, comma);
    }

    fn push(
        &mut self,
        kind: LineKind,
        pointer: &str,
        name: Option<String>,
        depth: usize,
        comma: bool,
    ) {
        let severity = self
            .findings
            .iter()
            .zip(self.places)
            .filter(|(_, place)| *place == pointer && !pointer.is_empty())
            .map(|(finding, _)| finding.severity)
            .max();
        let origin = match kind {
            LineKind::Close { .. } => String::new(),
            _ => self
                .inspection
                .origins
                .get(pointer)
                .cloned()
                .unwrap_or_default(),
        };
        self.lines.push(JsonLine {
            depth,
            pointer: pointer.to_owned(),
            name,
            kind,
            comma,
            origin,
            severity,
        });
    }

    /// Tells the findings at this place; with `below` also those about what is missing below it.
    fn findings_at(&mut self, pointer: &str, depth: usize, below: bool) {
        for number in 0..self.findings.len() {
            let place = &self.places[number];
            let here = place == pointer
                || (below
                    && place
                        .strip_prefix(pointer)
                        .is_some_and(|rest| rest.starts_with('/')));
            if !here || self.told[number] {
                continue;
            }
            self.told[number] = true;
            self.lines.push(JsonLine {
                depth,
                pointer: place.clone(),
                name: None,
                kind: LineKind::Finding(number),
                comma: false,
                origin: String::new(),
                severity: Some(self.findings[number].severity),
            });
        }
    }
}

/// The symbol and the style of a severity.
pub fn severity_mark(severity: Severity, theme: &Theme) -> (&'static str, ratatui::style::Style) {
    match severity {
        Severity::Error => ("✗", theme.error),
        Severity::Warning => ("!", theme.warning),
        Severity::Info => ("·", theme.info),
    }
}

/// A line as it is drawn, in that many columns; the origin stands on the right where there is room.
pub fn draw(
    line: &JsonLine,
    inspection: &Inspection,
    columns: usize,
    with_origin: bool,
    theme: &Theme,
) -> Line<'static> {
    let findings = inspection
        .payload
        .as_ref()
        .map_or(&[][..], |payload| payload.findings.as_slice());
    if let LineKind::Finding(number) = line.kind {
        let Some(finding) = findings.get(number) else {
            return Line::default();
        };
        let (mark, style) = severity_mark(finding.severity, theme);
        let fixable = inspection.fixable.get(number).copied().unwrap_or(false);
        let keys = if fixable { "f fix" } else { "" };
        let words = format!(
            "{mark} {}{} {}",
            "  ".repeat(line.depth),
            finding.rule.id,
            text::shown(&finding.message())
        );
        let room = columns.saturating_sub(text::width(keys) + usize::from(!keys.is_empty()));
        return Line::from(vec![
            Span::styled(text::left(&words, room), style),
            Span::raw(if keys.is_empty() { "" } else { " " }),
            Span::styled(keys, theme.key),
        ]);
    }
    let (mark, mark_style) = match (line.severity, &line.kind) {
        (Some(severity), kind) if !matches!(kind, LineKind::Close { .. }) => {
            severity_mark(severity, theme)
        }
        (_, LineKind::Folded { count, .. }) if *count > 0 => ("▸", theme.dim),
        (_, LineKind::Open { .. }) if line.depth > 0 => ("▾", theme.dim),
        _ => (" ", theme.text),
    };
    let mut spans = vec![
        Span::styled(mark, mark_style),
        Span::raw(" ".to_owned() + &"  ".repeat(line.depth)),
    ];
    if let Some(name) = &line.name {
        let name = serde_json::to_string(name).unwrap_or_default();
        spans.push(Span::styled(
            text::shown(&name).into_owned(),
            theme.json_name,
        ));
        spans.push(Span::raw(": "));
    }
    match &line.kind {
        LineKind::Open { list } => spans.push(Span::raw(if *list { "[" } else { "{" })),
        LineKind::Close { list } => spans.push(Span::raw(if *list { "]" } else { "}" })),
        LineKind::Folded { list, count } => {
            let (open, close, what) = if *list {
                ("[", "]", "item")
            } else {
                ("{", "}", "member")
            };
            spans.push(Span::raw(open));
            if *count > 0 {
                let words = format!(" {} ", text::many(*count as u64, what));
                spans.push(Span::styled(words, theme.dim));
            }
            spans.push(Span::raw(close));
        }
        LineKind::Value(json) => {
            let style = match json.bytes().next() {
                Some(b'"') => theme.json_text,
                Some(b't' | b'f' | b'n') => theme.json_word,
                _ => theme.json_number,
            };
            spans.push(Span::styled(text::shown(json).into_owned(), style));
        }
        LineKind::Finding(_) => {}
    }
    if line.comma {
        spans.push(Span::raw(","));
    }
    if !with_origin || line.origin.is_empty() {
        return Line::from(cut(spans, columns));
    }
    // The value has the first right to the room, the origin to a third of it.
    let origin = text::shown(&line.origin).into_owned();
    let wide: usize = spans.iter().map(|span| text::width(&span.content)).sum();
    let origin_columns =
        text::width(&origin).min((columns / 3).max(columns.saturating_sub(wide + 1)));
    let room = columns.saturating_sub(origin_columns + 1);
    let mut spans = cut(spans, room);
    let used: usize = spans.iter().map(|span| text::width(&span.content)).sum();
    let style = if line.origin == "edit" {
        theme.edit
    } else {
        theme.dim
    };
    spans.push(Span::raw(" ".repeat(room.saturating_sub(used) + 1)));
    spans.push(Span::styled(
        text::right_fit(&origin, origin_columns),
        style,
    ));
    Line::from(spans)
}

/// Spans cut to that many columns.
fn cut(spans: Vec<Span<'static>>, columns: usize) -> Vec<Span<'static>> {
    let mut left = columns;
    let mut out = Vec::with_capacity(spans.len());
    for span in spans {
        let wide = text::width(&span.content);
        if wide <= left {
            left -= wide;
            out.push(span);
        } else {
            out.push(Span::styled(text::fit(&span.content, left), span.style));
            break;
        }
    }
    out
}
