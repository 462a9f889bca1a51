//! Adding, changing, taking out and trying accounts.

use super::{Tell, Worker, accounts_of};
use crate::console::effect::ProfileWork;
use crate::console::event::{Arrival, Told};
use crate::workspace::Workspace;

impl Worker {
    pub(super) fn profile(&self, work: ProfileWork, tell: Tell<'_>) {
        let workspace = self.workspace.now();
        if let ProfileWork::Test(profile) = work {
            let probing = workspace.probe(&profile);
            let probed = tokio::runtime::Handle::current()
                .block_on(probing)
                .map_err(|error| error.to_string());
            return tell(Arrival::Tested { profile, probed });
        }
        let changed = change(&workspace, work);
        // The list is there before the word, so that what is said stands where it is looked for.
        tell(accounts_of(&workspace));
        tell(Arrival::ProfileChanged(changed));
    }
}

fn change(workspace: &Workspace, work: ProfileWork) -> Told<String> {
    match work {
        ProfileWork::Add(new) => workspace
            .add_profile(&new)
            .map(|file| format!("added {} to {}", new.name, file.display())),
        ProfileWork::Edit(name, changes) => match workspace.edit_profile(&name, &changes) {
            Ok((_, Err(error))) => {
                return Err(format!(
                    "changed, but {name} can't be used like that: {error}"
                ));
            }
            Ok((file, Ok(()))) => Ok(format!("changed {name} in {}", file.display())),
            Err(error) => Err(error),
        },
        ProfileWork::Remove(name) => workspace
            .remove_profile(&name)
            .map(|()| format!("removed {name}; the ledger keeps what it knows of the account")),
        ProfileWork::Test(_) => return Ok(String::new()),
    }
    .map_err(|error| error.to_string())
}
