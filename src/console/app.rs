//! The loop: events in, actions, effects out. It draws when something changed, never on a clock; a timer exists
//! only while something on screen moves.

use std::io::{Write as _, stdout};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{
    Event as Input, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseEventKind,
};
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use crossterm::{execute, queue};
use futures_util::{FutureExt, StreamExt};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use tokio::sync::mpsc;

use super::action::{Action, Command};
use super::choices;
use super::editor::{self, Job, Written};
use super::effect::{Effect, FilterWork};
use super::event::{Arrival, Event};
use super::state::{State, Tone};
use super::terminal::{self, Guard, Screen};
use super::theme::detect::{self, Heard, Late, Passed};
use super::theme::{Theme, Themes, settings};
use super::update::{self, update};
use super::view;
use super::worker::Worker;
use super::{ConsoleError, ConsoleOptions};
use crate::mistake::Mistake;
use crate::profile::process_environment;
use crate::workspace::Workspace;

/// How often what moves by itself is drawn.
const TICK: Duration = Duration::from_millis(500);
/// How much of what workers bring is taken in before keys are looked at again.
const AT_A_TURN: usize = 8;
/// How long a run may take to record what is under way when the program ends.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs the console until the operator leaves.
pub async fn run(workspace: Workspace, options: ConsoleOptions) -> Result<u8, ConsoleError> {
    let (sender, mut events) = mpsc::unbounded_channel();
    let config = workspace.directories().config().to_owned();
    let (keymap, mut mistakes) = choices::keymap(&config);
    let (themes, wrong) = Themes::load(&config, &process_environment);
    mistakes.extend(wrong);
    let (columns, wrong) = choices::columns(&config);
    mistakes.extend(wrong);
    let chosen = choices::theme(&config, &themes, options.theme.as_deref(), &mut mistakes)?;
    // They stay where the console was opened from, whole; in it there is a line.
    for mistake in &mistakes {
        let _ = writeln!(std::io::stderr(), "orderdeck: {}", mistake.excerpt());
    }
    let worker = Arc::new(Worker::new(workspace, sender.clone()));
    let guard =
        Guard::take().map_err(|error| ConsoleError::NoTerminal(format!("no terminal: {error}")))?;
    let heard = match &chosen {
        None if themes.wants_background() => terminal::ask_background(),
        _ => None,
    };
    let (theme, late, typed) = themed(&themes, chosen, heard);
    // Never dropped: it would show the cursor, which the guard does, and panic where the terminal is gone.
    let screen = Terminal::new(CrosstermBackend::new(stdout())).map_err(failed)?;
    let mut screen = std::mem::ManuallyDrop::new(screen);
    let size = screen.size().map_err(failed)?;
    let mut state = State::new((size.width, size.height), keymap, theme);
    if options.fresh {
        worker.begin_anew();
    }
    if options.sandbox {
        worker.begin_in_sandbox();
    }
    state.themes = themes;
    state.columns = columns;
    state.tour.wanted = !settings::is_visited(&config);
    for effect in begin(&mut state, options) {
        match effect {
            // Every key has a meaning from the first one on: the accounts are known before the first picture.
            Effect::Accounts => {
                let reader = Arc::clone(&worker);
                let told = tokio::task::spawn_blocking(move || reader.gathered(Effect::Accounts));
                for arrival in told.await.unwrap_or_default() {
                    for effect in update(&mut state, Action::Arrived(arrival)) {
                        worker.spawn(effect);
                    }
                }
            }
            effect => worker.spawn(effect),
        }
    }
    tell(&mut state, &mistakes);
    signals(&sender)?;
    let mut input = Keys {
        events: EventStream::new(),
        late,
        typed,
    };
    let turn = turn(
        &mut state,
        &mut screen,
        &guard,
        &worker,
        (&mut events, &mut input),
    );
    let ended = AssertUnwindSafe(turn).catch_unwind().await;
    drop(guard);
    if let Some(snapshot) = update::session::snapshot(&mut state) {
        let writer = Arc::clone(&worker);
        let write = move || writer.gathered(Effect::SaveSession(Box::new(snapshot)));
        // Where it can't be written, that was told already.
        let _ = tokio::task::spawn_blocking(write).await;
    }
    // Whatever happened to the screen, what is under way is recorded.
    let sending = worker.is_sending();
    let patience = if state.at_once {
        Duration::ZERO
    } else {
        PATIENCE
    };
    finish(&worker, patience).await;
    let next = if sending {
        "; what was being sent was stopped in order, and `orderdeck resume` goes on"
    } else {
        ""
    };
    match ended {
        Ok(Ok(())) => Ok(state.leave.unwrap_or(0)),
        Ok(Err(error)) => Err(ConsoleError::Lost(format!(
            "the terminal is gone: {error}{next}"
        ))),
        Err(_) => Err(ConsoleError::Lost(format!(
            "the console failed by a fault of the program, told above{next}"
        ))),
    }
}

