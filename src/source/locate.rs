//! Leads from places in the text that is read to places that mean something to the operator.

use std::sync::Arc;

use crate::finding::{Finding, Place};

use super::workbook::SheetRows;

/// What a place in the text means in the file.
#[derive(Debug, Clone, Default)]
pub(super) enum Locator {
    /// Lines and bytes are those of the file, or of what it unpacks to.
    #[default]
    Same,
    /// The text was in another encoding: lines are the file's, bytes aren't.
    Lines,
    /// Lines are rows of a sheet.
    Sheet(Arc<SheetRows>),
}

impl Locator {
    /// Makes a place in the text one in the file.
    pub(super) fn locate(&self, place: &mut Place) {
        match self {
            Self::Same => {}
            Self::Lines => place.byte = None,
            Self::Sheet(rows) => {
                // A place that names its sheet is one already.
                if place.sheet.is_none() {
                    place.byte = None;
                    place.line = place.line.map(|line| rows.row(line));
                    place.sheet = Some(rows.sheet.clone());
                }
            }
        }
    }

    /// The same for each finding.
    pub(super) fn locate_all<'f>(&self, findings: impl IntoIterator<Item = &'f mut Finding>) {
        if matches!(self, Self::Same) {
            return;
        }
        for finding in findings {
            if let Some(place) = &mut finding.place {
                self.locate(place);
            }
        }
    }

    /// A line of the text as the operator counts it.
    pub(super) fn shown(&self, line: u64) -> u64 {
        match self {
            Self::Sheet(rows) => rows.row(line),
            Self::Same | Self::Lines => line,
        }
    }

    /// The line of the text that the operator calls so.
    pub(super) fn line(&self, shown: u64) -> u64 {
        match self {
            Self::Sheet(rows) => rows.line(shown),
            Self::Same | Self::Lines => shown,
        }
    }
}
