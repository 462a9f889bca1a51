//! Drives the console in tests: keys in, what is on the screen out. Effects are done at once, one after the other.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crossterm::event::{
    Event as Input, KeyCode, KeyEvent, KeyModifiers, MouseEvent, MouseEventKind,
};
use jiff::ToSpan;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::Style;
use tokio::sync::mpsc;

use super::ConsoleOptions;
use super::action::Action;
use super::app;
use super::choices;
use super::editor::Written;
use super::effect::Effect;
use super::event::{Arrival, Event};
use super::keymap::Keymap;
use super::model::{JobEntry, RunEntry};
use super::state::State;
use super::theme::{Kind, Theme};
use super::update::{self, update};
use super::view;
use super::worker::Worker;
use crate::ledger::{
    Book, ExchangeId, Frozen, JobRow, JobState, NewRun, Run, RunId, RunState, RunSummary,
};
use crate::order::outcome::{Operation, Outcome};
use crate::profile::Directories;
use crate::profile::private::replace_private_file;
use crate::workspace::Workspace;

/// Orders in Shopify's shape: well, without an at sign, a test order, with hidden characters, two lines.
pub(super) const ORDERS: &str = "\
Name,Email,Financial Status,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Payment Method
#1001,ada.archer@example.com,paid,fulfilled,USD,64.50,7.95,3.55,76.00,2026-01-06 21:18:40 -0500,2,Stoneware mug,24.00,HP-MUG,Ada Archer,Card
#1001,,,,,,,,,2026-01-06 21:18:40 -0500,1,Harbor blend,16.50,HP-BEAN,,
#1002,bo.brandt.example.com,paid,,USD,20.00,0.00,0.00,20.00,2026-01-07 09:00:00 -0500,1,Tea towel,20.00,HP-LIN,Bo Brandt,Card
#1003,chloe@example.com,pending,,USD,1250.10,0.00,0.00,1250.10,2026-01-08 10:30:00 -0500,3,Oak table,416.70,HP-OAK,Chloé \u{202e}Costa,Card
#1004,test@example.com,paid,,USD,0.00,0.00,0.00,0.00,2026-01-09 10:30:00 -0500,1,Sample,0.00,HP-SMP,Store Test,bogus
";

/// What stands for the operator's editor: the text that it is given, and what it leaves.
type Editor = fn(&str) -> Result<String, String>;

/// A console without a terminal.
pub(super) struct Harness {
    pub(super) state: State,
    pub(super) worker: Worker,
    events: mpsc::UnboundedReceiver<Event>,
    pub(super) runtime: tokio::runtime::Runtime,
    screen: Terminal<TestBackend>,
    directory: tempfile::TempDir,
    /// What was copied last.
    pub(super) copied: Option<String>,
    /// What stands for the operator's editor.
    pub(super) editor: Option<Editor>,
    /// Which effects take long: they wait in `held` until they are let go.
    pub(super) slow: Option<fn(&Effect) -> bool>,
    held: Vec<Effect>,
    /// What long work brings later than its beginning.
    later: Vec<Arrival>,
}

impl Harness {
    /// A console with nothing open.
    pub(super) fn new(size: (u16, u16), kind: Kind) -> Self {
        Self::in_directory(directory(), size, kind, None)
    }

    /// A console with [`ORDERS`] open.
    pub(super) fn with_orders(size: (u16, u16)) -> Self {
        Self::with_text(size, ORDERS)
    }

    /// The same with Voucherify in front.
    pub(super) fn at_voucherify(size: (u16, u16)) -> Self {
        let mut harness = Self::with_orders(size);
        harness.keys("]");
        harness
    }

    /// A console with these orders open.
    pub(super) fn with_text(size: (u16, u16), orders: &str) -> Self {
        let directory = directory();
        let file = directory.path().join("orders.csv");
        std::fs::write(&file, orders).unwrap();
        Self::in_directory(directory, size, Kind::Dark, Some(file))
    }

    /// The same with an account of the operator's.
    pub(super) fn with_profile(size: (u16, u16), profile: &str) -> Self {
        let directory = directory();
        let directories = Directories::at(
            directory.path().join("config"),
            directory.path().join("data"),
        );
        directories.ensure_config().unwrap();
        replace_private_file(&directories.profiles_file(), profile.as_bytes()).unwrap();
        let file = directory.path().join("orders.csv");
        std::fs::write(&file, ORDERS).unwrap();
        Self::in_directory(directory, size, Kind::Dark, Some(file))
    }

