//! Editing one field by its type, for all vendors or for one, checked by the vendor's own rules while it is typed;
//! of one order, of all its lines, or of all marked orders after a preview.

mod bulk;
mod editor;
mod form;
mod reach;
mod rows;
mod step;
mod trial;

use ratatui::Frame;
use serde_json::Value;

use self::bulk::Preview;
use self::editor::Editor;
use self::form::Form;
use self::reach::{Reach, Scope};
use self::rows::Hit;
use self::trial::Trial;
use super::{Border, Click, Flow, Input, Layer};
use crate::console::action::{Command, Place};
use crate::console::effect::{EditWork, Effect};
use crate::console::state::State;
use crate::console::update;
use crate::console::update::payload::Subject;
use crate::console::widget::text;
use crate::deck::{BulkChange, Deck, DeckOrder, Target};
use crate::finding::Finding;
use crate::order::Field;
use crate::order::edit::{Edit, EditTarget};
use crate::order::field::Level;
use crate::vendor::{FieldSpec, PayloadChange};

/// The editor of one field.
#[derive(Debug)]
pub struct EditDialog {
    deck: Deck,
    order: DeckOrder,
    target: Target,
    /// The accounts of the other vendors.
    others: Vec<Target>,
    /// The payload and what is said of it, as they are.
    payload: Value,
    findings: Vec<Finding>,
    /// Where the field stands in the payload, for the rules that speak of it.
    pointer: String,
    /// Where the value came from, in words.
    origin: String,
    spec: Option<&'static FieldSpec>,
    reach: Reach,
    scope: Scope,
    /// Every line item of the order, not this one alone.
    all_items: bool,
    /// These orders too: places.
    marked: Option<Vec<usize>>,
    /// What is said where orders are marked, and this one alone is edited.
    alone: Option<String>,
    editor: Editor,
    /// What it would come to; else why the field can't hold it.
    trial: Result<Trial, String>,
    /// What it would do to many orders, once that is asked for.
    preview: Option<Preview>,
}

/// Whoever marked orders may mean them.
fn alone(state: &State, order: &DeckOrder) -> Option<String> {
    let marked = &state.orders.marked;
    if marked.is_empty() || (marked.len() == 1 && marked.contains(order.index)) {
        return None;
    }
    let key = state.keymap.first(Command::SetMarked);
    let all = text::many(marked.len() as u64, "marked order");
    Some(format!(
        "in {} alone, under the cursor; {key} sets it in the {all}",
        order.order.id
    ))
}

impl EditDialog {
    /// The editor of what the line under the cursor means; `marked` for all marked orders.
    pub fn new(state: &State, subject: &Subject, marked: bool) -> Option<Self> {
        let deck = state.file.deck.clone()?;
        let shown = state.payload.shown.as_ref()?;
        let (order, target) = (shown.order.clone(), shown.target.clone());
        let payload = deck.payload(&order, &target).ok()?;
        let pointer = match subject {
            Subject::Place(pointer) => pointer.clone(),
            Subject::Field(..) => update::payload::line_meant(state)?.1.pointer.clone(),
        };
        let table = target.vendor.table();
        let reach = Reach::of(&order, &target, &payload.value, subject, &pointer);
        let scope = match subject {
            Subject::Field(..) => Scope::Order,
            Subject::Place(_) => Scope::Payload,
        };
        let front = state.vendors.front;
        let others = (0..state.vendors.tabs.len())
            .filter(|tab| *tab != front)
            .filter_map(|tab| state.vendors.target(tab).cloned());
        let mut dialog = Self {
            others: others.collect(),
            spec: table.at_pointer(&pointer).map(|(id, _)| table.spec(id)),
            origin: shown.origins.get(&pointer).cloned().unwrap_or_default(),
            payload: payload.value,
            findings: payload.findings,
            pointer,
            reach,
            scope,
            all_items: false,
            marked: marked.then(|| state.orders.meant(deck.len())),
            alone: alone(state, &order).filter(|_| !marked),
            editor: Editor::new(Form::Lines, String::new()),
            trial: Ok(Trial::default()),
            preview: None,
            deck,
            order,
            target,
        };
        dialog.editor = dialog.fresh();
        dialog.judge();
        Some(dialog)
    }

    /// An editor over what is there now, for the scope chosen.
    fn fresh(&self) -> Editor {
        let (form, before) = if let Some((field, item)) = self.field() {
            let before = field.get(&self.order.order, item).unwrap_or_default();
            (Form::of_field(field, &self.order.order, &before), before)
        } else {
            let before = self.payload.pointer(&self.pointer);
            let before = before.map_or_else(String::new, form::words);
            (
                Form::of_place(self.spec, self.is_required(), &before),
                before,
            )
        };
        Editor::new(form, before)
    }

