//! Places at which a test can make the console fail, as a fault of the program would: drawing a view, and work
//! beside it. Debug builds have them, the builds that people use don't.

/// Panics if `ORDERDECK_PANIC_IN` names this place.
#[cfg(debug_assertions)]
#[allow(clippy::panic)] // That is what it is for.
pub fn point(place: &str) {
    use std::sync::LazyLock;

    static WISH: LazyLock<Option<String>> =
        LazyLock::new(|| std::env::var("ORDERDECK_PANIC_IN").ok());
    assert!(
        WISH.as_deref() != Some(place),
        "{place} failed,\u{1b}[2J as was wished"
    );
}

/// Nothing, where people use it.
#[cfg(not(debug_assertions))]
pub const fn point(_place: &str) {}
