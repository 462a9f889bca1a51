//! The real program in a pseudo-terminal: keys in, the screen out. Waits for text and never sleeps for a
//! fixed time.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long anything may take to appear: generous, because machines are shared.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a terminal is told before and after a frame, so that it shows none in parts.
const FRAME_BEGINS: &[u8] = b"\x1b[?2026h";
const FRAME_ENDS: &[u8] = b"\x1b[?2026l";

/// A program in a terminal.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    screen: Arc<Screen>,
    /// Our end of it, until it is closed.
    ours: Option<Ours>,
    /// What the terminal did with keys and lines before the program came, in words.
    modes: String,
}

struct Ours {
    writer: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    reader: JoinHandle<()>,
}

struct Screen {
    parser: Mutex<(vt100::Parser, bool)>,
    changed: Condvar,
    /// Everything that the program wrote, as it came.
    written: Mutex<Vec<u8>>,
    /// Whether a frame was begun and isn't whole yet: what is on the screen is half of two.
    in_frame: AtomicBool,
    /// Nothing is read any more.
    closing: AtomicBool,
}

impl Terminal {
    /// Starts orderdeck with these arguments in a terminal of that size.
    pub fn start(args: &[&str], home: &Path, columns: u16, rows: u16) -> Self {
        Self::start_with(args, &[], home, columns, rows)
    }

