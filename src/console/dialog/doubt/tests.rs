//! Doubt by its keys: what is shown, what is recorded, what is said next.

use std::sync::Arc;

use insta::assert_snapshot;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::{Color, Style};
use rust_decimal::Decimal;
use serde_json::json;

use crate::console::action::{Action, Command};
use crate::console::effect::Effect;
use crate::console::event::Arrival;
use crate::console::keymap::Keymap;
use crate::console::model::RunEntry;
use crate::console::state::{State, View};
use crate::console::testing::{Harness, moment, run_entry};
use crate::console::theme::{Kind, Theme};
use crate::console::update::update;
use crate::console::view;
use crate::ledger::{
    Book, Exchange, ExchangeId, ExchangeState, Intent, Ledger, Ledgers, ManifestEntry, OutcomeRow,
    OutcomeUpdate, RunId, RunState, SqliteLedger, Taken,
};
use crate::order::outcome::{Operation, Outcome};
use crate::vendor::Doubt;
use crate::workspace::{Decision, DoubtfulOrder, Doubts};

const WIDE: (u16, u16) = (120, 36);
const NARROW: (u16, u16) = (80, 24);

fn run(environment: &str) -> RunEntry {
    let outcomes = [(Outcome::Accepted, 6), (Outcome::InDoubt, 3)];
    run_entry(environment, RunState::Finished, &outcomes)
}

fn order(ordinal: u32, key: &str, status: Option<u16>) -> DoubtfulOrder {
    let reason = match status {
        None => "lost after sending: connection closed before an answer",
        Some(_) => "HTTP 500: <html>\u{1b}[31mInternal Server Error",
    };
    DoubtfulOrder {
        entry: ManifestEntry {
            key: key.to_owned(),
            payload_hash: [7; 16],
            total: Some(Decimal::new(125_010, 2)),
            currency: "USD".to_owned(),
        },
        row: OutcomeRow {
            key: key.to_owned(),
            update: OutcomeUpdate {
                reason: Some(reason.to_owned()),
                exchange: Some(ExchangeId(4)),
                ..OutcomeUpdate::new(ordinal, Outcome::InDoubt)
            },
            at: moment(),
        },
        request: Some(Exchange {
            id: ExchangeId(4),
            run: RunId(7),
            vendor: "kibo".to_owned(),
            profile: "acme-kibo".to_owned(),
            operation: Operation::Import,
            intent: Intent {
                purpose: "orders".to_owned(),
                method: "POST".to_owned(),
                url: "https://kibo.example.com/api/commerce/orders/import".to_owned(),
                headers: Vec::new(),
                body: Vec::new(),
                orders: Vec::new(),
            },
            order_count: 1,
            state: ExchangeState::Answered,
            sent_at: moment(),
            status,
            response_headers: Vec::new(),
            response_body: Vec::new(),
            sizes: (10, 12),
            latency_ms: status.map(|_| 96),
            reason: None,
            outcomes: Vec::new(),
            job: None,
            compacted_at: None,
        }),
        payload: Some(json!({
            "externalOrderID": key,
            "currency": "USD",
            "items": [{ "sku": "HP-OAK", "price": 416.70, "quantity": 3 }],
        })),
        answer: status.map(|_| "<html>\u{1b}[31mInternal Server Error</html>".to_owned()),
        since: None,
    }
}

fn three() -> Vec<DoubtfulOrder> {
    let later = DoubtfulOrder {
        since: Some(Taken {
            source: String::new(),
            run: RunId(9),
            outcome: Outcome::Accepted,
            payload_hash: [7; 16],
            at: moment(),
        }),
        ..order(4, "#1005", None)
    };
    vec![order(0, "#1001", None), order(2, "#1003", Some(500)), later]
}

struct Console {
    state: State,
    effects: Vec<Effect>,
}

impl Console {
    /// The Runs view with a run whose doubt is opened.
    fn new(size: (u16, u16), environment: &str, kind: Kind) -> Self {
        let mut state = State::new(size, Keymap::default(), Theme::new(kind));
        state.view = View::Runs;
        state.now = moment();
        state.runs.list = vec![run(environment)];
        let mut console = Self {
            state,
            effects: Vec::new(),
        };
        console.press(&[Command::SettleDoubt]);
        console
    }

    /// The same when the ledger was read.
    fn with(size: (u16, u16), environment: &str, way: Doubt) -> Self {
        let mut console = Self::new(size, environment, Kind::Dark);
        console.read(three(), way);
        console
    }

    fn read(&mut self, orders: Vec<DoubtfulOrder>, way: Doubt) {
        let ticket = self
            .effects
            .iter()
            .find_map(|effect| match effect {
                Effect::Doubts { ticket, .. } => Some(*ticket),
                _ => None,
            })
            .expect("the doubt is asked for");
        let entry = run("test");
        let doubts = Ok(Arc::new(Doubts {
            name: entry.name(),
            run: entry.summary.run,
            orders,
            way,
        }));
        self.arrive(Arrival::Doubts { ticket, doubts });
    }

