//! Project Agora: rows of its table, its echo, and read back.
use super::*;
/// The orders of a request as the vendor echoes them.
pub(super) fn echo(seen: &Seen) -> Reply { Reply::ok(&seen.body) }
