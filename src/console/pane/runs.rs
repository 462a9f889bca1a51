//! Runs: every decision, what became of its orders, and what is under way.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use crate::console::model::RunEntry;
use crate::console::state::State;
use crate::console::widget::text;
use crate::ledger::{RunName, RunState};

/// Draws the view.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    super::list(
        frame,
        state,
        &super::List {
            title: &format!("Runs · {}", state.runs.list.len()),
            heading: "run    begun             what    profile               state      orders   outcomes",
            cursor: state.runs.cursor,
            rows: state.runs.list.len(),
            empty: "No run yet. A submit or a cancel from the Orders view (1) is a run; what became of every order of it stands here.",
        },
        |index, columns| line(&state.runs.list[index], state, columns),
    );
}

fn line(entry: &RunEntry, state: &State, columns: usize) -> Line<'static> {
    let theme = &state.theme;
    let run = &entry.summary.run;
    let name = RunName {
        book: entry.book,
        id: run.id,
    };
    let active = state.runs.active(name);
    let (word, style) = match (active, run.state) {
        (Some(active), _) if active.stopping => ("stopping", theme.warning),
        (Some(active), _) if active.paused => ("paused", theme.warning),
        (Some(_), _) => ("running", theme.info),
        (None, RunState::Running) => ("elsewhere", theme.warning),
        (None, RunState::Finished) => ("finished", theme.taken),
        (None, other) => (other.name(), theme.warning),
    };
    let mut spans = vec![
        Span::styled(text::left(&name.to_string(), 7), theme.strong),
        Span::styled(format!("{}  ", super::day(run.started_at)), theme.dim),
        Span::raw(text::left(run.decided.operation.name(), 8)),
        Span::raw(text::left(&text::shown(&run.decided.profile), 22)),
        Span::styled(text::left(word, 10), style),
        Span::raw(text::right(&text::count(run.orders), 7)),
        Span::raw("   "),
    ];
    for (outcome, count) in &entry.summary.outcomes {
        let words = format!("{outcome} {}  ", text::count(*count));
        spans.push(Span::styled(words, theme.outcome(*outcome)));
    }
    let why = active
        .and_then(|active| active.waiting.clone())
        .or_else(|| run.reason.clone());
    if let Some(why) = why {
        let used: usize = spans.iter().map(|span| text::width(&span.content)).sum();
        spans.push(Span::styled(
            text::fit(&text::shown(&why), columns.saturating_sub(used)),
            theme.dim,
        ));
    }
    Line::from(spans)
}
