//! Profiles: the accounts there are, and the one under the cursor line by line.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::console::action::Command;
use crate::console::layout;
use crate::console::model::AccountInfo;
use crate::console::state::{State, Trial};
use crate::console::theme::Theme;
use crate::console::widget::{pane, text};
use crate::workspace::accounts::{own_limit, settings_of};

/// Lines under the rows of an account: help of the row under the cursor, and what trying it came to.
fn foot(size: (u16, u16)) -> usize {
    if size.1 >= 34 { 8 } else { 5 }
}

/// What a line of an account is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// A heading, or something that can't be changed.
    Fixed,
    /// The currency that all orders must have.
    Currency,
    /// Where it is reached.
    BaseUrl,
    /// Whether it never sends.
    ReadOnly,
    /// Whether proxies of the environment are used.
    AllowProxy,
    /// Where a credential comes from.
    Credential(&'static str),
    /// A setting of the vendor's.
    Setting(&'static str),
    /// A value for a field that the order doesn't give.
    Default(String),
    /// A further one of these.
    NewDefault,
}

/// A line of an account.
#[derive(Debug)]
pub struct Row {
    /// What it is.
    pub field: Field,
    /// Its name.
    pub name: String,
    /// Its value; empty for none.
    pub value: String,
    /// What holds without a value.
    pub without: String,
    /// What it means.
    pub help: String,
}

impl Row {
    fn new(field: Field, name: &str, value: impl Into<String>, help: &str) -> Self {
        Self {
            field,
            name: name.to_owned(),
            value: value.into(),
            without: String::new(),
            help: help.to_owned(),
        }
    }

    fn or(mut self, without: &str) -> Self {
        without.clone_into(&mut self.without);
        self
    }
}

/// The lines of an account.
pub fn rows(account: &AccountInfo) -> Vec<Row> {
    let vendor = account.vendor;
    let read_only = if account.read_only { "yes" } else { "" };
    let mut rows = vec![
        Row::new(
            Field::Fixed,
            "account",
            account.account.as_str(),
            "the ledger's name for who it is at the vendor; it never changes",
        ),
        Row::new(
            Field::BaseUrl,
            "address",
            account.base_url.clone().unwrap_or_default(),
            "where the vendor is reached",
        )
        .or(vendor.default_base_url().unwrap_or("none")),
        Row::new(
            Field::Currency,
            "currency",
            account.currency.clone().unwrap_or_default(),
            "the code that every order must have (ORD-03)",
        )
        .or("any, but one in all the file"),
        Row::new(
            Field::ReadOnly,
            "read-only",
            read_only,
            "looks and checks, never sends",
        )
        .or("no"),
        Row::new(
            Field::Fixed,
            "credentials",
            "",
            "where each comes from; values are never shown",
        ),
    ];
    if account.allow_proxy {
        let about = "proxies that the environment names are used";
        rows.insert(4, Row::new(Field::AllowProxy, "allow-proxy", "yes", about));
    }
    for spec in vendor.credentials() {
        let source = account.credentials.get(spec.name).cloned();
        let without = if spec.optional {
            "none, not needed"
        } else {
            "missing"
        };
        let row = Row::new(
            Field::Credential(spec.name),
            &format!("  {}", spec.name),
            source.unwrap_or_default(),
            spec.help,
        );
        rows.push(row.or(without));
    }
    rows.push(Row::new(
        Field::Fixed,
        "settings",
        "",
        "pace, and the vendor's own switches",
    ));
    for spec in settings_of(vendor) {
        let value = account.settings.get(spec.name).map(plain);
        let row = Row::new(
            Field::Setting(spec.name),
            &format!("  {}", spec.name),
            value.unwrap_or_default(),
            &spec.explanation(),
        );
        let target = account.target.as_ref().ok();
        let own = target.and_then(|target| own_limit(vendor, &target.account, spec.name));
        rows.push(match own {
            Some(own) => row.or(&format!("{}, {own}", spec.without())),
            None => row.or(spec.without()),
        });
    }
    let about = "values for fields of the payload that the order doesn't give";
    rows.push(Row::new(Field::Fixed, "defaults", "", about));
    for (path, value) in &account.defaults {
        let field = Field::Default(path.clone());
        rows.push(Row::new(field, &format!("  {path}"), plain(value), about));
    }
    if !account.is_built_in() {
        rows.push(Row::new(Field::NewDefault, "  …", "", "one more default").or("one more"));
    }
    rows
}

/// A value as it is written: text without its quotes.
fn plain(value: &serde_json::Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// Rows of the lines beside the list that are on the screen.
pub fn detail_page(size: (u16, u16)) -> usize {
    layout::inner_rows(Some(layout::profiles(size).detail), foot(size) as u16)
}

/// Draws the view.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    let accounts = &state.vendors.accounts;
    let areas = layout::profiles(state.room());
    let view = &state.profiles;
    list(frame, areas.list, state);
    if let Some(account) = accounts.get(view.cursor.at) {
        detail(frame, areas.detail, account, state);
    }
}

/// Why the operator's own accounts can't be read, above the list in that area.
pub fn trouble_lines(area: Rect, state: &State) -> Vec<String> {
    let columns = usize::from(area.width.saturating_sub(2));
    let why = state.profiles.trouble.as_deref().into_iter();
    why.flat_map(|why| text::wrap(&text::shown(why), columns))
        .take(4)
        .collect()
}

fn list(frame: &mut Frame<'_>, area: Rect, state: &State) {
    let theme = &state.theme;
    let accounts = &state.vendors.accounts;
    let view = &state.profiles;
    let focused = view.detail.is_none();
    let mut title = vec![Span::styled(
        format!(" Profiles · {} ", accounts.len()),
        theme.strong,
    )];
    if !accounts.is_empty() {
        title.push(Span::styled("· ● in use ", theme.accent));
    }
    let title = Line::from(title);
    let inner = pane::pane(frame, area, title, focused, theme);
    let columns = usize::from(inner.width);
    let trouble = trouble_lines(area, state);
    let first = trouble.len();
    for (row, part) in trouble.into_iter().enumerate() {
        pane::row(frame, inner, row, Line::styled(part, theme.error), None);
    }
    let page = usize::from(inner.height).saturating_sub(first + 1);
    let name = columns.saturating_sub(2 + 15 + 8).clamp(12, 30);
    let heading = format!(
        "  {}{}",
        text::left("profile", name),
        text::left("vendor", 15)
    );
    pane::row(frame, inner, first, Line::styled(heading, theme.dim), None);
    if accounts.is_empty() {
        let add = state.keymap.first(Command::AddProfile);
        let words = format!(
            "Here stand the accounts that orders can be sent to. There is none yet: {add} adds one."
        );
        for (row, part) in text::wrap(&words, columns).into_iter().enumerate() {
            let line = Line::styled(part, theme.dim);
            pane::row(frame, inner, first + 1 + row, line, None);
        }
    }
    for (row, index) in view.cursor.shown(accounts.len(), page).enumerate() {
        let account = &accounts[index];
        let (word, style) = theme.environment(account.environment);
        let chosen = state
            .vendors
            .tabs
            .iter()
            .any(|tab| tab.profile == account.name);
        let mut spans = vec![
            Span::styled(if chosen { "● " } else { "  " }, theme.accent),
            Span::raw(text::left(
                &text::keep_end(&text::shown(&account.name), name - 1),
                name,
            )),
            Span::raw(text::left(account.vendor.title(), 15)),
            Span::styled(word, style),
        ];
        let about = if account.target.is_err() {
            Some(("can't be used", theme.error))
        } else if account.read_only {
            Some(("read-only", theme.warning))
        } else {
            None
        };
        if let Some((words, style)) = about {
            spans.push(Span::raw("  "));
            spans.push(Span::styled(words, style));
        }
        let style = (index == view.cursor.at).then_some(if focused {
            theme.selection
        } else {
            theme.selection_idle
        });
        pane::row(frame, inner, first + 1 + row, Line::from(spans), style);
    }
    let own = accounts.iter().any(|account| !account.is_built_in());
    let below = first + 2 + accounts.len();
    if !own && below < usize::from(inner.height) {
        let add = state.keymap.first(Command::AddProfile);
        let words =
            format!("{add} adds an account of yours. ● is in use: payloads are made for it.");
        for (row, part) in text::wrap(&words, columns.saturating_sub(2))
            .into_iter()
            .enumerate()
        {
            let line = Line::styled(format!(" {part}"), theme.dim);
            pane::row(frame, inner, below + row, line, None);
        }
    }
}

fn detail(frame: &mut Frame<'_>, area: Rect, account: &AccountInfo, state: &State) {
    let theme = &state.theme;
    let view = &state.profiles;
    let focused = view.detail.is_some();
    let (word, style) = theme.environment(account.environment);
    let title = Line::from(vec![
        Span::styled(
            format!(
                " {} · {} · ",
                text::shown(&account.name),
                account.vendor.title()
            ),
            theme.strong,
        ),
        Span::styled(word, style),
        Span::raw(" "),
    ]);
    let inner = pane::pane(frame, area, title, focused, theme);
    let columns = usize::from(inner.width);
    let rows = rows(account);
    let page = detail_page(state.room());
    let cursor = view.detail.unwrap_or_default();
    for (line, index) in cursor.shown(rows.len(), page).enumerate() {
        let row = &rows[index];
        let style = (focused && index == cursor.at).then_some(theme.selection);
        pane::row(frame, inner, line, row_line(row, columns, theme), style);
    }
    let hidden = rows.len().saturating_sub(cursor.top + page);
    let mut told = Vec::new();
    if focused && let Some(row) = rows.get(cursor.at) {
        told.extend(words(&row.help, columns, theme.dim));
    } else if hidden > 0 {
        let tab = state.keymap.first(Command::NextPane);
        let more = format!("{hidden} more lines: {tab} goes there");
        told.extend(words(&more, columns, theme.dim));
    }
    if let Err(why) = &account.target {
        told.extend(words(why, columns, theme.error));
    }
    if let Some(trial) = view.trials.get(&account.name) {
        told.extend(trial_lines(trial, columns, theme));
    } else {
        let test = state.keymap.first(Command::TestProfile);
        told.extend(words(
            &format!("not tried yet: {test} sends one harmless request"),
            columns,
            theme.dim,
        ));
    }
    for (line, content) in told.into_iter().take(foot(state.room())).enumerate() {
        pane::row(frame, inner, page + line, content, None);
    }
}

fn words(what: &str, columns: usize, style: Style) -> Vec<Line<'static>> {
    text::wrap(&text::shown(what), columns.saturating_sub(2))
        .into_iter()
        .map(|part| Line::styled(format!(" {part}"), style))
        .collect()
}

