//! The real program in a pseudo-terminal: keys in, the screen out. Waits for text and never sleeps for a
//! fixed time.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long anything may take to appear: generous, because machines are shared.
const PATIENCE: Duration = Duration::from_mins(1);

/// A program in a terminal.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    screen: Arc<Screen>,
    master: Box<dyn MasterPty + Send>,
}

struct Screen {
    parser: Mutex<(vt100::Parser, bool)>,
    changed: Condvar,
    /// Everything that the program wrote, as it came.
    written: Mutex<Vec<u8>>,
}

impl Terminal {
    /// Starts orderdeck with these arguments in a terminal of that size.
    pub fn start(args: &[&str], home: &Path, columns: u16, rows: u16) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize {
                rows,
                cols: columns,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_orderdeck"));
        command.args(args);
        command.env("ORDERDECK_CONFIG_DIR", home.join("config"));
        command.env("ORDERDECK_DATA_DIR", home.join("data"));
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        command.env_remove("NO_COLOR");
        command.cwd(home);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let screen = Arc::new(Screen {
            parser: Mutex::new((vt100::Parser::new(cells(rows), cells(columns), 0), false)),
            changed: Condvar::new(),
            written: Mutex::new(Vec::new()),
        });
        let seen = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut bytes = [0; 16384];
            loop {
                let read = reader.read(&mut bytes).unwrap_or(0);
                let mut parser = seen.parser.lock().unwrap();
                if read == 0 {
                    parser.1 = true;
                    seen.changed.notify_all();
                    return;
                }
                seen.written
                    .lock()
                    .unwrap()
                    .extend_from_slice(&bytes[..read]);
                parser.0.process(&bytes[..read]);
                seen.changed.notify_all();
            }
        });
        Self {
            child,
            writer,
            screen,
            master: pair.master,
        }
    }

    /// What is on the screen.
    pub fn text(&self) -> String {
        self.screen.parser.lock().unwrap().0.screen().contents()
    }

    /// Where in what the program wrote a text stands first.
    pub fn written_at(&self, text: &str) -> Option<usize> {
        let written = self.screen.written.lock().unwrap();
        written
            .windows(text.len())
            .position(|window| window == text.as_bytes())
    }

    /// Waits until the screen passes the test; fails with the screen if it never does.
    pub fn wait(&self, what: &str, test: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut parser = self.screen.parser.lock().unwrap();
        loop {
            if test(parser.0.screen()) {
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
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Makes the terminal another size.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        let size = PtySize {
            rows,
            cols: columns,
            pixel_width: 0,
            pixel_height: 0,
        };
        self.master.resize(size).unwrap();
        let mut parser = self.screen.parser.lock().unwrap();
        parser.0.screen_mut().set_size(cells(rows), cells(columns));
    }

    /// Kills it with SIGKILL, so that it can't clean anything up.
    pub fn kill(mut self) {
        let id = self.child.process_id().unwrap();
        let process = rustix::process::Pid::from_raw(i32::try_from(id).unwrap()).unwrap();
        rustix::process::kill_process(process, rustix::process::Signal::KILL).unwrap();
        self.child.wait().unwrap();
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

fn cells(count: u16) -> std::num::NonZero<u16> {
    std::num::NonZero::new(count).unwrap()
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
