//! Everything that is on the screen. A view's own state has a struct of its own; what several views share
//! stands here. Only [`super::update`] changes it; drawing reads it.

pub mod columns;
mod file;
mod filter;
mod jobs;
pub mod mapping;
mod messages;
mod orders;
mod palette;
mod payload;
mod responses;
mod runs;
mod session;
pub mod shelf;
pub mod tour;
mod vendors;

use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;

use jiff::Timestamp;

pub use file::{FileState, Opening};
pub use filter::FilterState;
pub use jobs::JobsState;
pub use mapping::MappingState;
pub use messages::Messages;
pub use orders::{OrdersState, Sorting};
pub use palette::{PaletteState, Subject};
pub use payload::{Anchor, Jump, PayloadSearch, PayloadState};
pub use responses::ResponsesState;
pub use runs::{ActiveRun, FIELDS as RUN_FIELDS, PaceKey, RunsState};
pub use session::{Footprint, SessionState};
pub use shelf::Shelf;
pub use tour::Tour;
pub use vendors::{RuleGroup, Survey, Tab, Vendors};

use super::action::{Command, Place};
use super::dialog::Layer;
use super::event::Ticket;
use super::keymap::Keymap;
use super::layout;
use super::theme::{Theme, Themes};
use super::widget::clicked::Clicked;
use super::widget::cursor::Cursor;
use super::widget::text;
use crate::workspace::{Probed, RecentFile};

/// The views, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// 1
    Orders,
    /// 2
    Mapping,
    /// 3
    Runs,
    /// 4
    Responses,
    /// 5
    Jobs,
    /// 6
    Profiles,
}

impl View {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 6] = [
        Self::Orders,
        Self::Mapping,
        Self::Runs,
        Self::Responses,
        Self::Jobs,
        Self::Profiles,
    ];

    /// Its name on the tab.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Orders => "Orders",
            Self::Mapping => "Mapping",
            Self::Runs => "Runs",
            Self::Responses => "Responses",
            Self::Jobs => "Jobs",
            Self::Profiles => "Profiles",
        }
    }

    /// The command that goes there.
    pub const fn command(self) -> Command {
        match self {
            Self::Orders => Command::ViewOrders,
            Self::Mapping => Command::ViewMapping,
            Self::Runs => Command::ViewRuns,
            Self::Responses => Command::ViewResponses,
            Self::Jobs => Command::ViewJobs,
            Self::Profiles => Command::ViewProfiles,
        }
    }
}

/// How a notice is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Good to know.
    Info,
    /// It went well.
    Well,
    /// It went wrong.
    Error,
}

/// A line or a few that stand over the footer until the next key.
#[derive(Debug, Clone)]
pub struct Notice {
    /// The words.
    pub text: String,
    /// How they are meant.
    pub tone: Tone,
}

/// The time until a moment, the last second counted in full.
pub fn countdown(until: Timestamp, now: Timestamp) -> String {
    let left = until.duration_since(now).as_millis().max(0);
    text::span(i64::try_from((left + 999) / 1000).unwrap_or(i64::MAX))
}

/// What a run waits for.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// In words: the vendor's rate limit, a job.
    pub reason: String,
    /// Until when, where that is known.
    pub until: Option<Timestamp>,
}

impl Waiting {
    /// Whether the time has come.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// The words with the time that is left.
    pub fn words(&self, now: Timestamp) -> String {
        match self.until {
            Some(until) => {
                format!("{}, {}", self.reason, countdown(until, now))
            }
            None => self.reason.clone(),
        }
    }
}

/// What trying an account came to.
#[derive(Debug, Clone)]
pub enum Trial {
    /// The answer isn't there yet.
    UnderWay,
    /// It is.
    Done(Result<Probed, String>),
}

/// The Profiles view.
#[derive(Debug, Default)]
pub struct ProfilesState {
    /// The line under the cursor.
    pub cursor: Cursor,
    /// The cursor in the lines beside the list, while they have the focus.
    pub detail: Option<Cursor>,
    /// What trying came to, by profile.
    pub trials: HashMap<String, Trial>,
    /// The profile that is about to be taken out.
    pub removing: Option<String>,
    /// Why the operator's own can't be read.
    pub trouble: Option<String>,
    /// The line that was clicked last, and when.
    pub clicked: Clicked,
}

/// The page without a file.
#[derive(Debug, Default)]
pub struct WelcomeState {
    /// Files opened before.
    pub recent: Vec<RecentFile>,
    /// The line under the cursor: the offers first, then the files.
    pub cursor: Cursor,
    /// The line that was clicked last, and when.
    pub clicked: Clicked,
}

/// Which of the ledgers' lists are being read, so that a busy run doesn't ask for them a hundred times a second.
#[derive(Debug, Default)]
pub struct Reading {
    /// Under way.
    pub busy: bool,
    /// It was read once: till then nothing can be said of what it holds.
    pub known: bool,
    /// Something was recorded since.
    pub again: bool,
    /// Why it couldn't be read: an empty list isn't one of nothing then.
    pub trouble: Option<String>,
}