    fn arrive(&mut self, arrival: Arrival) {
        self.effects = update(&mut self.state, Action::Arrived(arrival));
    }

    fn press(&mut self, commands: &[Command]) -> &mut Self {
        for command in commands {
            self.effects = update(&mut self.state, Action::Command(*command));
        }
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        use crossterm::event::{KeyCode, KeyEvent};
        for c in text.chars() {
            assert!(self.state.is_typing());
            update(
                &mut self.state,
                Action::Text(KeyEvent::from(KeyCode::Char(c))),
            );
        }
        self
    }

    fn drawn(&self) -> ratatui::buffer::Buffer {
        let (columns, rows) = self.state.size;
        let mut screen = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        screen.draw(|frame| view::draw(frame, &self.state)).unwrap();
        screen.backend().buffer().clone()
    }

    /// The screen; moments depend on the time zone of the machine, and are masked.
    fn screen(&self) -> String {
        let buffer = self.drawn();
        let mut out = String::new();
        for y in 0..buffer.area.height {
            let line: String = (0..buffer.area.width)
                .map(|x| buffer[(x, y)].symbol())
                .collect();
            out.push_str(line.trim_end());
            out.push('\n');
        }
        masked(&out)
    }

    fn style_of(&self, text: &str) -> Style {
        let buffer = self.drawn();
        for y in 0..buffer.area.height {
            let cells: Vec<&str> = (0..buffer.area.width)
                .map(|x| buffer[(x, y)].symbol())
                .collect();
            for x in 0..cells.len() {
                if cells[x..].concat().starts_with(text) {
                    return buffer[(x as u16, y)].style();
                }
            }
        }
        panic!("{text} is not on the screen:\n{}", self.screen());
    }

    #[track_caller]
    fn expect(&mut self, text: &str) -> &mut Self {
        let screen = self.screen();
        assert!(
            screen.contains(text),
            "no {text:?} on the screen:\n{screen}"
        );
        self
    }
}

/// Every clock and day with its digits hidden.
fn masked(screen: &str) -> String {
    let chars: Vec<char> = screen.chars().collect();
    let forms = ["dddd-dd-dd dd:dd", "dd-dd dd:dd", "dd:dd"];
    let mut out = chars.clone();
    for at in 0..chars.len() {
        for form in forms {
            let fits = form.chars().enumerate().all(|(offset, wanted)| {
                chars.get(at + offset).is_some_and(|c| match wanted {
                    'd' => c.is_ascii_digit(),
                    other => *c == other,
                })
            });
            if fits {
                for (offset, wanted) in form.chars().enumerate() {
                    if wanted == 'd' {
                        out[at + offset] = '0';
                    }
                }
            }
        }
    }
    out.into_iter().collect()
}

#[test]
fn each_order_in_doubt_is_shown_with_what_was_sent_and_what_is_known() {
    use Command as C;
    for (name, size) in [("wide", WIDE), ("narrow", NARROW)] {
        let mut console = Console::with(size, "test", Doubt::AskOperator);
        assert_snapshot!(format!("doubt-{name}"), console.screen());
        console.press(&[C::Down]).expect("Internal Server Error");
        console.expect("500 after 96 ms");
        console.press(&[C::Down]).expect("run 9 left it accepted");
        console.press(&[C::MarkAll]).expect("3 marked");
        console.press(&[C::Accept]);
        assert_snapshot!(format!("doubt-choices-{name}"), console.screen());
        console.press(&[C::Down, C::Accept]).text("they looked");
        assert_snapshot!(format!("doubt-word-{name}"), console.screen());
    }
}

#[test]
fn while_the_ledger_is_read_and_where_it_cannot_be() {
    let mut console = Console::new(NARROW, "test", Kind::Dark);
    console.expect("reading the ledger");
    let Some(Effect::Doubts { ticket, .. }) = console.effects.pop() else {
        panic!("the doubt is asked for");
    };
    console.arrive(Arrival::Doubts {
        ticket,
        doubts: Err("the ledger can't be read: disk I/O error".to_owned()),
    });
    assert_snapshot!("doubt-unread", console.screen());
    // Nothing to decide on.
    console.press(&[Command::Accept, Command::MarkAll]);
    console.expect("disk I/O error");
    console.press(&[Command::Back]);
    assert!(console.state.layers.is_empty());
}

#[test]
fn an_empty_doubt_says_so() {
    let mut console = Console::new(NARROW, "test", Kind::Dark);
    console.read(Vec::new(), Doubt::AskOperator);
    console.expect("no order of this run is in doubt");
    console.press(&[Command::Accept, Command::Mark, Command::ShowResponse]);
    console.expect("no order of this run is in doubt");
}