/// Says what is wrong in the operator's own files: the first mistake, and where the others are told.
pub(super) fn tell(state: &mut State, mistakes: &[Mistake]) {
    let Some((first, others)) = mistakes.split_first() else {
        return;
    };
    for mistake in others.iter().rev() {
        state.say(Tone::Error, mistake.short());
    }
    let key = state.keymap.first(Command::Messages);
    let more = match others.len() {
        0 => String::new(),
        1 => format!("2 mistakes, {key} has the other: "),
        many => format!("{} mistakes, {key} has the others: ", many + 1),
    };
    state.say(Tone::Error, format!("{more}{}", first.short()));
}

#[allow(clippy::needless_pass_by_value)] // It stands in map_err.
fn failed(error: std::io::Error) -> ConsoleError {
    ConsoleError::NoTerminal(format!("the terminal can't be used: {error}"))
}

/// The theme to begin with; what takes the terminal's answer out of the keys if it comes late; what was typed
/// while it was waited for.
fn themed(
    themes: &Themes,
    chosen: Option<Theme>,
    heard: Option<Heard>,
) -> (Theme, Late, Vec<Input>) {
    // Who was asked and hasn't told everything may still answer.
    let late = match &heard {
        Some(heard) if !heard.is_whole && heard.background.is_none() => Late::default(),
        _ => Late::done(),
    };
    let heard = heard.unwrap_or_default();
    let told = process_environment("COLORFGBG");
    let background = heard
        .background
        .or_else(|| told.as_deref().and_then(detect::colorfgbg));
    let theme = chosen.unwrap_or_else(|| themes.automatic(background));
    (theme, late, detect::keys(&heard.typed))
}

/// Where keys come from.
struct Keys {
    events: EventStream,
    late: Late,
    /// What was typed before anybody listened.
    typed: Vec<Input>,
}

/// What is done first.
pub(super) fn begin(state: &mut State, options: ConsoleOptions) -> Vec<Effect> {
    state.wanted_profile = options.profile;
    state.session.is_kept = true;
    let mut effects = vec![
        Effect::Accounts,
        Effect::Recent,
        Effect::Filters(FilterWork::Read),
    ];
    if options.sandbox {
        update::vendors::need_sandbox(state, &mut effects);
    }
    state.session.in_sandbox = options.sandbox;
    let anew = options.sandbox && (options.fresh || options.mapping.is_some());
    if options.file.is_some() || anew {
        update::file::open(state, options.file, options.mapping, &mut effects);
    } else if !options.fresh {
        effects.push(Effect::LoadSession);
    }
    update::lists::refresh(state, update::lists::Which::Responses, &mut effects);
    state.runs.tell_open = true;
    update::lists::refresh(state, update::lists::Which::Runs, &mut effects);
    effects
}

