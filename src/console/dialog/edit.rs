//! Editing one field: a list for what has choices, a line of text else, checked by the vendor's own rules while
//! it is typed.

use ratatui::Frame;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use serde_json::Value;

use super::{Border, Flow, Input, Layer};
use crate::console::action::Command;
use crate::console::effect::{BulkChange, EditWork, Effect};
use crate::console::layout;
use crate::console::state::State;
use crate::console::theme::Theme;
use crate::console::update;
use crate::console::update::payload::Subject;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::input;
use crate::console::widget::json::severity_mark;
use crate::console::widget::{pane, text};
use crate::deck::{Deck, DeckOrder, Target};
use crate::finding::Severity;
use crate::order::edit::Edit;
use crate::vendor::payload::{Subject as Encoding, inspect};
use crate::vendor::{FieldKind, FieldSpec, PayloadChange};

/// Lines of the list of choices.
const PAGE: usize = 10;

/// What is said of what is typed.
#[derive(Debug)]
enum Verdict {
    /// Nothing.
    Well,
    /// A rule speaks of it; it can be set all the same.
    Spoken(Severity, String),
    /// The field can't hold it.
    Impossible(String),
}

/// The editor of one field.
#[derive(Debug)]
pub struct EditDialog {
    subject: Subject,
    /// Where the field stands in the payload, for the rules that speak of it.
    pointer: String,
    order: DeckOrder,
    target: Target,
    payload: Value,
    spec: Option<&'static FieldSpec>,
    /// These orders too: places.
    marked: Option<Vec<usize>>,
    before: String,
    choices: Vec<String>,
    cursor: Cursor,
    input: input::Input,
    /// What the rules say of what is typed.
    verdict: Verdict,
}

impl EditDialog {
    /// The editor of what the line under the cursor means; `marked` for all marked orders.
    pub fn new(state: &State, subject: Subject, marked: bool) -> Option<Self> {
        let shown = state.payload.shown.as_ref()?;
        let payload = shown.payload.as_ref().ok()?.value.clone();
        let pointer = update::payload::line_meant(state)?.1.pointer.clone();
        let spec = shown
            .target
            .vendor
            .table()
            .at_pointer(&pointer)
            .map(|(id, _)| shown.target.vendor.table().spec(id));
        let (before, mut choices): (String, Vec<String>) = match &subject {
            Subject::Field(field, item) => (
                field.get(&shown.order.order, *item).unwrap_or_default(),
                field
                    .kind()
                    .choices()
                    .iter()
                    .map(|choice| (*choice).to_owned())
                    .collect(),
            ),
            Subject::Place(pointer) => (
                payload.pointer(pointer).map_or_else(String::new, words),
                match spec {
                    Some(spec) if !spec.choices.is_empty() => spec
                        .choices
                        .iter()
                        .map(|choice| (*choice).to_owned())
                        .collect(),
                    Some(spec) if spec.kind == FieldKind::Boolean => {
                        vec!["true".to_owned(), "false".to_owned()]
                    }
                    _ => Vec::new(),
                },
            ),
        };
        if !choices.is_empty() && !is_required(spec) {
            choices.push(String::new());
        }
        let at = choices
            .iter()
            .position(|choice| *choice == before)
            .unwrap_or(0);
        let mut dialog = Self {
            subject,
            pointer,
            order: shown.order.clone(),
            target: shown.target.clone(),
            payload,
            spec,
            marked: marked.then(|| state.orders.meant(state.file.orders())),
            input: input::Input::new(before.clone()),
            before,
            cursor: Cursor { at, top: 0 },
            choices,
            verdict: Verdict::Well,
        };
        dialog.cursor.settle(dialog.choices.len(), PAGE);
        dialog.judge();
        Some(dialog)
    }

    /// What is chosen or typed.
    fn text(&self) -> &str {
        self.choices
            .get(self.cursor.at)
            .map_or_else(|| self.input.text(), String::as_str)
    }

    /// The edit that enter would make.
    fn edit(&self) -> Result<Edit, String> {
        match &self.subject {
            Subject::Field(field, item) => {
                Deck::field_edit(&self.order, *field, *item, self.text())
                    .map_err(|error| error.to_string())
            }
            Subject::Place(pointer) => {
                let change = self.change(pointer)?;
                let vendor = self.target.vendor.name();
                Ok(Deck::payload_edit(
                    &self.order,
                    vendor,
                    &self.payload,
                    &change,
                ))
            }
        }
    }

    fn change(&self, pointer: &str) -> Result<PayloadChange, String> {
        let kind = self.spec.map(|spec| spec.kind);
        let old = self.payload.pointer(pointer);
        Ok(PayloadChange {
            pointer: pointer.to_owned(),
            value: read(self.text(), kind, old)?,
        })
    }

    /// Asks the field and the vendor's rules about what is typed.
    fn judge(&mut self) {
        self.verdict = match self.edit().and_then(|edit| self.try_out(edit)) {
            Ok(verdict) => verdict,
            Err(why) => Verdict::Impossible(why),
        };
    }