#[test]
fn the_marked_ones_are_decided_on_with_a_note_and_an_error_is_shown() {
    use Command as C;
    let mut console = Console::with(NARROW, "test", Doubt::AskOperator);
    // The second choice: it never arrived.
    console.press(&[C::Mark, C::Mark, C::Accept, C::Down, C::Accept]);
    console
        .expect("2 orders never arrived at Kibo")
        .text(" they called ")
        .press(&[C::Accept]);
    let Some(Effect::Settle {
        ticket,
        keys,
        decision,
        note,
        ..
    }) = console.effects.pop()
    else {
        panic!("it is recorded");
    };
    assert_eq!(keys, ["#1001", "#1003"]);
    assert_eq!(decision, Decision::NotArrived);
    assert_eq!(note.as_deref(), Some("they called"));
    console.arrive(Arrival::Settled {
        ticket,
        settled: Err("another orderdeck is sending to this account".to_owned()),
    });
    console.expect("another orderdeck is sending to this account");
    console.expect("they called");
    assert_snapshot!("doubt-refused", console.screen());
    console.press(&[C::Accept]);
    let Some(Effect::Settle { ticket, .. }) = console.effects.pop() else {
        panic!("it is tried again");
    };
    console.arrive(Arrival::Settled {
        ticket,
        settled: Ok(2),
    });
    assert!(
        console
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Runs))
    );
    console.read(vec![order(4, "#1005", None)], Doubt::AskOperator);
    console.expect("2 orders never arrived: R in Runs sends them");
    console.expect("1 of 1");
}

#[test]
fn a_live_account_wants_the_count_typed() {
    use Command as C;
    let mut console = Console::with(NARROW, "live", Doubt::AskOperator);
    console.press(&[C::MarkAll, C::Accept, C::Accept, C::Accept]);
    console.expect("type 3 first");
    assert!(console.effects.is_empty());
    // The cursor stands where the count is wanted.
    console.text("2").press(&[C::Accept]);
    assert!(console.effects.is_empty());
    console.press(&[C::NextPane, C::NextPane]);
    console.press(&[C::Back, C::Accept, C::Accept, C::NextPane]);
    console.text("3").press(&[C::Accept]);
    assert!(matches!(
        console.effects.as_slice(),
        [Effect::Settle { keys, decision: Decision::Arrived, note: None, .. }] if keys.len() == 3
    ));
}

#[test]
fn what_can_be_done_follows_the_vendors_policy() {
    use Command as C;
    let mut console = Console::with(NARROW, "test", Doubt::AskVendor);
    console.press(&[C::Accept]).expect("▸ ask Kibo");
    console.press(&[C::Accept]);
    assert!(matches!(
        console.effects.as_slice(),
        [Effect::Resume { run: RunId(7), .. }]
    ));

    // What is sent again without harm is sent only on the operator's word.
    let mut console = Console::with(NARROW, "live", Doubt::Resend);
    console.press(&[C::Accept]).expect("▸ resume the run");
    console
        .press(&[C::Accept, C::Accept])
        .expect("type 3 first");
    console.text("3").press(&[C::Accept]);
    assert!(matches!(
        console.effects.as_slice(),
        [Effect::Resume { .. }]
    ));

    let mut console = Console::with(NARROW, "test", Doubt::AskOperator);
    console.press(&[C::Accept]);
    assert!(!console.screen().contains("ask Kibo"));
    console.press(&[C::Bottom, C::Accept]);
    assert!(console.effects.is_empty(), "look later records nothing");
    // Sending again is planned for the order under the cursor alone.
    console.press(&[C::Accept, C::Down, C::Down, C::Accept]);
    assert!(matches!(
        console.effects.as_slice(),
        [Effect::PlanRetry { only, outcomes, .. }]
            if only == &["#1001"] && outcomes == &[Outcome::InDoubt]
    ));
    console.press(&[C::Back]);
    console.expect("Orders in doubt");
}

#[test]
fn what_is_known_scrolls_and_the_response_opens() {
    use Command as C;
    let mut console = Console::with(NARROW, "test", Doubt::AskOperator);
    console.press(&[C::PageDown, C::NextPane, C::PageDown]);
    console.expect("\"quantity\": 3");
    console.press(&[C::ShowResponse]);
    assert!(matches!(
        console.effects.as_slice(),
        [Effect::Response {
            exchange: ExchangeId(4),
            ..
        }]
    ));
    console.press(&[C::History]);
    assert!(matches!(console.effects.as_slice(), [Effect::History(key)] if key == "#1001"));
    // The first leaves what is known, the second the dialog.
    console.press(&[C::Back]).expect("Orders in doubt");
    console.press(&[C::Back]);
    assert!(console.state.layers.is_empty());
}