fn row_line(row: &Row, columns: usize, theme: &Theme) -> Line<'static> {
    let room = columns.saturating_sub(25);
    let heading = row.field == Field::Fixed && row.value.is_empty();
    let name_style = if heading { theme.accent } else { theme.text };
    let (value, style) = if heading {
        (row.help.clone(), theme.dim)
    } else if row.value.is_empty() {
        let missing = row.without == "missing";
        let style = if missing { theme.error } else { theme.dim };
        (row.without.clone(), style)
    } else {
        (row.value.clone(), theme.text)
    };
    Line::from(vec![
        Span::styled(format!(" {}", text::left(&row.name, 23)), name_style),
        Span::styled(format!(" {}", text::fit(&text::shown(&value), room)), style),
    ])
}

/// What trying an account came to.
fn trial_lines(trial: &Trial, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    match trial {
        Trial::UnderWay => words("trying it …", columns, theme.info),
        Trial::Done(Err(why)) => words(&format!("✗ {why}"), columns, theme.error),
        Trial::Done(Ok(probed)) => {
            let answer = match (probed.status, probed.took) {
                (Some(status), Some(took)) => format!("{status} in {} ms", took.as_millis()),
                _ => "no answer".to_owned(),
            };
            if !probed.well {
                let reason = probed.reason.as_deref().unwrap_or_default();
                let failed = format!("✗ {}, {answer}: {reason}", probed.verdict());
                return words(&failed, columns, theme.error);
            }
            let well = format!("✓ well, {answer}: {}", probed.proves);
            let mut lines = words(&well, columns, theme.taken);
            let open = format!("not proved: {}", probed.leaves_open);
            lines.extend(words(&open, columns, theme.dim));
            lines
        }
    }
}
