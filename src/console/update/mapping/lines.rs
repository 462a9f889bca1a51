//! How records become the lines of an order, chosen from a list: each way with what it means and what it would give.

use super::lists::shown;
use super::{change, change_or_say};
use crate::console::dialog::choice::Choice;
use crate::console::dialog::several::Several;
use crate::console::dialog::typed::Typed;
use crate::console::state::State;
use crate::console::state::mapping::Desk;
use crate::console::widget::text;
use crate::deck::draft::Lines;
use crate::mapping::Packed;

/// A way of the list.
#[derive(Debug, Clone)]
enum Way {
    Known(Lines),
    /// The columns are picked first.
    When,
    /// The pattern is typed first.
    Sideways,
    /// The column is chosen first.
    Cells,
}

/// How records become lines.
pub(super) fn lines(state: &mut State) {
    let Some(desk) = state.mapping.desk.as_deref() else {
        return;
    };
    let shapes = desk.draft.shapes();
    let mut ways: Vec<(Way, String, String)> = Vec::new();
    let mut put = |lines: Lines, about: String| {
        let name = lines.words();
        ways.push((Way::Known(lines), name, about));
    };
    if desk.draft.is_json() {
        for (path, seen) in &shapes.lists {
            put(
                Lines::List(path.clone()),
                format!("{} seen", text::count(*seen as u64)),
            );
        }
        put(Lines::None, String::new());
    } else {
        put(Lines::Rows, String::new());
        for found in &shapes.sideways {
            let most = text::many(found.most, "line");
            put(
                Lines::Sideways(found.pattern.clone()),
                format!("room for {most}"),
            );
        }
        for found in &shapes.cells {
            let lines = Lines::Cells(found.pattern.clone(), found.packed.clone());
            put(lines, String::new());
        }
    }
    for join in desk.draft.joins() {
        put(Lines::Joined(join.name), String::new());
    }
    let now = desk.draft.lines();
    let known = ways
        .iter()
        .any(|(way, ..)| matches!(way, Way::Known(lines) if *lines == now));
    if !known {
        ways.insert(0, (Way::Known(now.clone()), now.words(), String::new()));
    }
    if !desk.draft.is_json() {
        let plain = |way, name: &str, about: &str| (way, name.to_owned(), about.to_owned());
        ways.extend([
            plain(
                Way::When,
                "only rows in which a column has a value",
                "pick the columns",
            ),
            plain(
                Way::Sideways,
                "columns side by side, another pattern",
                "type it: Item {n} {member}",
            ),
            plain(
                Way::Cells,
                "a cell that holds whole lines",
                "choose the column",
            ),
        ]);
    }
    let at = ways
        .iter()
        .position(|(way, ..)| matches!(way, Way::Known(lines) if *lines == now));
    let rows = ways.iter().map(|(way, name, about)| {
        let (mut mark, mut about) = (" ", about.clone());
        if let Way::Known(lines) = way {
            if *lines == now {
                mark = "✓";
            }
            let parts = [&tried(desk, lines), &about];
            let parts = parts.into_iter().filter(|part| !part.is_empty());
            let parts: Vec<&str> = parts.map(String::as_str).collect();
            about = parts.join(" · ");
        }
        (format!("{mark} {}", shown(name)), shown(&about))
    });
    let rows: Vec<_> = rows.collect();
    let ways: Vec<Way> = ways.into_iter().map(|(way, ..)| way).collect();
    let title = "What is a line of an order? (✓ as it is now)";
    let choice = Choice::new(title, rows, at.unwrap_or(0), move |state, at, _| match ways
        .get(at)
        .cloned()
    {
        Some(Way::Known(lines)) => change_or_say(state, |draft| draft.set_lines(&lines)),
        Some(Way::When) => when(state),
        Some(Way::Sideways) => sideways(state),
        Some(Way::Cells) => cells(state),
        None => {}
    });
    state.layers.push(Box::new(choice));
}

/// What the lines of the order that is shown would be.
fn tried(desk: &Desk, lines: &Lines) -> String {
    let Some(made) = desk.order() else {
        return String::new();
    };
    let id = &made.order.order.id;
    match desk.draft.try_lines(lines, &made.order, &made.joined) {
        Ok(tried) if tried.count == 0 && !desk.draft.fills_lines() => {
            "none: fill a target of lines".to_owned()
        }
        Ok(tried) if tried.members.is_empty() => {
            format!("{id} has {}", text::many(tried.count as u64, "line"))
        }
        Ok(tried) => {
            let count = text::many(tried.count as u64, "line");
            format!("{id} has {count} with {}", tried.members.join(", "))
        }
        Err(why) => why.lines().next().unwrap_or_default().to_owned(),
    }
}

/// The names of the file's own columns, and each as a list shows it, with its samples.
fn own_columns(desk: &Desk) -> (Vec<String>, Vec<(String, String)>) {
    let columns = desk.columns.iter().map(|line| &line.column);
    let columns = columns.filter(|column| !column.of_lines && !column.joined);
    columns
        .map(|column| {
            let row = (shown(&column.name), shown(&column.samples.join(" · ")));
            (column.name.clone(), row)
        })
        .unzip()
}

