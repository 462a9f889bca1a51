//! A plan in words, as the dialogs that send show it: sums, what is left out, how it goes and what happens beside.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ratatui::text::{Line, Span};

use crate::console::theme::Theme;
use crate::console::widget::text;
use crate::submit::sum::Sum;
use crate::submit::{Fate, Plan};

/// Sums by currency in a line.
pub fn amounts(sum: &Sum) -> String {
    amounts_of(
        sum.totals
            .iter()
            .map(|(currency, total)| (currency.as_str(), *total)),
    )
}

/// The same of totals by currency.
pub fn amounts_of<'a>(totals: impl Iterator<Item = (&'a str, rust_decimal::Decimal)>) -> String {
    let parts: Vec<String> = totals
        .map(|(currency, total)| format!("{} {currency}", text::money(total)))
        .collect();
    if parts.is_empty() {
        "no totals".to_owned()
    } else {
        parts.join(" + ")
    }
}

/// What is left out, each reason with its count.
pub fn left_out(plan: &Plan, theme: &Theme) -> Vec<Line<'static>> {
    let mut reasons: Vec<(u64, String, String)> = Vec::new();
    let blocked = plan.count(|fate| matches!(fate, Fate::Blocked { .. }));
    if blocked > 0 {
        let rules: Vec<String> = plan
            .blocked_by
            .iter()
            .map(|(rule, count)| format!("{rule} {count}"))
            .collect();
        reasons.push((blocked, "with errors".to_owned(), rules.join(" · ")));
    }
    let mut excluded: BTreeMap<&str, u64> = BTreeMap::new();
    let mut doubtful: BTreeMap<&str, u64> = BTreeMap::new();
    for order in &plan.orders {
        match &order.fate {
            Fate::Excluded(why) => *excluded.entry(why).or_default() += 1,
            Fate::Doubtful(why) => *doubtful.entry(why).or_default() += 1,
            _ => {}
        }
    }
    for (why, count) in excluded {
        reasons.push((count, why.to_owned(), String::new()));
    }
    for (why, count) in doubtful {
        reasons.push((count, "in doubt".to_owned(), why.to_owned()));
    }
    let unchanged = plan.count(|fate| matches!(fate, Fate::Skipped(_)));
    reasons.push((unchanged, "unchanged since sent".to_owned(), String::new()));
    let mut lines = Vec::new();
    let out = plan.sum_left_out();
    if out.orders > 0 {
        lines.push(Line::from(vec![
            Span::styled(text::left("left out", 10), theme.dim),
            Span::raw(text::right(&text::count(out.orders), 6)),
            Span::raw(format!("  {}", amounts(&out))),
        ]));
    }
    for (count, why, more) in reasons {
        lines.push(Line::from(vec![
            Span::raw(" ".repeat(10)),
            Span::raw(text::right(&text::count(count), 6)),
            Span::raw(format!("  {}", text::left(&why, 24))),
            Span::styled(text::shown(&more).into_owned(), theme.error),
        ]));
    }
    lines
}

/// Requests, time, side effects.
pub fn how(plan: &Plan, theme: &Theme, columns: usize) -> Vec<Line<'static>> {
    let (requests, jobs) = plan.requests();
    let mut words = text::many(requests, "request");
    if jobs > 0 {
        let _ = write!(words, ", then {}", text::many(jobs, "job"));
    }
    let seconds = plan.least_duration().as_secs();
    let pace = match seconds {
        0 => "; a few seconds at this account's pace".to_owned(),
        1..=119 => format!("; about {seconds} s at this account's pace"),
        _ => format!(
            "; about {} min at this account's pace",
            seconds.div_ceil(60)
        ),
    };
    words.push_str(&pace);
    let mut lines = vec![Line::from(vec![
        Span::styled(text::left("how", 10), theme.dim),
        Span::raw(words),
    ])];
    if let Some(strange) = &plan.strange {
        for (index, part) in text::wrap(&text::shown(&strange.words()), columns.saturating_sub(10))
            .into_iter()
            .enumerate()
        {
            let head = if index == 0 { "changes" } else { "" };
            lines.push(Line::from(vec![
                Span::styled(text::left(head, 10), theme.dim),
                Span::styled(part, theme.warning),
            ]));
        }
    }
    let mut head = "also";
    for effect in plan.side_effects() {
        let style = if effect.warning {
            theme.warning
        } else {
            theme.text
        };
        for part in text::wrap(&text::shown(&effect.text), columns.saturating_sub(10)) {
            lines.push(Line::from(vec![
                Span::styled(text::left(head, 10), theme.dim),
                Span::styled(part, style),
            ]));
            head = "";
        }
    }
    lines
}
