//! Long work that nobody waits for: it gives way to the thread that draws, and the count of the whole file to the
//! checks of the orders on the screen.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::console::effect::Effect;

/// How long the one that gives way sleeps before it looks again.
const NAP: Duration = Duration::from_millis(5);
/// After so many orders it looks whether it is to give way.
pub(super) const LOOKS_EVERY: usize = 1_024;

/// Whether it goes over all orders of a file by itself, without anybody having asked.
pub(super) fn is_background(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Overview { .. } | Effect::Survey { places: None, .. }
    )
}

/// Lets threads that somebody waits for go before this one, which does nothing else.
pub(super) fn give_way() {
    // Where that can't be had, it is slower, not wrong.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(10);
}

/// How many files are being checked now.
#[derive(Debug, Default)]
pub(super) struct Checks(AtomicUsize);

/// A check that is under way.
pub(super) struct Check<'a>(&'a AtomicUsize);

impl Checks {
    pub fn begin(&self) -> Check<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Check(&self.0)
    }

    /// Waits until no file is being checked, or it isn't wanted any more.
    pub fn wait(&self, is_wanted: impl Fn() -> bool) {
        while self.0.load(Ordering::Relaxed) > 0 && is_wanted() {
            std::thread::sleep(NAP);
        }
    }
}

impl Drop for Check<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