/// The columns of which one has a value in rows that are lines.
fn when(state: &mut State) {
    let Some(desk) = state.mapping.desk.as_deref() else {
        return;
    };
    let (names, rows) = own_columns(desk);
    let picked = match desk.draft.lines() {
        Lines::When(now) => now
            .iter()
            .filter_map(|name| names.iter().position(|known| known == name))
            .collect(),
        _ => Vec::new(),
    };
    let of = move |picked: &[usize]| {
        Lines::When(
            picked
                .iter()
                .filter_map(|at| names.get(*at).cloned())
                .collect(),
        )
    };
    let gives = of.clone();
    let several = Several::new(
        "A row is a line where one of these has a value",
        rows,
        picked,
        (1, 20),
        Box::new(move |state, picked| {
            let desk = state.mapping.desk.as_deref();
            desk.map_or_else(String::new, |desk| tried(desk, &gives(picked)))
        }),
        Box::new(move |state, picked, _| change(state, |draft| draft.set_lines(&of(picked)))),
    );
    let several = several.shown(state);
    state.layers.push(Box::new(several));
}

fn sideways(state: &mut State) {
    let desk = state.mapping.desk.as_deref();
    let begin = match desk.map(|desk| desk.draft.lines()) {
        Some(Lines::Sideways(pattern)) => pattern,
        _ => String::new(),
    };
    let ask = Typed::new(
        "Columns side by side",
        "The columns' names, with {n} for the line's number and {member} for what it has: Item {n} {member}",
        begin,
        Box::new(|state, text, _| {
            let lines = Lines::Sideways(text.trim().to_owned());
            change(state, |draft| draft.set_lines(&lines))
        }),
    );
    state.layers.push(Box::new(ask));
}

/// The column whose cells hold lines, then how.
fn cells(state: &mut State) {
    let Some(desk) = state.mapping.desk.as_deref() else {
        return;
    };
    let (names, rows) = own_columns(desk);
    let choice = Choice::new(
        "Which cell holds the lines?",
        rows,
        0,
        move |state, at, _| {
            if let Some(name) = names.get(at) {
                packed(state, name.clone());
            }
        },
    );
    let choice = choice.with_search(state);
    state.layers.push(Box::new(choice));
}

/// How lines are written in the cells of a column.
fn packed(state: &mut State, column: String) {
    let Some(desk) = state.mapping.desk.as_deref() else {
        return;
    };
    let texts = |lines: Option<&str>, members: &str, is: &str| Packed {
        json: false,
        lines: lines.map(str::to_owned),
        members: Some(members.to_owned()),
        is: Some(is.to_owned()),
        known: Vec::new(),
    };
    let json = Packed {
        json: true,
        ..Packed::default()
    };
    let ways = [
        ("as JSON: an object, or a list of them", json),
        (
            "SKU: A, Qty: 2|SKU: B, Qty: 1",
            texts(Some("|"), ", ", ": "),
        ),
        ("sku:A|qty:2;sku:B|qty:1", texts(Some(";"), "|", ":")),
        ("name:Mug|sku:A|qty:2, one line", texts(None, "|", ":")),
        ("sku=A,qty=2;sku=B,qty=1", texts(Some(";"), ",", "=")),
    ];
    let mut rows: Vec<(String, String)> = ways
        .iter()
        .map(|(words, packed)| {
            let lines = Lines::Cells(column.clone(), packed.clone());
            ((*words).to_owned(), shown(&tried(desk, &lines)))
        })
        .collect();
    rows.push((
        "otherwise".to_owned(),
        "type what stands between".to_owned(),
    ));
    let title = format!("How are lines written in {}?", shown(&column));
    let choice = Choice::new(title, rows, 0, move |state, at, _| {
        let Some((_, packed)) = ways.get(at) else {
            return between(state, column.clone());
        };
        let lines = Lines::Cells(column.clone(), packed.clone());
        change_or_say(state, |draft| draft.set_lines(&lines));
    });
    state.layers.push(Box::new(choice));
}

fn between(state: &mut State, column: String) {
    let ask = Typed::new(
        "What stands between",
        "What stands between two lines, between a line's members, and between a name and its value, with spaces between the three; one that holds a space stands in quotes: ; | :",
        "; | :",
        Box::new(move |state, text, _| {
            let parts = parts(text);
            let [lines, members, is] = <[String; 3]>::try_from(parts)
                .map_err(|_| "three texts, with spaces between them".to_owned())?;
            let packed = Packed {
                json: false,
                lines: Some(lines),
                members: Some(members),
                is: Some(is),
                known: Vec::new(),
            };
            let lines = Lines::Cells(column.clone(), packed);
            change(state, |draft| draft.set_lines(&lines))
        }),
    );
    state.layers.push(Box::new(ask));
}

/// Texts with spaces between them; what stands in quotes is one.
fn parts(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for (number, part) in text.split('"').enumerate() {
        if number % 2 == 1 {
            parts.push(part.to_owned());
        } else {
            parts.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    parts
}