    /// Makes the payload as it would be, and looks for what is said about this field.
    fn try_out(&self, edit: Edit) -> Result<Verdict, String> {
        let mut order = self.order.order.clone();
        let mut edits = self.order.edits.clone();
        match &self.subject {
            Subject::Field(field, item) => field
                .set(&mut order, *item, self.text())
                .map_err(|error| error.to_string())?,
            Subject::Place(_) => {
                edits.retain(|other| other.target != edit.target);
                edits.push(edit);
            }
        }
        let inspected = inspect(
            self.target.vendor,
            Encoding {
                order: &order,
                native: self.order.native.as_ref().map(|native| &native.payload),
                edits: &edits,
            },
            &self.target.account,
            self.target.operation,
            self.target.now,
        );
        let about = inspected.findings.iter().find(|finding| {
            finding.severity != Severity::Info
                && finding.target.pointer().as_deref() == Some(self.pointer.as_str())
        });
        Ok(about.map_or(Verdict::Well, |finding| {
            let words = format!("{} {}", finding.rule.id, finding.message());
            Verdict::Spoken(finding.severity, words)
        }))
    }

    fn verdict_words(&self, theme: &Theme) -> (String, Style) {
        match &self.verdict {
            Verdict::Well => ("✓ well".to_owned(), theme.taken),
            Verdict::Spoken(severity, words) => {
                let (mark, style) = severity_mark(*severity, theme);
                (format!("{mark} {}", text::shown(words)), style)
            }
            Verdict::Impossible(why) => (format!("✗ {}", text::shown(why)), theme.error),
        }
    }

    /// Whom the edit concerns, in words.
    fn scope(&self) -> String {
        let orders = match &self.marked {
            Some(places) => format!(", {}", text::many(places.len() as u64, "marked order")),
            None => String::new(),
        };
        match &self.subject {
            Subject::Field(field, _) => {
                format!("the order's {}: for all vendors{orders}", field.name())
            }
            Subject::Place(_) => {
                format!("{}'s payload only{orders}", self.target.vendor.title())
            }
        }
    }

    fn accept(&mut self, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        // What can't be held at all isn't made; what only a rule forbids is the operator's decision.
        let edit = match self.edit() {
            Ok(edit) => edit,
            Err(why) => {
                self.verdict = Verdict::Impossible(why);
                return Flow::Stay;
            }
        };
        let name = match &self.subject {
            Subject::Field(field, Some(item)) => format!("{} {}", field.name(), item + 1),
            Subject::Field(field, None) => field.name().to_owned(),
            Subject::Place(pointer) => pointer.trim_start_matches('/').to_owned(),
        };
        let work = match &self.marked {
            None if edit.before == edit.after => return Flow::Close,
            None => EditWork::Make {
                label: format!("{name} of {}", self.order.order.id),
                edits: vec![edit],
            },
            Some(places) => EditWork::MakeForMany {
                label: format!("{name} of {}", text::many(places.len() as u64, "order")),
                places: places.clone(),
                change: match &self.subject {
                    Subject::Field(field, item) => BulkChange::Field {
                        field: *field,
                        item: *item,
                        text: self.text().to_owned(),
                    },
                    Subject::Place(pointer) => match self.change(pointer) {
                        Ok(change) => BulkChange::Payload(change),
                        Err(_) => return Flow::Stay,
                    },
                },
                target: Box::new(self.target.clone()),
            },
        };
        update::edits::push(state, work, effects);
        Flow::Close
    }
}

fn is_required(spec: Option<&FieldSpec>) -> bool {
    spec.is_some_and(|spec| spec.required.by(crate::order::outcome::Operation::Import))
}

/// A value as it is typed: text without its quotes.
fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(elements) if elements.iter().all(Value::is_string) => elements
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}

/// What was typed as a value of the field's type; nothing takes the field away.
fn read(
    typed: &str,
    kind: Option<FieldKind>,
    old: Option<&Value>,
) -> Result<Option<Value>, String> {
    let trimmed = typed.trim();
    if trimmed.is_empty() {
        return Ok(None);
    }
    let number = || match serde_json::from_str::<Value>(trimmed) {
        Ok(value @ Value::Number(_)) => Ok(value),
        _ => Err("not a number such as 19.90".to_owned()),
    };
    let value = match kind {
        Some(FieldKind::Integer) => match number()? {
            value if trimmed.bytes().all(|b| b.is_ascii_digit() || b == b'-') => value,
            _ => return Err("not a whole number".to_owned()),
        },
        Some(FieldKind::Number) => number()?,
        Some(FieldKind::Boolean) => match trimmed {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => return Err("neither true nor false".to_owned()),
        },
        Some(FieldKind::TextArray) => Value::Array(
            trimmed
                .split(',')
                .map(|part| Value::String(part.trim().to_owned()))
                .collect(),
        ),
        Some(FieldKind::Object | FieldKind::Array) => {
            serde_json::from_str(trimmed).map_err(|error| format!("not JSON: {error}"))?
        }
        Some(FieldKind::Any) | None => match old {
            Some(Value::String(_)) => Value::String(typed.to_owned()),
            _ => serde_json::from_str(trimmed).unwrap_or_else(|_| Value::String(typed.to_owned())),
        },
        Some(_) => Value::String(typed.to_owned()),
    };
    Ok(Some(value))
}

