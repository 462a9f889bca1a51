//! The facts of what is a tree already: a payload that was edited or loaded, or a value given whole.

use serde_json::Value;

use super::{Facts, Scalar, exact_decimal};
use crate::vendor::sink::escape;
use crate::vendor::table::{FieldId, FieldKind, FieldTable};

impl Facts {
    /// The facts of a payload as a tree. Members that the table doesn't know are passed over.
    pub fn of_value(value: &Value, table: &FieldTable) -> Self {
        let mut facts = Self::default();
        facts.walk(value, table, &mut String::new());
        facts
    }

    /// Adds a field that is a tree of its own, and what the table knows inside it. `name` stands for `?`.
    pub fn push_tree(
        &mut self,
        field: FieldId,
        item: Option<u32>,
        name: Option<&str>,
        value: &Value,
        table: &FieldTable,
    ) {
        if !value.is_object() && !value.is_array() {
            let fact = self.push_value(field, item, value, table);
            if let Some(name) = name {
                self.name(fact, name);
            }
            return;
        }
        let mut pointer = String::new();
        for segment in table.spec(field).path.split('/') {
            pointer.push('/');
            match (segment, item, name) {
                ("*", Some(index), _) => pointer.push_str(&index.to_string()),
                ("?", _, Some(name)) => pointer.push_str(&escape(name)),
                _ => pointer.push_str(segment),
            }
        }
        self.walk(value, table, &mut pointer);
    }

    fn walk(&mut self, value: &Value, table: &FieldTable, pointer: &mut String) {
        if let Some((field, item)) = table.at_pointer(pointer) {
            let fact = self.push_value(field, item, value, table);
            if table.spec(field).path.ends_with('?') {
                let name = pointer.rsplit('/').next().unwrap_or_default();
                self.name(fact, &name.replace("~1", "/").replace("~0", "~"));
            }
            // The members of what has no known form are nobody's business.
            if matches!(
                table.spec(field).kind,
                FieldKind::Any | FieldKind::TextArray
            ) {
                return;
            }
        }
        let mut child = |facts: &mut Self, name: &str, value: &Value| {
            let length = pointer.len();
            pointer.push('/');
            pointer.push_str(name);
            facts.walk(value, table, pointer);
            pointer.truncate(length);
        };
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    child(self, &escape(name), member);
                }
            }
            Value::Array(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    child(self, &index.to_string(), element);
                }
            }
            _ => {}
        }
    }

    fn push_value(
        &mut self,
        field: FieldId,
        item: Option<u32>,
        value: &Value,
        table: &FieldTable,
    ) -> usize {
        let scalar = match value {
            Value::Null => Scalar::Null,
            Value::Bool(value) => Scalar::Boolean(*value),
            Value::Number(number) => {
                let digits = number.as_str();
                exact_decimal(digits).map_or(Scalar::WideNumber(digits), Scalar::Number)
            }
            Value::String(text) => Scalar::Text(text),
            Value::Array(elements) => Scalar::Array(elements.len()),
            Value::Object(members) => Scalar::Object(members.len()),
        };
        self.push(field, item, scalar, table.right(field))
    }
}