    /// The field of the order, if that is what is edited.
    fn field(&self) -> Option<(Field, Option<usize>)> {
        match self.scope {
            Scope::Order => self.reach.order.as_ref().ok().copied(),
            Scope::Payload => None,
        }
    }

    fn is_required(&self) -> bool {
        self.spec
            .is_some_and(|spec| spec.required.by(self.target.operation))
    }

    /// How many lines the order has, where the field is a line's.
    fn items(&self) -> Option<usize> {
        if let Some((field, _)) = self.field() {
            return (field.level() == Level::Item).then_some(self.order.order.items.len());
        }
        let (list, _, _) = in_list(&self.pointer)?;
        self.payload
            .pointer(list)
            .and_then(Value::as_array)
            .map(Vec::len)
    }

    /// The number of the line that the field is in.
    fn item(&self) -> Option<usize> {
        match self.field() {
            Some((_, item)) => item,
            None => in_list(&self.pointer).map(|(_, item, _)| item),
        }
    }

    /// The change that enter would make.
    fn change(&self) -> Result<BulkChange, String> {
        let text = self.editor.text();
        if let Some((field, item)) = self.field() {
            let text = text.into_owned();
            return Ok(if self.all_items {
                BulkChange::Items { field, text }
            } else {
                BulkChange::Field { field, item, text }
            });
        }
        let kind = self.spec.map(|spec| spec.kind);
        let value = form::read(&text, kind, self.payload.pointer(&self.pointer))?;
        Ok(match in_list(&self.pointer) {
            Some((list, _, rest)) if self.all_items => BulkChange::PayloadItems {
                list: list.to_owned(),
                rest: rest.to_owned(),
                value,
            },
            _ => BulkChange::Payload(PayloadChange {
                pointer: self.pointer.clone(),
                value,
            }),
        })
    }

    fn edits(&self) -> Result<Vec<Edit>, String> {
        self.deck
            .bulk_edits(&self.order, &self.change()?, &self.target)
    }

    /// Asks the field and the vendor's rules about what is typed.
    fn judge(&mut self) {
        let subject = trial::Subject {
            order: &self.order,
            target: &self.target,
            now: &self.findings,
            pointer: &self.pointer,
            field: self.field(),
        };
        self.trial = self
            .edits()
            .and_then(|edits| Trial::of(&self.deck, &subject, &edits, &self.others));
    }

    /// What the source says, where an edit is in force here.
    fn source_value(&self) -> Option<String> {
        let target = match self.field() {
            Some((field, item)) => EditTarget::Order {
                field: field.name().to_owned(),
                item: item.map(|item| item as u32),
            },
            None => EditTarget::Payload {
                vendor: self.target.vendor.name().to_owned(),
                pointer: self.pointer.clone(),
            },
        };
        self.order.before_edit(&target).map(form::words)
    }

    /// For all vendors, or for one. What was typed is kept where it means the same there.
    fn set_scope(&mut self, scope: Scope) {
        if scope == self.scope || !self.reach.allows(scope) {
            return;
        }
        let typed = self.editor.text().into_owned();
        let before = std::mem::take(&mut self.editor.before);
        self.scope = scope;
        self.editor = self.fresh();
        if self.editor.before == before {
            self.editor.put(&typed);
        }
        self.all_items &= self.items().is_some_and(|items| items > 1);
        self.judge();
    }

    fn other_scope(&self) -> Scope {
        match self.scope {
            Scope::Order => Scope::Payload,
            Scope::Payload => Scope::Order,
        }
    }

    fn set_all_items(&mut self, all: bool) {
        if self.items().is_some_and(|items| items > 1) {
            self.all_items = all;
            self.judge();
        }
    }

    /// What is edited, in the words of the history.
    fn label(&self, orders: &str) -> String {
        let name = match (self.field(), self.all_items) {
            (Some((field, Some(item))), false) => format!("{} of line {}", field.name(), item + 1),
            (Some((field, None)), _) => field.name().to_owned(),
            (Some((field, _)), true) => format!("{} of all lines", field.name()),
            (None, all) => {
                let place = self.pointer.trim_start_matches('/');
                let title = self.target.vendor.title();
                if all {
                    let (_, _, rest) = in_list(&self.pointer).unwrap_or(("", 0, place));
                    format!("{title}'s {} of all lines", rest.trim_start_matches('/'))
                } else {
                    format!("{title}'s {place}")
                }
            }
        };
        format!("{name} of {orders}")
    }