async fn turn(
    state: &mut State,
    screen: &mut Screen,
    guard: &Guard,
    worker: &Arc<Worker>,
    (events, input): (&mut mpsc::UnboundedReceiver<Event>, &mut Keys),
) -> std::io::Result<()> {
    draw(state, screen)?;
    for event in std::mem::take(&mut input.typed) {
        step(state, screen, guard, worker, Event::Terminal(event))?;
    }
    while state.leave.is_none() {
        if let Some(job) = state.payload.to_edit.take() {
            let written = edited(job, guard, input).await?;
            redraw(state, screen)?;
            let event = Event::Arrived(Arrival::Written(Box::new(written)));
            step(state, screen, guard, worker, event)?;
            draw(state, screen)?;
            continue;
        }
        let mut changed = false;
        let event = tokio::select! {
            // Keys before what workers bring, however much that is.
            biased;
            event = input.events.next() => match event {
                Some(event) => match input.late.pass(event?) {
                    Passed::Events(events) => {
                        for event in events {
                            changed |= step(state, screen, guard, worker, Event::Terminal(event))?;
                        }
                        Event::Nothing
                    }
                    Passed::Answer(background) => {
                        state.theme = state.themes.automatic(background);
                        changed = true;
                        Event::Nothing
                    }
                },
                // The terminal is gone.
                None => Event::Terminate,
            },
            event = events.recv() => match event {
                Some(event) => event,
                None => Event::Terminate,
            },
            () = tokio::time::sleep(TICK), if state.is_moving() => Event::Tick,
        };
        changed |= step(state, screen, guard, worker, event)?;
        // What is waiting already is taken in before anything is drawn, but no more than a few: a key comes first.
        for event in few(events) {
            changed |= step(state, screen, guard, worker, event)?;
        }
        if changed {
            draw(state, screen)?;
        }
    }
    Ok(())
}

/// The next events that workers brought, as many as a turn takes.
fn few(events: &mut mpsc::UnboundedReceiver<Event>) -> Vec<Event> {
    let next = std::iter::from_fn(|| events.try_recv().ok());
    next.take(AT_A_TURN).collect()
}

/// Lends the terminal to the operator's editor.
async fn edited(job: Job, guard: &Guard, input: &mut Keys) -> std::io::Result<Written> {
    // Nobody else may read keys meanwhile: the old stream's thread ends, and the new one's waits to be asked. This
    // returns once nobody holds the reader any more.
    input.events = EventStream::new();
    let _ = crossterm::event::poll(Duration::from_millis(20));
    guard.lend();
    let editor = editor::command_line(&process_environment);
    let lost = job.clone();
    let written = tokio::task::spawn_blocking(move || editor::run(job, &editor)).await;
    guard.take_again()?;
    Ok(written.unwrap_or_else(|_| Written {
        job: lost,
        text: Err("something went wrong inside; nothing was changed".to_owned()),
    }))
}

/// Draws on the screen as large as it is now: the event that tells of another size may still be on its way. Terminals
/// that know how show a frame only when it is whole.
fn draw(state: &mut State, screen: &mut Screen) -> std::io::Result<()> {
    queue!(screen.backend_mut(), BeginSynchronizedUpdate)?;
    screen.draw(|frame| {
        let area = frame.area();
        state.size = (area.width, area.height);
        view::draw(frame, state);
    })?;
    execute!(screen.backend_mut(), EndSynchronizedUpdate)
}