    /// The same with more in its environment.
    pub fn start_with(
        args: &[&str],
        environment: &[(&str, &str)],
        home: &Path,
        columns: u16,
        rows: u16,
    ) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_orderdeck"));
        command.args(args);
        for (name, value) in environment {
            command.env(name, value);
        }
        Self::spawn(command, home, columns, rows)
    }

    /// Starts a shell that does this, with job control, as an operator's does.
    pub fn shell(script: &str, home: &Path, columns: u16, rows: u16) -> Self {
        let mut command = CommandBuilder::new("bash");
        command.args(["-m", "-c", script]);
        command.env("ORDERDECK", env!("CARGO_BIN_EXE_orderdeck"));
        Self::spawn(command, home, columns, rows)
    }

    fn spawn(mut command: CommandBuilder, home: &Path, columns: u16, rows: u16) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize {
                rows,
                cols: columns,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
        command.env("ORDERDECK_CONFIG_DIR", home.join("config"));
        command.env("ORDERDECK_DATA_DIR", home.join("data"));
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        command.env_remove("NO_COLOR");
        command.cwd(home);
        let modes = modes(pair.master.as_ref());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let screen = Arc::new(Screen {
            parser: Mutex::new((vt100::Parser::new(cells(rows), cells(columns), 0), false)),
            changed: Condvar::new(),
            written: Mutex::new(Vec::new()),
            in_frame: AtomicBool::new(false),
            closing: AtomicBool::new(false),
        });
        let seen = Arc::clone(&screen);
        let reading = std::thread::spawn(move || {
            let mut bytes = [0; 16384];
            loop {
                let read = reader.read(&mut bytes).unwrap_or(0);
                let mut parser = seen.parser.lock().unwrap();
                if read == 0 || seen.closing.load(Ordering::SeqCst) {
                    parser.1 = true;
                    seen.changed.notify_all();
                    return;
                }
                let mut written = seen.written.lock().unwrap();
                // The marks may come in two parts.
                let from = written.len().saturating_sub(FRAME_BEGINS.len());
                written.extend_from_slice(&bytes[..read]);
                let last = |mark: &[u8]| {
                    let fresh = &written[from..];
                    fresh.windows(mark.len()).rposition(|part| part == mark)
                };
                let (begins, ends) = (last(FRAME_BEGINS), last(FRAME_ENDS));
                if begins != ends {
                    seen.in_frame.store(begins > ends, Ordering::SeqCst);
                }
                drop(written);
                parser.0.process(&bytes[..read]);
                seen.changed.notify_all();
            }
        });
        Self {
            child,
            screen,
            ours: Some(Ours {
                writer,
                master: pair.master,
                reader: reading,
            }),
            modes,
        }
    }

    /// What is on the screen, when a frame is whole.
    pub fn text(&self) -> String {
        self.look(vt100::Screen::contents)
    }

    /// Looks at the screen, cell by cell, when a frame is whole.
    pub fn look<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        self.wait("the end of a frame", |_| true);
        look(self.screen.parser.lock().unwrap().0.screen())
    }

    /// Where in what the program wrote a text stands first.
    pub fn written_at(&self, text: &str) -> Option<usize> {
        let written = self.screen.written.lock().unwrap();
        written
            .windows(text.len())
            .position(|window| window == text.as_bytes())
    }

    /// How often the program wrote that.
    pub fn times_written(&self, text: &str) -> usize {
        let written = self.screen.written.lock().unwrap();
        written
            .windows(text.len())
            .filter(|window| *window == text.as_bytes())
            .count()
    }

    /// Waits until the screen passes the test, looking at whole frames only; fails with the screen if it never does.
    pub fn wait(&self, what: &str, test: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut parser = self.screen.parser.lock().unwrap();
        loop {
            let is_whole = parser.1 || !self.screen.in_frame.load(Ordering::SeqCst);
            if is_whole && test(parser.0.screen()) {
                return;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero() && !parser.1,
                "waited for {what}; the screen is\n{}",
                parser.0.screen().contents()
            );
            parser = self.screen.changed.wait_timeout(parser, left).unwrap().0;
        }
    }

    /// Waits until a text is on the screen.
    pub fn until(&self, text: &str) {
        self.wait(&format!("{text:?}"), |screen| {
            screen.contents().contains(text)
        });
    }

    /// Waits until a text is no longer on the screen.
    pub fn gone(&self, text: &str) {
        self.wait(&format!("{text:?} to go"), |screen| {
            !screen.contents().contains(text)
        });
    }

    /// Types: characters as they are, `\r` for enter, `\x1b` for escape.
    pub fn keys(&mut self, keys: &str) {
        let writer = &mut self.ours.as_mut().unwrap().writer;
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// Makes the terminal another size.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        let size = PtySize {
            rows,
            cols: columns,
            pixel_width: 0,
            pixel_height: 0,
        };
        self.ours.as_ref().unwrap().master.resize(size).unwrap();
        let mut parser = self.screen.parser.lock().unwrap();
        parser.0.screen_mut().set_size(cells(rows), cells(columns));
    }

    /// Kills it with SIGKILL, so that it can't clean anything up.
    pub fn kill(mut self) {
        self.signal(rustix::process::Signal::KILL);
        self.child.wait().unwrap();
    }

    /// The process in it.
    pub fn id(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let process = rustix::process::Pid::from_raw(i32::try_from(self.id()).unwrap()).unwrap();
        rustix::process::kill_process(process, signal).unwrap();
    }

    /// Closes the terminal's window: whoever is in it is hung up on. Returns the exit code of the program.
    pub fn close(&mut self) -> u32 {
        self.screen.closing.store(true, Ordering::SeqCst);
        let ours = self.ours.take().unwrap();
        // Whatever the program draws next lets the reader know.
        let size = ours.master.get_size().unwrap();
        let size = PtySize {
            cols: size.cols + 1,
            ..size
        };
        ours.master.resize(size).unwrap();
        ours.reader.join().unwrap();
        drop((ours.writer, ours.master));
        self.child.wait().unwrap().exit_code()
    }

    /// Whether keys and lines are treated as before the program came: no raw mode is left behind.
    pub fn modes_are_restored(&self) -> bool {
        modes(self.ours.as_ref().unwrap().master.as_ref()) == self.modes
    }

    /// Waits for its end and returns the exit code.
    pub fn exit_code(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        let mut parser = self.screen.parser.lock().unwrap();
        while !parser.1 {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "the program is still running; the screen is\n{}",
                parser.0.screen().contents()
            );
            parser = self.screen.changed.wait_timeout(parser, left).unwrap().0;
        }
        drop(parser);
        self.child.wait().unwrap().exit_code()
    }

    /// Whether the program left the terminal as it found it: the main screen, a visible cursor, no mouse.
    pub fn is_restored(&self) -> bool {
        let parser = self.screen.parser.lock().unwrap();
        let screen = parser.0.screen();
        !screen.alternate_screen()
            && !screen.hide_cursor()
            && !screen.bracketed_paste()
            && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
    }
}

/// What the terminal does with keys and lines, in words.
fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().unwrap())
}

fn cells(count: u16) -> std::num::NonZero<u16> {
    std::num::NonZero::new(count).unwrap()
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
