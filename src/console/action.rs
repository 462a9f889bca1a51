//! Everything that the console can be asked to do: one row a command. Keymap, palette, help and footer all
//! read this table, so that they can't disagree. Default keys are data, in `assets/keymap.toml`.

use crossterm::event::{KeyEvent, MouseEvent};

use super::event::Arrival;

/// Where a command applies. Where several do, the more special one comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// On every screen, unless a dialog lies over it.
    Everywhere,
    /// On every screen and in every dialog.
    Always,
    /// The page without a file.
    Welcome,
    /// The list of orders and the payload beside it.
    Orders,
    /// The payload, while it has the focus.
    Payload,
    /// The Mapping view.
    Mapping,
    /// The Runs view.
    Runs,
    /// The Responses view.
    Responses,
    /// The Jobs view.
    Jobs,
    /// The Profiles view.
    Profiles,
    /// A dialog.
    Dialog,
    /// The editor of a field.
    Edit,
    /// The history of edits.
    Edits,
    /// The submit dialog.
    Submit,
    /// The cancel dialog.
    Cancel,
    /// A text to read.
    Text,
    /// A request and its answer, whole.
    Exchange,
    /// The orders of a run.
    RunOrders,
    /// The orders of a run that are in doubt.
    Doubt,
    /// What happened to one order.
    History,
    /// The findings by rule.
    Findings,
    /// The filters that are kept.
    Filters,
    /// The columns of the list of orders.
    Columns,
    /// The browser of files.
    Browser,
    /// The open files.
    Files,
    /// The page about the file.
    About,
    /// The form of a profile.
    Form,
    /// The question on leaving a mapping that isn't saved.
    Unsaved,
}

impl Place {
    /// The heading in the help.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "On every screen",
            Self::Always => "Always",
            Self::Welcome => "Without a file",
            Self::Orders => "Orders",
            Self::Payload => "Payload",
            Self::Mapping => "Mapping",
            Self::Runs => "Runs",
            Self::Responses => "Responses",
            Self::Jobs => "Jobs",
            Self::Profiles => "Profiles",
            Self::Dialog => "In a dialog",
            Self::Edit => "In the editor of a field",
            Self::Edits => "In the history of edits",
            Self::Submit => "In the submit dialog",
            Self::Cancel => "In the cancel dialog",
            Self::Text => "In a text to read",
            Self::Exchange => "In a response",
            Self::RunOrders => "In the orders of a run",
            Self::Doubt => "In the orders in doubt",
            Self::History => "In an order's history",
            Self::Findings => "In the findings by rule",
            Self::Filters => "In the filters that are kept",
            Self::Columns => "In the columns",
            Self::Browser => "In the browser of files",
            Self::Files => "In the open files",
            Self::About => "In the page about the file",
            Self::Form => "In the form of a profile",
            Self::Unsaved => "On leaving an unsaved mapping",
        }
    }

    /// Every place, in the order of the help.
    pub const ALL: [Self; 28] = [
        Self::Welcome,
        Self::Orders,
        Self::Payload,
        Self::Mapping,
        Self::Runs,
        Self::Responses,
        Self::Jobs,
        Self::Profiles,
        Self::Edit,
        Self::Edits,
        Self::Submit,
        Self::Cancel,
        Self::Exchange,
        Self::RunOrders,
        Self::Doubt,
        Self::History,
        Self::Findings,
        Self::Filters,
        Self::Columns,
        Self::Browser,
        Self::Files,
        Self::About,
        Self::Form,
        Self::Unsaved,
        Self::Text,
        Self::Everywhere,
        Self::Dialog,
        Self::Always,
    ];
}

/// One row of the table.
#[derive(Debug)]
pub struct Spec {
    /// The command.
    pub command: Command,
    /// Its name in `keymap.toml`.
    pub name: &'static str,
    /// A word or two for the footer; empty for commands that are never shown there.
    pub label: &'static str,
    /// A sentence for help and palette.
    pub help: &'static str,
    /// Where it applies.
    pub places: &'static [Place],
}

