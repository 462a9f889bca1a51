//! Looks at the beginning of a JSON file and says where the records are.

use std::ops::ControlFlow;

use crate::source::error::SourceError;
use crate::source::file::SourceFile;
use crate::source::format::JsonShape;
use crate::source::window::Window;

use super::cursor::{Cursor, Extent};
use super::members::{Members, each_member};

/// Lists under these names hold the records, whatever stands beside them.
const LIST_NAMES: [&str; 3] = ["orders", "data", "results"];

/// What wrappers of a list or of one order say about it. `items` is a list of orders only beside
/// these, since an order has items too.
const WRAPPER_WORDS: [&str; 34] = [
    "search_criteria",
    "total_count",
    "totalcount",
    "total",
    "count",
    "size",
    "page",
    "pages",
    "pagesize",
    "page_size",
    "pagecount",
    "page_count",
    "pagination",
    "paging",
    "per_page",
    "startindex",
    "start",
    "limit",
    "offset",
    "next",
    "previous",
    "prev",
    "cursor",
    "has_more",
    "hasmore",
    "meta",
    "metadata",
    "links",
    "_links",
    "object",
    "data_ref",
    "errors",
    "success",
    "message",
];

/// One member of the top object, as far as it was seen.
struct Member {
    name: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Object,
    /// A list of objects, or an empty one.
    Objects,
    OtherList,
    Other,
}

/// Where the records of a JSON text are, judged by the bytes from `start` to `end`.
pub(in crate::source) fn detect(
    file: &SourceFile,
    start: u64,
    end: u64,
) -> Result<JsonShape, SourceError> {
    let mut tick = |_| ControlFlow::Continue(());
    let mut window = Window::new(file, start, end, &mut tick);
    let mut cursor = Cursor::new(&mut window);
    if cursor.peek()? == Some(b'[') {
        return Ok(JsonShape::Array);
    }
    let mut members = Vec::new();
    let ended = each_member(&mut cursor, &mut |cursor, name, first| {
        let list = first == b'[';
        members.push(Member {
            name: name.to_owned(),
            kind: match first {
                b'{' => Kind::Object,
                b'[' => Kind::OtherList,
                _ => Kind::Other,
            },
        });
        if list {
            cursor.bump();
            let inside = cursor.peek()?;
            if matches!(inside, Some(b'{' | b']'))
                && let Some(member) = members.last_mut()
            {
                member.kind = Kind::Objects;
                if name == "orders" {
                    return Ok(ControlFlow::Break(()));
                }
            }
            return finish_list(cursor);
        }
        let (_, extent) = cursor.value()?;
        Ok(if extent == Extent::Broken {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    })?;
    if is_batch(&members) {
        return Err(SourceError::Shape {
            path: file.shown(),
            what: "is a WooCommerce batch of create, update and delete, not a list of orders"
                .to_owned(),
            next: "load the answer of GET /wp-json/wc/v3/orders instead",
        });
    }
    Ok(decide(&members, matches!(ended, Members::Closed)))
}

/// Goes over the elements of a list whose bracket is passed.
fn finish_list(cursor: &mut Cursor<'_, '_>) -> Result<ControlFlow<()>, SourceError> {
    loop {
        match cursor.peek()? {
            None => return Ok(ControlFlow::Break(())),
            Some(b']') => {
                cursor.bump();
                return Ok(ControlFlow::Continue(()));
            }
            Some(b',') => cursor.bump(),
            Some(_) => {
                if cursor.value()?.1 == Extent::Broken {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
    }
}

fn is_batch(members: &[Member]) -> bool {
    let words = ["create", "update", "delete"];
    let all = members
        .iter()
        .all(|member| words.contains(&member.name.as_str()));
    let lists = [Kind::Objects, Kind::OtherList];
    all && members.iter().any(|member| lists.contains(&member.kind))
}

fn decide(members: &[Member], whole: bool) -> JsonShape {
    let lists = |name: &&&str| {
        members
            .iter()
            .any(|member| member.name == ***name && member.kind == Kind::Objects)
    };
    if let Some(name) = LIST_NAMES.iter().find(lists) {
        return JsonShape::List {
            member: (*name).to_owned(),
        };
    }
    let mut inner = members.iter().filter(|member| {
        let name = member.name.to_ascii_lowercase();
        !WRAPPER_WORDS.contains(&name.as_str())
    });
    match (inner.next(), inner.next()) {
        (Some(only), None) if only.kind == Kind::Objects => JsonShape::List {
            member: only.name.clone(),
        },
        // A wrapped order that goes beyond the head may have brothers behind it.
        (Some(only), None) if only.kind == Kind::Object && whole => JsonShape::Single {
            member: Some(only.name.clone()),
        },
        _ => JsonShape::Single { member: None },
    }
}

/// Does an object follow the value with which the window starts?
pub(in crate::source) fn is_followed_by_object(
    window: &mut Window<'_>,
) -> Result<bool, SourceError> {
    let mut cursor = Cursor::new(window);
    cursor.peek()?;
    let (_, extent) = cursor.value()?;
    Ok(extent != Extent::Broken && cursor.peek()? == Some(b'{'))
}