impl EditDialog {
    /// What the field means, and what the table says of it.
    fn about(&self) -> Vec<String> {
        let help = self.spec.map_or("", |spec| spec.help);
        let help = match &self.subject {
            Subject::Field(field, _) if help.is_empty() => field.help(),
            _ => help,
        };
        let mut about = text::wrap(&text::shown(help), 72);
        if let Some(spec) = self.spec {
            about.push(rule_words(spec));
        }
        about
    }

    fn frame(&self, state: &State) -> Border {
        let page = self.choices.len().clamp(1, PAGE);
        let spoken = text::wrap(&self.verdict_words(&state.theme).0, 74);
        let height = 2 + 1 + page + spoken.len() + 1 + self.about().len();
        let area = layout::middle(state.size, 78, height as u16);
        Border::new(
            area,
            &[(Command::Accept, "set it"), (Command::Back, "back")],
        )
    }

    /// The choice in a line; above them stands whom the edit concerns.
    fn choice_at(&self, line: Option<usize>) -> Option<usize> {
        let line = line?.checked_sub(1)?;
        let choice = self.cursor.top + line;
        (line < PAGE && choice < self.choices.len()).then_some(choice)
    }
}

impl Layer for EditDialog {
    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn is_typing(&self) -> bool {
        self.choices.is_empty()
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Text(key) => {
                self.input.key(key);
                self.judge();
            }
            Input::Paste(pasted) if self.choices.is_empty() => {
                self.input.paste(pasted);
                self.judge();
            }
            Input::Command(Command::Back) => return Flow::Close,
            Input::Command(Command::Accept) => return self.accept(state, effects),
            Input::Mouse(click) => {
                let line = self.frame(state).line(click.at);
                if let Some(choice) = self.choice_at(line) {
                    self.cursor.at = choice;
                    self.judge();
                    if click.again {
                        return self.accept(state, effects);
                    }
                }
            }
            Input::Command(command) if !self.choices.is_empty() => {
                let command = match command {
                    Command::NextPane => Command::Down,
                    Command::PreviousPane => Command::Up,
                    other => other,
                };
                self.cursor.act(command, self.choices.len(), PAGE);
                self.judge();
            }
            _ => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let page = self.choices.len().min(PAGE);
        let about = self.about();
        let (words, style) = self.verdict_words(theme);
        let spoken = text::wrap(&words, 74);
        let title = format!(
            " Edit {} · {} ",
            text::keep_end(self.pointer.trim_start_matches('/'), 40),
            text::shown(&self.order.order.id)
        );
        let title = Line::styled(title, theme.strong);
        let border = self.frame(state);
        let inner = border.draw(frame, title, theme.border_focus, state);
        let columns = usize::from(inner.width);
        let mut line = 0;
        let mut put = |frame: &mut Frame<'_>, content: Line<'static>, style| {
            pane::row(frame, inner, line, content, style);
            line += 1;
        };
        put(frame, Line::styled(self.scope(), theme.dim), None);
        if self.choices.is_empty() {
            let mut typed = vec![Span::styled("▸ ", theme.accent)];
            typed.extend(
                self.input
                    .spans(columns.saturating_sub(2), true, theme.text, theme),
            );
            put(frame, Line::from(typed), None);
        }
        for index in self.cursor.shown(self.choices.len(), page) {
            let at = index == self.cursor.at;
            let choice = match self.choices[index].as_str() {
                "" => "(nothing)",
                choice => choice,
            };
            let now = if self.choices[index] == self.before {
                "  now"
            } else {
                ""
            };
            let content = Line::from(vec![
                Span::styled(if at { "▸ " } else { "  " }, theme.accent),
                Span::raw(choice.to_owned()),
                Span::styled(now, theme.dim),
            ]);
            put(frame, content, at.then_some(theme.selection));
        }
        for words in spoken {
            put(frame, Line::styled(words, style), None);
        }
        put(frame, Line::default(), None);
        for words in about {
            put(frame, Line::styled(words, theme.dim), None);
        }
    }
}

/// What the table says of a field, in words.
fn rule_words(spec: &FieldSpec) -> String {
    let mut words = vec![spec.kind.words().to_owned()];
    if let Some((least, most)) = spec.length {
        words.push(format!("{least} to {most} characters"));
    }
    if let Some(least) = spec.minimum {
        words.push(format!("at least {least}"));
    }
    if is_required(Some(spec)) {
        words.push("required".to_owned());
    }
    words.join(", ")
}
