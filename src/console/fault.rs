//! A view at which a test can make drawing fail, as a fault of the program would. Debug builds have it, the
//! builds that people use don't.

/// Panics if `ORDERDECK_PANIC_IN` names this view.
#[cfg(debug_assertions)]
#[allow(clippy::panic)] // That is what it is for.
pub fn point(view: &str) {
    use std::sync::LazyLock;

    static WISH: LazyLock<Option<String>> =
        LazyLock::new(|| std::env::var("ORDERDECK_PANIC_IN").ok());
    assert!(
        WISH.as_deref() != Some(view),
        "drawing {view} failed,\u{1b}[2J as was wished"
    );
}

/// Nothing, where people use it.
#[cfg(not(debug_assertions))]
pub const fn point(_view: &str) {}
