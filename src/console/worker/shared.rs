//! The workspace as the workers share it. Whoever works has it as it was when the work began: nobody who counts for
//! long keeps the sandbox from starting, nor others from working meanwhile.

use std::sync::{Arc, PoisonError, RwLock};

use crate::workspace::Workspace;

/// The workspace that work begins with.
#[derive(Debug)]
pub(super) struct Shared(RwLock<Arc<Workspace>>);

impl Shared {
    pub fn new(workspace: Workspace) -> Self {
        Self(RwLock::new(Arc::new(workspace)))
    }

    /// As it is now.
    pub fn now(&self) -> Arc<Workspace> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on it is another one.
    pub fn put(&self, workspace: Workspace) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(workspace);
    }
}