/// Everything that is on the screen.
#[derive(Debug)]
pub struct State {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The view in front.
    pub view: View,
    /// Dialogs, the topmost last.
    pub layers: Vec<Box<dyn Layer>>,
    /// A line over the footer.
    pub notice: Option<Notice>,
    /// What was told before.
    pub messages: Messages,
    /// The cell of the last click, until anything else is done: a click there again chooses.
    pub clicked: Option<ratatui::layout::Position>,
    /// What was chosen from the palette.
    pub palette: PaletteState,
    /// The walk of the first visit.
    pub tour: Tour,
    /// Which key does what.
    pub keymap: Keymap,
    /// Colours.
    pub theme: Theme,
    /// The themes that there are.
    pub themes: Themes,
    /// A text that is too long for the clipboard, and the file that it may be written to instead.
    pub uncopied: Option<(PathBuf, String)>,
    /// Set when the program is to end: its exit code.
    pub leave: Option<u8>,
    /// Whether it leaves without waiting for what is under way.
    pub at_once: bool,
    /// Whether ctrl-c was the last key.
    pub stop_pressed: bool,
    /// The vendors' tabs and the accounts.
    pub vendors: Vendors,
    /// The file in front.
    pub file: FileState,
    /// The other open files.
    pub shelf: Shelf,
    /// What is kept between visits.
    pub session: SessionState,
    /// The list of orders.
    pub orders: OrdersState,
    /// Its filter while it is typed and counted.
    pub filter: FilterState,
    /// Its columns.
    pub columns: columns::Columns,
    /// The payload beside it.
    pub payload: PayloadState,
    /// The Mapping view.
    pub mapping: MappingState,
    /// The Runs view.
    pub runs: RunsState,
    /// The Responses view.
    pub responses: ResponsesState,
    /// The Jobs view.
    pub jobs: JobsState,
    /// The Profiles view.
    pub profiles: ProfilesState,
    /// The page without a file.
    pub welcome: WelcomeState,
    /// Reading of runs, responses, jobs.
    pub reading: [Reading; 3],
    /// The profile asked for on the command line, until the accounts are known.
    pub wanted_profile: Option<String>,
    /// What is said and done once the sandbox runs.
    pub after_sandbox: VecDeque<Command>,
    /// The time of the last event, for ages on the screen.
    pub now: Timestamp,
    last_ticket: Ticket,
}

impl State {
    /// An empty console of that size.
    pub fn new(size: (u16, u16), keymap: Keymap, theme: Theme) -> Self {
        Self {
            size,
            view: View::Orders,
            layers: Vec::new(),
            notice: None,
            messages: Messages::default(),
            clicked: None,
            palette: PaletteState::default(),
            tour: Tour::default(),
            keymap,
            theme,
            themes: Themes::default(),
            uncopied: None,
            leave: None,
            at_once: false,
            stop_pressed: false,
            vendors: Vendors::default(),
            file: FileState::default(),
            shelf: Shelf::default(),
            session: SessionState::default(),
            orders: OrdersState::default(),
            filter: FilterState::default(),
            columns: columns::Columns::default(),
            payload: PayloadState::default(),
            mapping: MappingState::default(),
            runs: RunsState::default(),
            responses: ResponsesState::default(),
            jobs: JobsState::default(),
            profiles: ProfilesState::default(),
            welcome: WelcomeState::default(),
            reading: Default::default(),
            wanted_profile: None,
            after_sandbox: VecDeque::new(),
            now: Timestamp::now(),
            last_ticket: 0,
        }
    }

    /// A number for a request.
    pub fn ticket(&mut self) -> Ticket {
        self.last_ticket += 1;
        self.last_ticket
    }

    /// Whether the terminal is too small to draw anything useful.
    pub fn too_small(&self) -> bool {
        self.size.0 < layout::LEAST.0 || self.size.1 < layout::LEAST.1
    }

    /// Whether the page without a file stands where the orders would be.
    pub fn is_welcome(&self) -> bool {
        self.view == View::Orders && self.file.shown().is_none()
    }

    /// Where a key applies now, the most special place first.
    pub fn places(&self) -> Vec<Place> {
        if let Some(layer) = self.layers.last() {
            let mut places = layer.places().to_vec();
            places.extend([Place::Dialog, Place::Always]);
            return places;
        }
        let mut places = Vec::with_capacity(4);
        match self.view {
            View::Orders if self.is_welcome() => places.push(Place::Welcome),
            View::Orders => {
                if self.payload.focused {
                    places.push(Place::Payload);
                }
                places.push(Place::Orders);
            }
            View::Mapping => places.push(Place::Mapping),
            View::Runs => places.push(Place::Runs),
            View::Responses => places.push(Place::Responses),
            View::Jobs => places.push(Place::Jobs),
            View::Profiles => places.push(Place::Profiles),
        }
        places.extend([Place::Everywhere, Place::Always]);
        places
    }

    /// Whether letters are text now.
    pub fn is_typing(&self) -> bool {
        if let Some(layer) = self.layers.last() {
            return layer.is_typing();
        }
        match self.view {
            View::Orders => {
                self.orders.typing_filter
                    || (self.payload.focused && self.payload.search.search.typing)
            }
            View::Runs => self.runs.typing_filter,
            View::Responses => self.responses.typing,
            _ => false,
        }
    }

    /// Says something in a line. An error stays beside it until the next key.
    pub fn say(&mut self, tone: Tone, text: impl Into<String>) {
        let text = text.into();
        let notice = Notice { text, tone };
        let before = self.notice.replace(notice.clone());
        self.messages.keep(self.now, before, notice);
    }

    /// Whether something on screen moves by itself: a countdown, an age, or what another process does.
    pub fn is_moving(&self) -> bool {
        match self.view {
            View::Runs => !self.runs.active.is_empty() || self.runs.any_elsewhere(),
            View::Jobs => self.jobs.any_watched(&self.runs),
            _ => false,
        }
    }
}
