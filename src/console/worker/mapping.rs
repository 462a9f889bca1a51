//! Drafts of mappings: begun, evaluated, saved.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Tell, Worker};
use crate::console::effect::DraftWork;
use crate::console::event::{Arrival, NotExported};
use crate::deck::DeckError;
use crate::deck::draft::Draft;
use crate::deck::needs::{needs, own_fields};
use crate::mapping::DetectError;
use crate::workspace::{SaveError, Workspace, WorkspaceError};

impl Worker {
    /// A draft for a file that no mapping is known for; none where that is no help.
    pub(super) fn draft_of_unknown(
        workspace: &Workspace,
        path: &Path,
        error: &WorkspaceError,
    ) -> Option<Box<Draft>> {
        let WorkspaceError::Deck(DeckError::Unknown {
            reason: DetectError::Unknown { .. },
            ..
        }) = error
        else {
            return None;
        };
        // What came through a pipe can't be read again.
        let draft = (path != Path::new("-")).then(|| workspace.begin_draft(path, None))?;
        draft.ok().map(Box::new)
    }

    pub(super) fn draft(&self, work: DraftWork, tell: Tell<'_>) {
        let workspace = self.workspace.now();
        match work {
            DraftWork::Begin {
                ticket,
                path,
                mapping,
            } => {
                let draft = workspace.begin_draft(&path, Some(&mapping));
                tell(Arrival::DraftBegun {
                    ticket,
                    draft: draft.map(Box::new).map_err(|error| error.to_string()),
                });
            }
            DraftWork::Evaluate {
                ticket,
                draft,
                place,
                target,
            } => {
                self.drafts.fetch_max(ticket, Ordering::Relaxed);
                let made = workspace.evaluate_draft(&draft, place, target.as_deref(), &mut |_| {
                    if Self::outdated(&self.drafts, ticket) {
                        ControlFlow::Break(())
                    } else {
                        ControlFlow::Continue(())
                    }
                });
                if Self::outdated(&self.drafts, ticket) {
                    return;
                }
                let (needs, own) = target.map_or_else(Default::default, |target| {
                    let (vendor, account) = (target.vendor, &target.account);
                    (needs(vendor, account), own_fields(vendor, account))
                });
                tell(Arrival::Drafted {
                    ticket,
                    made: made.map(Arc::new).map_err(|error| error.to_string()),
                    needs,
                    own,
                });
            }
            DraftWork::FilesBeside(path) => {
                let files = workspace.files_beside(&path);
                tell(Arrival::FilesBeside(
                    files.map_err(|error| error.to_string()),
                ));
            }
            DraftWork::SeeJoin(path) => {
                let seen = workspace.join_candidate(&path);
                let seen = seen.map(Box::new).map_err(|error| error.to_string());
                tell(Arrival::JoinSeen(seen));
            }
            DraftWork::Save {
                name,
                text,
                replace,
            } => {
                let saved = workspace.save_mapping(&name, &text, replace);
                let saved = saved.map_err(|error| NotExported {
                    exists: matches!(error, SaveError::Exists { .. }),
                    why: error.to_string(),
                });
                tell(Arrival::MappingSaved { name, saved });
            }
        }
    }
}
