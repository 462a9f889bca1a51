//! Named points at which a test can make the process die, as SIGKILL would there: nothing is flushed, no
//! destructor runs. Debug builds have them, the builds that people use don't.

/// Every point, in the order of a run's life. The ledger's writer passes those around its commits.
pub const POINTS: [&str; 13] = [
    "run-begun",
    "before-intent",
    "after-intent",
    "before-answer",
    "after-answer",
    "before-outcomes",
    "after-outcomes",
    "before-job",
    "after-job",
    "before-end",
    "after-end",
    "doubt-found",
    "run-resumed",
];

/// Dies if `ORDERDECK_DIE_AT` names this point, as `after-intent:3` for its third passing.
#[cfg(debug_assertions)]
pub fn point(name: &str) {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    static WISH: LazyLock<Option<(String, u32)>> = LazyLock::new(|| {
        let wish = std::env::var("ORDERDECK_DIE_AT").ok()?;
        let (name, passing) = wish.split_once(':').unwrap_or((&wish, "1"));
        Some((name.to_owned(), passing.parse().ok()?))
    });
    static PASSED: AtomicU32 = AtomicU32::new(0);
    debug_assert!(POINTS.contains(&name), "{name} is not listed");
    if let Some((wanted, passing)) = &*WISH
        && wanted == name
        && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *passing
    {
        #[cfg(unix)]
        let _ =
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        std::process::abort();
    }
}

/// Nothing, where people use it.
#[cfg(not(debug_assertions))]
pub const fn point(_name: &str) {}