/// Takes in an event. Returns whether it may have changed something.
fn step(
    state: &mut State,
    screen: &mut Screen,
    guard: &Guard,
    worker: &Arc<Worker>,
    event: Event,
) -> std::io::Result<bool> {
    state.now = jiff::Timestamp::now();
    if matches!(event, Event::Woken) {
        guard.take_again()?;
        redraw(state, screen)?;
        return Ok(true);
    }
    if let Some([escape, letter]) = escape_and_letter(&event, state) {
        let escaped = step(state, screen, guard, worker, escape)?;
        return Ok(step(state, screen, guard, worker, letter)? || escaped);
    }
    let ends = matches!(event, Event::Terminate);
    let Some(action) = action(event, state) else {
        return Ok(false);
    };
    let effects = update(state, action);
    if ends {
        // Nobody is there to be asked.
        state.leave.get_or_insert(4);
    }
    for effect in effects {
        match effect {
            Effect::Copy(text) => terminal::copy(&text)?,
            Effect::Redraw => redraw(state, screen)?,
            // Between two events, when nobody reads the terminal.
            Effect::OpenEditor(job) => state.payload.to_edit = Some(*job),
            Effect::Suspend => {
                #[cfg(unix)]
                guard.suspend()?;
                redraw(state, screen)?;
            }
            // These are so quick that nothing is gained by another thread, and their order counts.
            effect @ (Effect::Forget { .. }
            | Effect::ForgetResponses(_)
            | Effect::ForgetSorts(_)
            | Effect::ForgetOverviews(_)
            | Effect::StopOpening(_)
            | Effect::Control { .. }) => {
                worker.perform(effect, &mut |_| {});
            }
            effect => worker.spawn(effect),
        }
    }
    Ok(true)
}

/// Has everything drawn anew. Not by `Terminal::clear`, which asks the terminal where its cursor is and would
/// wait for an answer that the event stream takes.
fn redraw(state: &mut State, screen: &mut Screen) -> std::io::Result<()> {
    let size = screen.size()?;
    state.size = (size.width, size.height);
    screen.resize(ratatui::layout::Rect::new(0, 0, size.width, size.height))
}

/// Escape and a letter right behind it, which terminals send as the same bytes as that letter with alt: two keys,
/// unless the letter with alt is the key of something here.
fn escape_and_letter(event: &Event, state: &State) -> Option<[Event; 2]> {
    let Event::Terminal(Input::Key(key)) = event else {
        return None;
    };
    let is_letter = matches!(key.code, KeyCode::Char(_));
    if !is_letter
        || key.kind == KeyEventKind::Release
        || !key.modifiers.contains(KeyModifiers::ALT)
        || key.modifiers.contains(KeyModifiers::CONTROL)
        || state.keymap.command(*key, &state.places()).is_some()
    {
        return None;
    }
    let letter = KeyEvent::new(key.code, key.modifiers - KeyModifiers::ALT);
    let escape = KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE);
    Some([escape, letter].map(|key| Event::Terminal(Input::Key(key))))
}

/// What an event means here.
pub(super) fn action(event: Event, state: &State) -> Option<Action> {
    match event {
        Event::Terminate => Some(Action::Terminate),
        Event::Tick => Some(Action::Tick),
        Event::Arrived(arrival) => Some(Action::Arrived(arrival)),
        Event::Terminal(Input::Key(key)) => {
            (key.kind != KeyEventKind::Release).then(|| key_action(key, state))
        }
        Event::Terminal(Input::Paste(text)) => Some(Action::Paste(text)),
        Event::Terminal(Input::Resize(columns, rows)) => Some(Action::Resize(columns, rows)),
        // Moving it is not yet doing something, and comes a hundred times a second.
        Event::Terminal(Input::Mouse(mouse)) => matches!(
            mouse.kind,
            MouseEventKind::Down(_) | MouseEventKind::ScrollUp | MouseEventKind::ScrollDown
        )
        .then_some(Action::Mouse(mouse)),
        Event::Terminal(_) | Event::Woken | Event::Nothing => None,
    }
}