macro_rules! commands {
    ($($command:ident $name:literal $label:literal [$($place:ident)+] $help:literal;)+) => {
        /// A command of the console.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Command { $(#[doc = $help] $command,)+ }

        /// Every command, in the order of footer and help: what matters most comes first.
        pub static TABLE: &[Spec] = &[$(Spec {
            command: Command::$command,
            name: $name,
            label: $label,
            help: $help,
            places: &[$(Place::$place),+],
        },)+];
    };
}

commands! {
    TrySandbox "try-sandbox" "sandbox" [Welcome] "Try it: four vendors inside this program and a sample export; nothing leaves the machine";
    Open "open" "open" [Welcome Everywhere] "Open an order file";
    OpenFiles "open-files" "" [Everywhere] "Open files: all that are open, go to one or close it";
    NextFile "next-file" "" [Everywhere] "Go to the next open file";
    PreviousFile "previous-file" "" [Everywhere] "Go to the previous open file";
    CloseFile "close-file" "" [Everywhere Files] "Close the file; its edits, filter and marks are kept";
    Reload "reload" "" [Orders Mapping] "Read the file anew, as it is on disk now; filter, marks and edits stay";
    ToggleHidden "toggle-hidden" "" [Browser] "Show hidden files too, or leave them out";
    Accept "accept" "choose" [Everywhere Dialog] "Into the payload, open what is under the cursor, or choose";
    Fold "fold" "fold" [Payload] "Fold or unfold the object or list under the cursor";
    CompareVendors "compare-vendors" "" [Orders] "Show this field of the order at all four vendors side by side: place, value, origin, findings";
    WhatChanged "what-changed" "" [Orders] "Show what changed: against the source by your edits, and against what the account was sent last";
    Edit "edit" "edit" [Orders Mapping] "Edit the field of the payload under the cursor; in Mapping: the rule of the target, or begin to change the mapping";
    Fix "fix" "fix" [Orders Findings] "Put the finding under the cursor right, where one key can; in the findings by rule: in all its orders";
    NextFinding "next-finding" "finding" [Orders] "Go to the next finding, in the next order if need be";
    NextVendor "next-vendor" "vendor" [Orders Mapping] "Show the payload for the next vendor";
    Submit "submit" "submit" [Orders] "Send the marked orders, or all that are shown, to the vendor in front";
    Cancel "cancel" "cancel" [Orders Everywhere] "Cancel orders at the vendor: the marked ones, the one under the cursor, or ids that you type";
    Filter "filter" "filter" [Orders Runs] "Show only orders that pass: words, status:paid, total>100, finding:VOU-12, outcome:rejected; or runs: words, vendor:kibo, state:stopped, date:2024-03";
    AboutFile "about-file" "" [Orders] "What the file holds, all in all: format, mapping, orders over time, by status and currency, what looks wrong";
    FindingsByRule "findings" "" [Orders] "Findings by rule: how many orders each spoke of, to those orders, to a fix in all of them";
    KeptFilters "filters" "" [Orders] "Filters that are saved, and the last ones used: take one, save the one in force, forget one";
    SaveFilter "save-filter" "save" [Filters] "Save the filter in force, or the one under the cursor, under a name";
    RemoveFilter "remove-filter" "forget" [Filters] "Forget the saved filter under the cursor";
    Explain "explain" "explain" [Findings] "Explain the rule under the cursor: what it means, why the vendor cares, what to do";
    Mark "mark" "mark" [Orders Doubt] "Mark the order under the cursor";
    Exclude "exclude" "leave out" [Orders] "Leave the order (or the marked ones) out, or take it back in";
    ChooseProfile "choose-profile" "profile" [Orders Mapping] "Choose the account that this vendor's payloads are made for";
    RetryRejected "retry-rejected" "retry" [Orders] "Send again the orders that the vendor in front rejected, of those marked or shown, with your edits";
    History "history" "" [Orders RunOrders Responses Exchange Doubt] "History of this order: every run, answer, job, decision, and what changed in its payload, at every account";
    NextOperation "next-operation" "" [Orders] "Show the payload of the next operation: import, status update, cancellation; findings and copies follow";
    PreviousFinding "previous-finding" "" [Orders] "Go to the previous finding";
    MarkAll "mark-all" "" [Orders Doubt] "Mark all orders that are shown, or none";
    PreviousVendor "previous-vendor" "" [Orders Mapping] "Show the payload for the previous vendor";
    MarkRange "mark-range" "" [Orders] "Mark all from the order marked last to the one under the cursor";
    InvertMarks "invert-marks" "" [Orders] "Mark what isn't marked of the orders that are shown, and unmark the rest";
    Sort "sort" "sort" [Orders] "Sort the orders by a column, or show them as the file has them";
    SortNext "sort-next" "" [Orders] "Sort by the next column; after the last one stands the order of the file";
    SortPrevious "sort-previous" "" [Orders] "Sort by the previous column; before the first one stands the order of the file";
    ReverseSort "reverse-sort" "" [Orders] "Sort the other way round: ascending, descending";
    Columns "columns" "" [Orders] "Choose the columns of the list, their order and their widths";
    ToggleColumn "toggle-column" "" [Columns] "Show the column under the cursor, or leave it out";
    ColumnLeft "column-left" "" [Columns] "Move the column under the cursor to the left";
    ColumnRight "column-right" "" [Columns] "Move the column under the cursor to the right";
    WidenColumn "widen-column" "" [Columns] "Make the column under the cursor wider";
    NarrowColumn "narrow-column" "" [Columns] "Make the column under the cursor narrower";
    DefaultColumns "default-columns" "" [Columns] "Show the columns that the width of the list has room for";
    SetMarked "set-marked" "bulk edit" [Orders] "Bulk edit: set the field under the cursor for all marked orders, for many at once, after a preview of what changes";
    Undo "undo" "" [Orders Mapping Edits] "Take back the last edit; in the history all down to the one under the cursor";
    Redo "redo" "" [Orders Mapping Edits] "Do again what was taken back; in the history all up to the one under the cursor";
    Edits "edits" "" [Orders] "Edits: the history of everything you changed, with what was there before; undo and redo down to any of it";
    SwitchScope "switch-scope" "all vendors or one" [Edit] "Edit for all vendors (the order), or for one (its payload)";
    AllLines "all-lines" "lines" [Edit] "Set the field in this line of the order, or in all its lines";
    NewLine "new-line" "new line" [Edit] "Begin a new line in a text";
    SaveEdit "save-edit" "set it" [Edit] "Set what was typed, a text of several lines too";
    Copy "copy" "" [Orders Exchange] "Copy the payload, or the body of the request or response in front";
    CopyCurl "copy-curl" "" [Orders Exchange] "Copy the request as a curl command, secrets masked";
    PauseRun "pause-run" "pause" [Runs] "Pause the run, or let it go on";
    StopRun "stop-run" "stop" [Runs] "Stop the run: record what is under way, send nothing new; it can be resumed";
    PauseTail "pause-tail" "pause" [Responses] "Pause the tail so that nothing moves, or follow the newest again";
    FilterResponses "filter-responses" "filter" [Responses] "Show only requests that pass: words, vendor:kibo, status:5xx, run:s14, order:#1017, is:failed, body:text";
    ResumeRun "resume-run" "resume" [Runs Jobs] "Take up a run that was stopped, paused, or whose program died";
    RetryRun "retry-run" "retry" [Runs] "Send orders of the run again, by their outcome: the rejected ones unless you choose others";
    SettleDoubt "settle-doubt" "settle doubt" [Runs RunOrders] "Settle doubt: see what was sent of each order in doubt and what is known, then decide: it arrived, it didn't, send again";
    ShowResponse "show-response" "response" [Doubt] "Show the request that left the doubt and its answer, whole";
    RunOrders "run-orders" "orders" [Runs Jobs] "Show the orders of the run, or of the job, each with its outcome and reason: the failed ones first";
    ShowRun "show-run" "its run" [Jobs] "Go to the run of the job";
    Export "export" "export" [Runs RunOrders] "Write the run's orders with their outcomes to a CSV, JSON or NDJSON file";
    EditProfile "edit-profile" "edit" [Profiles] "Change the profile: address, currency, read-only, credentials, settings, defaults, each with what it means";
    TestProfile "test-profile" "test" [Profiles] "Send one harmless request that proves the credentials";
    RemoveProfile "remove-profile" "remove" [Profiles] "Take the profile out of profiles.toml; the ledger keeps what it knows";
    EditWhole "edit-whole" "" [Orders] "Edit the object or list under the cursor, else the whole payload, in $VISUAL or $EDITOR";
    BackToSource "back-to-source" "" [Payload] "Take the edits under the cursor out: back to what the source says";
    CopyValue "copy-value" "" [Payload] "Copy the value under the cursor";
    CopyPath "copy-path" "" [Payload] "Copy the path of the field under the cursor, a JSON pointer";
    FoldAll "fold-all" "" [Payload] "Fold every object and list of the payload";
    UnfoldAll "unfold-all" "" [Payload] "Unfold everything in the payload";
    Find "find" "search" [Text Payload Mapping] "Search in the text, or in the payload: what is folded too; in Mapping: find a column or a target";
    FindNext "find-next" "" [Text] "Go to the next place that was searched for";
    FindPrevious "find-previous" "" [Text] "Go to the previous place that was searched for";
    ReadAs "read-as" "" [Orders Mapping Browser About] "How the file is read: its encoding, what stands between cells, the line of its header, its sheet; otherwise than it was detected";
    FindLine "find-line" "search" [Form] "Search the lines of the form by a word of their name, value or meaning; in an empty line / does it too";
    NextSection "next-section" "section" [Form] "Go to the next section of the form";
    PreviousSection "previous-section" "" [Form] "Go to the section before";
    LookAtRequest "look-at-request" "look at the request" [Submit Cancel] "Show the first request as it would leave, secrets masked";
    NextWay "next-way" "what" [Submit] "Choose what is done: an import, or an update of statuses and how";
    CancelMode "cancel-mode" "how" [Cancel] "Choose among the vendor's ways to cancel";
    SaveMapping "save-mapping" "save" [Mapping Unsaved] "Save the mapping under a name; the file is read by it then, and files of its kind are known from now on";
    DiscardMapping "discard-mapping" "leave without saving" [Unsaved] "Leave the mapping without saving what was changed in it";
    AcceptSuggestion "accept-suggestion" "yes" [Mapping] "Accept what is suggested for the target under the cursor";
    RefuseSuggestion "refuse-suggestion" "no" [Mapping] "Refuse what is suggested for the target under the cursor";
    ClearTarget "clear-target" "empty" [Mapping] "Empty the target under the cursor: nothing fills it any more";
    ReadSettings "read-settings" "how it is read" [Mapping] "How the file is read: what groups rows into orders, decimal mark, date format, time zone, currency";
    OrderLines "order-lines" "lines" [Mapping] "What is a line of an order: each row, the elements of a list, columns side by side, a cell that holds whole lines, the rows of a joined file";
    JoinFiles "join-files" "" [Mapping] "Join a second file by a key, such as the lines of the orders or a list of customers, or join it no more";
    StatusWords "status-words" "words" [Mapping] "The file's status words and what they mean";
    NextSample "next-sample" "next order" [Mapping] "Show what becomes of the next order of the file's beginning";
    PreviousSample "previous-sample" "" [Mapping] "Show what becomes of the previous order";
    AddProfile "add-profile" "add profile" [Welcome Profiles] "Add an account at a vendor";
    Help "help" "help" [Everywhere Dialog] "Show the keys that work here and what they do, the marks on the screen, and the manual";
    Palette "palette" "commands" [Everywhere] "Find any command, view, vendor, account, file, page of the manual or theme by a few letters";
    Quit "quit" "quit" [Everywhere] "Leave";
    Back "back" "back" [Everywhere Dialog] "Back: close the dialog, leave the payload, drop the filter";
    ViewOrders "view-orders" "" [Everywhere] "Go to Orders";
    ViewMapping "view-mapping" "" [Everywhere] "Go to Mapping";
    ViewRuns "view-runs" "" [Everywhere] "Go to Runs";
    ViewResponses "view-responses" "" [Everywhere] "Go to Responses";
    ViewJobs "view-jobs" "" [Everywhere] "Go to Jobs";
    ViewProfiles "view-profiles" "" [Everywhere] "Go to Profiles";
    NextPane "next-pane" "" [Everywhere Dialog] "Go to the next pane or field";
    PreviousPane "previous-pane" "" [Everywhere Dialog] "Go to the previous pane or field";
    Up "up" "" [Everywhere Dialog] "Up";
    Down "down" "" [Everywhere Dialog] "Down";
    Left "left" "" [Everywhere Dialog] "Left, or fold";
    Right "right" "" [Everywhere Dialog] "Right, or unfold";
    PageUp "page-up" "" [Everywhere Dialog] "A page up";
    PageDown "page-down" "" [Everywhere Dialog] "A page down";
    Top "top" "" [Everywhere Dialog] "To the top";
    Bottom "bottom" "" [Everywhere Dialog] "To the bottom";
    SwitchAccount "switch-account" "" [Everywhere] "Switch the account: choose among all accounts of all vendors";
    Messages "messages" "" [Everywhere Dialog] "Messages: read again what was told, each with its time";
    Manual "manual" "" [Everywhere] "Read the manual, page by page";
    Tour "tour" "" [Everywhere] "Tour of the console: its first step, or the next one";
    SwitchTheme "switch-theme" "" [Everywhere] "Theme: the next one, and remember it";
    Redraw "redraw" "" [Always] "Draw the screen anew";
    Suspend "suspend" "" [Always] "Put the program to sleep; `fg` in the shell wakes it";
    Stop "stop" "" [Always] "Stop what runs; twice to leave";
}