    /// Leaves, and starts the program anew with `--fresh` over the same file and ledgers.
    pub(super) fn again(self) -> Self {
        let options = ConsoleOptions {
            file: Some(self.file()),
            fresh: true,
            ..ConsoleOptions::default()
        };
        self.back(options)
    }

    /// Leaves, and starts the program anew over the same directories.
    pub(super) fn back(mut self, options: ConsoleOptions) -> Self {
        if let Some(snapshot) = update::session::snapshot(&mut self.state) {
            self.perform(vec![Effect::SaveSession(Box::new(snapshot))]);
        }
        self.killed(options)
    }

    /// Dies, and starts the program anew over the same directories.
    pub(super) fn killed(self, options: ConsoleOptions) -> Self {
        let size = self.state.size;
        Self::begin(self.directory, size, Kind::Dark, options)
    }

    pub(super) fn in_directory(
        directory: tempfile::TempDir,
        size: (u16, u16),
        kind: Kind,
        file: Option<PathBuf>,
    ) -> Self {
        let options = ConsoleOptions {
            file,
            ..ConsoleOptions::default()
        };
        Self::begin(directory, size, kind, options)
    }

    /// The console over these directories.
    pub(super) fn begin(
        directory: tempfile::TempDir,
        size: (u16, u16),
        kind: Kind,
        options: ConsoleOptions,
    ) -> Self {
        let root = directory.path();
        let workspace = Workspace::at(Directories::at(root.join("config"), root.join("data")));
        let (sender, events) = mpsc::unbounded_channel();
        let mut state = State::new(size, Keymap::default(), Theme::new(kind));
        state.columns = choices::columns(&root.join("config")).0;
        let worker = Worker::new(workspace, sender);
        if options.fresh {
            worker.begin_anew();
        }
        if options.sandbox {
            worker.begin_in_sandbox();
        }
        let first = app::begin(&mut state, options);
        let mut harness = Self {
            state,
            worker,
            events,
            runtime: tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build()
                .unwrap(),
            screen: Terminal::new(TestBackend::new(size.0, size.1)).unwrap(),
            directory,
            copied: None,
            editor: None,
            slow: None,
            held: Vec::new(),
            later: Vec::new(),
        };
        harness.perform(first);
        harness
    }