#[test]
fn doubt_stands_out_in_colour_and_without() {
    let console = Console::with(WIDE, "test", Doubt::AskOperator);
    assert_eq!(
        console.style_of("Kibo can't be asked").fg,
        console.state.theme.warning.fg
    );
    let mut plain = Console::new(WIDE, "test", Kind::Plain);
    plain.read(three(), Doubt::AskOperator);
    let buffer = plain.drawn();
    for cell in &buffer.content {
        assert!(matches!(cell.fg, Color::Reset), "{cell:?}");
        assert!(matches!(cell.bg, Color::Reset), "{cell:?}");
    }
    let selected = plain.style_of("▸");
    assert_ne!(selected.add_modifier, plain.style_of("#1003").add_modifier);
}

/// A console whose run at Voucherify's sandbox left its two orders in doubt.
fn doubtful(size: (u16, u16)) -> Harness {
    let mut harness = Harness::with_orders(size);
    harness.keys("] s enter");
    harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
    let mut ledger = ledger(&harness);
    let rows = ledger.outcomes(RunId(1), &[Outcome::Imported]).unwrap();
    let updates: Vec<OutcomeUpdate> = rows
        .iter()
        .map(|row| OutcomeUpdate {
            reason: Some("lost after sending".to_owned()),
            exchange: row.update.exchange,
            ..OutcomeUpdate::new(row.update.ordinal, Outcome::InDoubt)
        })
        .collect();
    assert_eq!(updates.len(), 2);
    ledger.pretend(RunId(1), &updates).unwrap();
    harness.keys("3");
    harness
}

fn ledger(harness: &Harness) -> SqliteLedger {
    Ledgers::new(harness.path().join("data"))
        .open(Book::Sandbox)
        .unwrap()
}

#[test]
fn the_operators_word_is_recorded_and_the_runs_counts_follow() {
    let mut harness = doubtful(WIDE);
    harness.expect("2 in doubt").expect("d settle doubt");
    harness
        .keys("d")
        .expect("Voucherify can be asked")
        .expect("\"source_id\": \"#1001\"")
        .keys("enter down enter")
        .expect("1 order arrived at Voucherify")
        .text("seen in the dashboard")
        .keys("enter")
        .expect("1 order arrived: recorded as taken")
        .expect("#1003")
        .absent("#1001  ");
    harness.keys("enter down down enter enter");
    // Nothing is in doubt any more: the dialog closes and says what is next.
    harness
        .expect("1 order never arrived: R in Runs sends it")
        .absent("Orders in doubt");
    let summary = ledger(&harness).summary(RunId(1)).unwrap();
    assert_eq!(summary.count(Outcome::InDoubt), 0);
    assert_eq!(summary.count(Outcome::Pending), 1);
    let shown = &harness.state.runs.list[0].summary;
    assert_eq!(shown.count(Outcome::Pending), 1, "the view was read anew");

    harness.keys("1 g H").expect("History of #1001");
    harness.expect("the operator decided that it arrived");
    harness.expect("because: seen in the dashboard");
    harness.expect("it was in doubt: lost after sending");
    harness.keys("/").text("POST");
    harness.keys("enter enter").expect("Response · run s1");
    harness.keys("esc esc esc 3 R enter");
    harness.until(|state| {
        let summary = &state.runs.list[0].summary;
        let taken = [Outcome::Accepted, Outcome::Imported].map(|it| summary.count(it));
        state.runs.active.is_empty() && taken == [1, 1]
    });
}

#[test]
fn the_doubtful_are_sent_again_alone_and_the_vendor_is_asked() {
    let mut harness = doubtful(NARROW);
    harness.keys("d down enter down down down enter");
    harness.expect("1 order   1,250.10 USD").keys("enter");
    harness.until(|state| state.runs.active.is_empty() && state.runs.list.len() == 2);
    let again = ledger(&harness).manifest(RunId(2)).unwrap();
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].key, "#1003");

    harness.keys("down v").expect("d settle");
    harness.keys("d down").expect("run s2 left it imported");
    harness.keys("enter enter");
    harness.until(|state| state.runs.active.is_empty());
}

#[test]
fn the_mouse_selects_and_a_second_click_decides() {
    let mut harness = doubtful(WIDE);
    harness.keys("d").double_click("#1003");
    harness
        .expect("#1003: what became of it?")
        .click("never arrived");
    harness.expect("▸ never arrived").click("never arrived");
    harness.expect("1 order never arrived at Voucherify");
    harness.click("enter record it").expect("click again");
    let summary = ledger(&harness).summary(RunId(1)).unwrap();
    assert_eq!(summary.count(Outcome::InDoubt), 2, "nothing is recorded");
    harness.click("esc back").expect("#1001");
}
