//! Texts in the form one vendor wants: [`super::Vendor::text_form`], applied to every text of a payload,
//! whether the order, the mapping, the profile, an edit or a native payload gave it.

use std::borrow::Cow;

use serde_json::Value;

use super::facts::Scalar;
use super::sink::{Origin, Sink};
use super::table::FieldId;

/// Rewrites a text; what is in that form already comes back as it is.
pub type TextForm = fn(&str) -> Cow<'_, str>;

/// A sink that rewrites texts on their way into another.
pub struct Converting<'a> {
    inner: &'a mut dyn Sink,
    form: TextForm,
}

impl<'a> Converting<'a> {
    /// Rewrites what goes into `inner`.
    pub fn new(inner: &'a mut dyn Sink, form: TextForm) -> Self {
        Self { inner, form }
    }
}

impl Sink for Converting<'_> {
    fn open_object(&mut self, field: FieldId) {
        self.inner.open_object(field);
    }

    fn open_array(&mut self, field: FieldId) {
        self.inner.open_array(field);
    }

    fn open_element(&mut self, index: u32) {
        self.inner.open_element(index);
    }

    fn close(&mut self) {
        self.inner.close();
    }

    fn value(&mut self, field: FieldId, name: Option<&str>, value: Scalar<'_>, origin: Origin) {
        match value {
            Scalar::Text(text) => {
                let text = (self.form)(text);
                self.inner.value(field, name, Scalar::Text(&text), origin);
            }
            other => self.inner.value(field, name, other, origin),
        }
    }

    fn tree(&mut self, field: FieldId, name: Option<&str>, value: &Value, origin: Origin) {
        let is_in_form = match value {
            Value::String(text) => matches!((self.form)(text), Cow::Borrowed(_)),
            Value::Array(_) | Value::Object(_) => false,
            Value::Null | Value::Bool(_) | Value::Number(_) => true,
        };
        if is_in_form {
            return self.inner.tree(field, name, value, origin);
        }
        let mut value = value.clone();
        convert(&mut value, self.form);
        self.inner.tree(field, name, &value, origin);
    }

    fn behind(&mut self, field: FieldId, origin: Origin) {
        self.inner.behind(field, origin);
    }
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
