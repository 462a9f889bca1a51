//! Texts in the form one vendor wants: [`super::Vendor::text_form`], applied to every text of a payload,
//! whether the order, the mapping, the profile, an edit or a native payload gave it.

use std::borrow::Cow;

use serde_json::Value;

/// Rewrites a text; what is in that form already comes back as it is.
pub type TextForm = fn(&str) -> Cow<'_, str>;

/// A tree with every text in that form; `None` where it is already.
pub fn converted(value: &Value, form: TextForm) -> Option<Value> {
    let is_in_form = match value {
        Value::String(text) => matches!(form(text), Cow::Borrowed(_)),
        Value::Array(_) | Value::Object(_) => false,
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    };
    (!is_in_form).then(|| {
        let mut value = value.clone();
        convert(&mut value, form);
        value
    })
}

/// Rewrites every text of a tree, names of members included.
pub fn convert(value: &mut Value, form: TextForm) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(converted) = form(text) {
                *text = converted;
            }
        }
        Value::Array(elements) => {
            for element in elements {
                convert(element, form);
            }
        }
        Value::Object(members) => {
            *members = std::mem::take(members)
                .into_iter()
                .map(|(name, mut member)| {
                    convert(&mut member, form);
                    (form(&name).into_owned(), member)
                })
                .collect();
        }
        _ => {}
    }
}
