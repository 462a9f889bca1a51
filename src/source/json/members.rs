//! Goes over the members of an object in the stream.

use std::ops::ControlFlow;

use crate::source::error::SourceError;

use super::cursor::{Cursor, Extent, Spot};

/// How the members of an object ended.
pub(super) enum Members {
    /// With its closing brace.
    Closed,
    /// The caller had enough.
    Stopped,
    /// The grammar was broken at a spot.
    Broken(Spot, &'static str),
}

/// Visits one member: its name and its value's first byte, at which the cursor stands.
pub(super) type VisitMember<'v> =
    dyn FnMut(&mut Cursor<'_, '_>, &str, u8) -> Result<ControlFlow<()>, SourceError> + 'v;

/// Goes over the members of the object at which the cursor stands.
pub(super) fn each_member(
    cursor: &mut Cursor<'_, '_>,
    visit: &mut VisitMember<'_>,
) -> Result<Members, SourceError> {
    if cursor.peek()? != Some(b'{') {
        return Ok(Members::Broken(cursor.spot(), "an object was expected"));
    }
    cursor.bump();
    let mut expects_member = false;
    loop {
        match cursor.peek()? {
            Some(b'}') if !expects_member => {
                cursor.bump();
                return Ok(Members::Closed);
            }
            Some(b'"') => {}
            None => return Ok(Members::Broken(cursor.spot(), "the object isn't closed")),
            Some(_) => {
                return Ok(Members::Broken(
                    cursor.spot(),
                    "a member's name in quotes was expected",
                ));
            }
        }
        let (spot, extent) = cursor.value()?;
        let name = match extent {
            Extent::Complete => serde_json::from_slice::<String>(cursor.bytes_from(spot)).ok(),
            _ => None,
        };
        let Some(name) = name else {
            return Ok(Members::Broken(spot, "a member's name can't be read"));
        };
        if cursor.peek()? != Some(b':') {
            return Ok(Members::Broken(cursor.spot(), "a colon was expected"));
        }
        cursor.bump();
        let Some(first) = cursor.peek()? else {
            return Ok(Members::Broken(cursor.spot(), "a member has no value"));
        };
        if visit(cursor, &name, first)?.is_break() {
            return Ok(Members::Stopped);
        }
        match cursor.peek()? {
            Some(b',') => {
                cursor.bump();
                expects_member = true;
            }
            Some(b'}') => expects_member = false,
            _ => {
                return Ok(Members::Broken(
                    cursor.spot(),
                    "a comma or a closing brace was expected",
                ));
            }
        }
    }
}