    fn accept(&mut self, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        // What can't be held at all isn't made; what only a rule forbids is the operator's decision.
        let (change, edits) = match self.change().and_then(|change| Ok((change, self.edits()?))) {
            Ok(both) => both,
            Err(why) => {
                self.trial = Err(why);
                return Flow::Stay;
            }
        };
        let Some(places) = self.marked.clone() else {
            if edits.is_empty() {
                return Flow::Close;
            }
            let label = self.label(&self.order.order.id);
            update::edits::push(state, EditWork::Make { label, edits }, effects);
            return Flow::Close;
        };
        let target = Box::new(self.target.clone());
        let Some(preview) = &self.preview else {
            let ticket = state.ticket();
            let vendor = self.target.vendor.title();
            self.preview = Some(Preview::new(ticket, places.len(), vendor));
            effects.push(Effect::PreviewBulk {
                ticket,
                deck: self.deck.clone(),
                places,
                change,
                target,
            });
            return Flow::Stay;
        };
        let Some(orders) = preview.change() else {
            return Flow::Stay;
        };
        if orders > 0 {
            let work = EditWork::MakeForMany {
                label: self.label(&text::many(orders as u64, "order")),
                places,
                change,
                target,
            };
            update::edits::push(state, work, effects);
        }
        Flow::Close
    }

    /// Back from the preview to what is typed; work on it stops.
    fn drop_preview(&mut self, state: &mut State, effects: &mut Vec<Effect>) {
        self.preview = None;
        effects.push(Effect::Forget {
            surveys: 0,
            filters: 0,
            plans: state.ticket(),
        });
    }

    fn command(&mut self, command: Command, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        if let Some(preview) = &mut self.preview {
            match command {
                Command::Back => self.drop_preview(state, effects),
                Command::Accept | Command::SaveEdit => return self.accept(state, effects),
                command => preview.act(command, rows::preview_page(state.size)),
            }
            return Flow::Stay;
        }
        match command {
            Command::Back => return Flow::Close,
            Command::Accept if self.editor.form == Form::Lines => {
                self.editor.new_line();
                self.judge();
            }
            Command::Accept | Command::SaveEdit => return self.accept(state, effects),
            Command::SwitchScope | Command::NextPane | Command::PreviousPane => {
                self.set_scope(self.other_scope());
            }
            Command::AllLines => self.set_all_items(!self.all_items),
            Command::NewLine => {
                self.editor.new_line();
                self.judge();
            }
            command => {
                let page = rows::page(self, state.size);
                if self.editor.act(command, page) {
                    self.judge();
                }
            }
        }
        Flow::Stay
    }

    fn click(&mut self, click: Click, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match rows::hit(self, state, click.at) {
            Some(Hit::Scope(scope)) => self.set_scope(scope),
            Some(Hit::AllItems(all)) => self.set_all_items(all),
            Some(Hit::Choice(_)) if click.again => return self.accept(state, effects),
            Some(Hit::Choice(number)) => {
                self.editor.choose(number);
                self.judge();
            }
            None => {}
        }
        Flow::Stay
    }
}

/// The list that a place stands in, the number of its element, and the place inside of that.
fn in_list(pointer: &str) -> Option<(&str, usize, &str)> {
    let mut start = 0;
    for part in pointer.split('/') {
        let end = start + part.len();
        if let Ok(item) = part.parse() {
            let list = pointer.get(..start.checked_sub(1)?)?;
            return Some((list, item, pointer.get(end..)?));
        }
        start = end + 1;
    }
    None
}

impl Layer for EditDialog {
    fn places(&self) -> &'static [Place] {
        &[Place::Edit]
    }

    fn is_typing(&self) -> bool {
        self.preview.is_none()
    }

    fn uses_arrows(&self) -> bool {
        self.editor.is_flat()
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Text(key) => {
                self.editor.key(key);
                self.judge();
            }
            Input::Paste(pasted) if self.preview.is_none() => {
                self.editor.paste(pasted);
                self.judge();
            }
            Input::Command(command) => return self.command(command, state, effects),
            Input::Arrived(arrival) => {
                if let Some(preview) = &mut self.preview {
                    preview.arrived(arrival);
                }
            }
            Input::Mouse(click) => return self.click(click, state, effects),
            Input::Paste(_) => {}
        }
        Flow::Stay
    }

    fn border(&self, state: &State) -> Option<Border> {
        Some(match &self.preview {
            Some(preview) => rows::preview_frame(preview, state),
            None => rows::frame(self, state),
        })
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        match &self.preview {
            Some(preview) => rows::draw_preview(self, preview, frame, state),
            None => rows::draw(self, frame, state),
        }
    }
}