impl Command {
    /// Its row.
    pub fn spec(self) -> &'static Spec {
        TABLE
            .iter()
            .find(|spec| spec.command == self)
            .unwrap_or(&TABLE[0])
    }

    /// The command of that name in `keymap.toml`.
    pub fn from_name(name: &str) -> Option<Self> {
        TABLE
            .iter()
            .find(|spec| spec.name == name)
            .map(|spec| spec.command)
    }
}

/// What the state is changed by.
#[derive(Debug)]
pub enum Action {
    /// A command, by a key or from the palette.
    Command(Command),
    /// A key for the text that is being typed.
    Text(KeyEvent),
    /// A key that does nothing here.
    Unbound(KeyEvent),
    /// Pasted text.
    Paste(String),
    /// The mouse.
    Mouse(MouseEvent),
    /// The terminal has another size: columns, rows.
    Resize(u16, u16),
    /// The system wants the program to end.
    Terminate,
    /// Something finished outside.
    Arrived(Arrival),
    /// Time went by while something on screen moves.
    Tick,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_command_has_one_row_a_name_of_its_own_and_a_sentence() {
        let names: HashSet<_> = TABLE.iter().map(|spec| spec.name).collect();
        assert_eq!(names.len(), TABLE.len());
        for spec in TABLE {
            assert_eq!(spec.command.spec().name, spec.name);
            assert_eq!(Command::from_name(spec.name), Some(spec.command));
            assert!(
                !spec.help.is_empty() && !spec.help.ends_with('.'),
                "{}",
                spec.name
            );
        }
    }
}
