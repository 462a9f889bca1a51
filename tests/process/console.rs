//! The console and what happens to it (F-27 to F-29).