/// A key's command, or text while something is typed.
fn key_action(key: KeyEvent, state: &State) -> Action {
    use super::action::Command as C;
    let command = state.keymap.command(key, &state.places());
    if !state.is_typing() {
        return command.map_or(Action::Unbound(key), Action::Command);
    }
    let held = key
        .modifiers
        .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    let edits = matches!(
        key.code,
        KeyCode::Char(_)
            | KeyCode::Backspace
            | KeyCode::Delete
            | KeyCode::Home
            | KeyCode::End
            | KeyCode::Left
            | KeyCode::Right
    );
    match command {
        Some(command) if !edits || held => Action::Command(command),
        Some(command @ (C::Left | C::Right))
            if !matches!(key.code, KeyCode::Char(_))
                && state.layers.last().is_some_and(|layer| layer.uses_arrows()) =>
        {
            Action::Command(command)
        }
        _ => Action::Text(key),
    }
}

/// Signals that ask the program to end, and the one that wakes it.
#[cfg(unix)]
fn signals(sender: &mpsc::UnboundedSender<Event>) -> Result<(), ConsoleError> {
    use tokio::signal::unix::{SignalKind, signal};
    let woken = SignalKind::from_raw(rustix::process::Signal::CONT.as_raw());
    for kind in [
        SignalKind::terminate(),
        SignalKind::hangup(),
        SignalKind::interrupt(),
        woken,
    ] {
        let mut stream = signal(kind).map_err(failed)?;
        let sender = sender.clone();
        tokio::spawn(async move {
            while stream.recv().await.is_some() {
                // In a terminal that is lent ctrl-c is meant for whoever has it.
                if kind == SignalKind::interrupt() && terminal::is_lent() {
                    continue;
                }
                let event = if kind == woken {
                    Event::Woken
                } else {
                    Event::Terminate
                };
                // Nobody listens any more when the program ends.
                let _ = sender.send(event);
            }
        });
    }
    Ok(())
}

#[cfg(not(unix))]
fn signals(_sender: &mpsc::UnboundedSender<Event>) -> Result<(), ConsoleError> {
    Ok(())
}

/// Stops what runs, and waits a little until it is recorded.
async fn finish(worker: &Worker, patience: Duration) {
    worker.stop_all();
    let wait = async {
        while worker.is_sending() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    // Whoever doesn't end in time is found in doubt by the next start.
    let _ = tokio::time::timeout(patience, wait).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::keymap::Keymap;
    use crate::console::theme::Kind;

    #[test]
    fn a_turn_takes_a_few_arrivals_however_many_wait() {
        let (sender, mut events) = mpsc::unbounded_channel();
        for _ in 0..100 {
            sender.send(Event::Tick).unwrap();
        }
        assert_eq!(few(&mut events).len(), AT_A_TURN);
        assert_eq!(events.len(), 100 - AT_A_TURN);
        while !few(&mut events).is_empty() {}
        assert!(events.is_empty());
    }

    #[test]
    fn escape_and_a_letter_in_one_go_are_two_keys_unless_alt_means_something() {
        let press = |code, modifiers| Event::Terminal(Input::Key(KeyEvent::new(code, modifiers)));
        let mut state = State::new((80, 24), Keymap::default(), Theme::new(Kind::Dark));
        let both = press(KeyCode::Char('q'), KeyModifiers::ALT);
        let parts = escape_and_letter(&both, &state).unwrap();
        let codes = parts.map(|event| match event {
            Event::Terminal(Input::Key(key)) => (key.code, key.modifiers),
            _ => panic!("not a key"),
        });
        assert_eq!(codes[0], (KeyCode::Esc, KeyModifiers::NONE));
        assert_eq!(codes[1], (KeyCode::Char('q'), KeyModifiers::NONE));
        for one in [
            press(KeyCode::Char('q'), KeyModifiers::NONE),
            press(KeyCode::Enter, KeyModifiers::ALT),
            press(
                KeyCode::Char('q'),
                KeyModifiers::ALT | KeyModifiers::CONTROL,
            ),
        ] {
            assert!(escape_and_letter(&one, &state).is_none());
        }
        state.keymap = Keymap::with_own("quit = [\"alt-q\"]", "keymap.toml").0;
        assert!(escape_and_letter(&both, &state).is_none());
    }
}