    pub(super) fn file(&self) -> PathBuf {
        self.directory.path().join("orders.csv")
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(super) fn perform(&mut self, effects: Vec<Effect>) {
        let mut waiting: VecDeque<Effect> = effects.into();
        while let Some(effect) = waiting.pop_front() {
            if self.slow.is_some_and(|slow| slow(&effect)) {
                self.held.push(effect);
                continue;
            }
            let mut arrivals = Vec::new();
            match effect {
                Effect::Copy(text) => self.copied = Some(text),
                Effect::OpenEditor(job) => {
                    let text = self.editor.unwrap()(&job.text);
                    let written = Written { job: *job, text };
                    arrivals.push(Arrival::Written(Box::new(written)));
                }
                Effect::StartSandbox => {
                    arrivals = self.runtime.block_on(self.worker.start_sandbox());
                }
                effect => {
                    let _inside = self.runtime.enter();
                    self.worker
                        .perform(effect, &mut |arrival| arrivals.push(arrival));
                }
            }
            for arrival in arrivals {
                waiting.extend(update(&mut self.state, Action::Arrived(arrival)));
            }
        }
    }

    /// What took long is done now, and all else at once again.
    pub(super) fn let_go(&mut self) -> &mut Self {
        self.slow = None;
        let held = std::mem::take(&mut self.held);
        self.perform(held);
        for arrival in std::mem::take(&mut self.later) {
            let effects = update(&mut self.state, Action::Arrived(arrival));
            self.perform(effects);
        }
        self
    }

    /// Of what took long the first thing that comes of it is there; the rest when it is let go.
    pub(super) fn begun(&mut self) -> &mut Self {
        self.slow = None;
        for effect in std::mem::take(&mut self.held) {
            let mut arrivals = self.worker.gathered(effect);
            let rest = arrivals.split_off(1);
            self.later.extend(rest);
            for arrival in arrivals {
                let effects = update(&mut self.state, Action::Arrived(arrival));
                self.perform(effects);
            }
        }
        self
    }

    /// What took long is answered otherwise.
    pub(super) fn answer(&mut self, answer: impl Fn(Effect) -> Option<Arrival>) -> &mut Self {
        for effect in std::mem::take(&mut self.held) {
            if let Some(arrival) = answer(effect) {
                let effects = update(&mut self.state, Action::Arrived(arrival));
                self.perform(effects);
            }
        }
        self
    }

    fn event(&mut self, event: Event) {
        if let Some(action) = app::action(event, &self.state) {
            let effects = update(&mut self.state, action);
            self.perform(effects);
        }
    }

    /// Presses keys, by their names in the keymap, divided by spaces.
    pub(super) fn keys(&mut self, keys: &str) -> &mut Self {
        for name in keys.split(' ') {
            let (modifiers, rest) = match (name.strip_prefix("ctrl-"), name.strip_prefix("alt-")) {
                (Some(rest), _) => (KeyModifiers::CONTROL, rest),
                (None, Some(rest)) => (KeyModifiers::ALT, rest),
                (None, None) => (KeyModifiers::NONE, name),
            };
            let code = match rest {
                "enter" => KeyCode::Enter,
                "esc" => KeyCode::Esc,
                "tab" => KeyCode::Tab,
                "space" => KeyCode::Char(' '),
                "up" => KeyCode::Up,
                "down" => KeyCode::Down,
                "left" => KeyCode::Left,
                "right" => KeyCode::Right,
                "pgup" => KeyCode::PageUp,
                "pgdn" => KeyCode::PageDown,
                "backspace" => KeyCode::Backspace,
                "f1" => KeyCode::F(1),
                "f2" => KeyCode::F(2),
                "f3" => KeyCode::F(3),
                "f4" => KeyCode::F(4),
                one => KeyCode::Char(one.chars().next().unwrap()),
            };
            self.event(Event::Terminal(Input::Key(KeyEvent::new(code, modifiers))));
        }
        self
    }

    /// Types a text.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            let key = KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
            self.event(Event::Terminal(Input::Key(key)));
        }
        self
    }

    /// Pastes a text.
    pub(super) fn paste(&mut self, text: &str) -> &mut Self {
        self.event(Event::Terminal(Input::Paste(text.to_owned())));
        self
    }

    /// The mouse at a cell, counted from 0.
    pub(super) fn mouse(&mut self, kind: MouseEventKind, column: u16, row: u16) -> &mut Self {
        self.event(Event::Terminal(Input::Mouse(MouseEvent {
            kind,
            column,
            row,
            modifiers: KeyModifiers::NONE,
        })));
        self
    }

    /// The cell where a text begins on the screen.
    #[track_caller]
    pub(super) fn place_of(&mut self, text: &str) -> (u16, u16) {
        let screen = self.screen();
        let found = screen.lines().enumerate().find_map(|(row, line)| {
            let before = &line[..line.find(text)?];
            let column = super::widget::text::width(before);
            Some((column as u16, row as u16))
        });
        found.unwrap_or_else(|| panic!("no {text:?} on the screen:\n{screen}"))
    }

    /// Clicks on a text.
    #[track_caller]
    pub(super) fn click(&mut self, text: &str) -> &mut Self {
        let (column, row) = self.place_of(text);
        let left = MouseEventKind::Down(crossterm::event::MouseButton::Left);
        self.mouse(left, column, row)
    }

    /// Clicks twice on the cell where a text begins now.
    #[track_caller]
    pub(super) fn double_click(&mut self, text: &str) -> &mut Self {
        let (column, row) = self.place_of(text);
        let left = MouseEventKind::Down(crossterm::event::MouseButton::Left);
        self.mouse(left, column, row).mouse(left, column, row)
    }

    /// Takes in what runs tell, until the state is as wanted.
    pub(super) fn until(&mut self, wanted: impl Fn(&State) -> bool) -> &mut Self {
        while !wanted(&self.state) {
            let events = &mut self.events;
            let event = self.runtime.block_on(async {
                tokio::time::timeout(Duration::from_secs(30), events.recv()).await
            });
            self.event(event.expect("it takes too long").unwrap());
        }
        self
    }

    /// Makes the terminal another size.
    pub(super) fn resize(&mut self, (columns, rows): (u16, u16)) -> &mut Self {
        self.event(Event::Terminal(Input::Resize(columns, rows)));
        self
    }

    /// The cells of the screen.
    pub(super) fn buffer(&mut self) -> Buffer {
        self.screen();
        self.screen.backend().buffer().clone()
    }

    /// What is on the screen.
    pub(super) fn screen(&mut self) -> String {
        let state = &self.state;
        self.screen.backend_mut().resize(state.size.0, state.size.1);
        self.screen.draw(|frame| view::draw(frame, state)).unwrap();
        let buffer = self.screen.backend().buffer();
        let mut out = String::new();
        for y in 0..buffer.area.height {
            let mut line = String::new();
            for x in 0..buffer.area.width {
                line.push_str(buffer[(x, y)].symbol());
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }

    /// The style of the first cell of a text on the screen.
    pub(super) fn style_of(&mut self, text: &str) -> Style {
        self.screen();
        let buffer = self.screen.backend().buffer();
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
    pub(super) fn expect(&mut self, text: &str) -> &mut Self {
        let screen = self.screen();
        assert!(
            screen.contains(text),
            "no {text:?} on the screen:\n{screen}"
        );
        self
    }

    #[track_caller]
    pub(super) fn absent(&mut self, text: &str) -> &mut Self {
        let screen = self.screen();
        assert!(
            !screen.contains(text),
            "{text:?} is on the screen:\n{screen}"
        );
        self
    }
}

/// A moment that stays the same in every picture.
pub(super) fn moment() -> jiff::Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// Run 7, an import to Kibo, with these outcomes; it began at [`moment`] and changed then.
pub(super) fn run_entry(
    environment: &str,
    state: RunState,
    outcomes: &[(Outcome, u64)],
) -> RunEntry {
    RunEntry {
        book: Book::Work,
        alive: false,
        summary: RunSummary {
            run: Run {
                id: RunId(7),
                decided: NewRun {
                    vendor: "kibo".to_owned(),
                    profile: "acme-kibo".to_owned(),
                    account: "acme".to_owned(),
                    environment: environment.to_owned(),
                    operation: Operation::Import,
                    frozen: Frozen::default(),
                    retry_of: None,
                },
                state,
                reason: None,
                wait: None,
                started_at: moment(),
                changed_at: moment(),
                orders: outcomes.iter().map(|(_, count)| count).sum(),
            },
            outcomes: outcomes.to_vec(),
            totals: Vec::new(),
            exchanges: 10,
            jobs: 0,
        },
    }
}

/// A job of run 3 at Voucherify, 40 % done, begun 72 seconds ago and asked just now.
pub(super) fn job_entry(now: jiff::Timestamp) -> JobEntry {
    JobEntry {
        book: Book::Work,
        watched: false,
        row: JobRow {
            run: RunId(3),
            exchange: ExchangeId(4),
            vendor: "voucherify".to_owned(),
            profile: "acme".to_owned(),
            orders: 10_000,
            job: JobState {
                id: "aa_0a87c3d0d1b2e4f5".to_owned(),
                status: "IN_PROGRESS".to_owned(),
                progress: Some(40),
                done: Some(4_000),
                failed: Some(2),
                next_poll: now.checked_add(7.seconds()).ok(),
                ..JobState::default()
            },
            started_at: now.checked_sub(72.seconds()).unwrap(),
            polled_at: Some(now),
            polls: 3,
            moved_at: Some(now),
        },
    }
}

/// Whether a line of the screen is of the newest responses: it begins with a sign and a clock, which no picture can keep.
fn is_of_the_tail(line: &str) -> bool {
    let mut signs = line.chars();
    matches!(signs.next(), Some(' ' | '✗' | '!' | '…'))
        && signs.nth(1).is_some_and(|c| c.is_ascii_digit())
}

/// The screen without the newest responses, which have times, and without the time of the run.
pub(super) fn above_the_tail(harness: &mut Harness) -> String {
    let screen = harness.screen();
    let steady = screen
        .lines()
        .filter(|line| !is_of_the_tail(line))
        .map(|line| match line.split_once("run s1, 20") {
            // So long is a day with its time.
            Some((before, rest)) => {
                let behind: String = rest.chars().skip(14).collect();
                format!("{before}run s1, (day and time){behind}")
            }
            None => line.to_owned(),
        });
    steady.collect::<Vec<_>>().join("\n")
}

/// A directory whose path is as long on every machine, as pictures show it.
pub(super) fn directory() -> tempfile::TempDir {
    if cfg!(unix) {
        tempfile::tempdir_in("/tmp").unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}
