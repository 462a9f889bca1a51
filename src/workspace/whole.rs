//! Files that are there whole or not at all, for nobody else to read.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::export::ExportError;
use crate::profile::private::{PrivateError, create_private_file};

/// Refuses a place where something is already, unless it may be replaced, or that has no folder.
pub(super) fn check_place(to: &Path, force: bool) -> Result<(), ExportError> {
    if !force && to.symlink_metadata().is_ok() {
        return Err(ExportError::Exists(to.to_owned()));
    }
    if let Some(folder) = to.parent()
        && !folder.as_os_str().is_empty()
        && !folder.is_dir()
    {
        return Err(ExportError::NoFolder(folder.to_owned()));
    }
    Ok(())
}

/// Writes a file beside its place, and puts it there when it is whole.
pub(super) fn write_whole(
    to: &Path,
    force: bool,
    write: impl FnOnce(&mut dyn Write) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    make_whole(to, force, |file, _| {
        let mut writer = BufWriter::new(file);
        write(&mut writer)?;
        writer.flush().map_err(|error| ExportError::Write {
            path: to.to_owned(),
            error,
        })
    })
}

/// The same for whoever wants the file's name: it is made empty, filled by `make`, and put in its place.
pub(super) fn make_whole<E: From<ExportError>>(
    to: &Path,
    force: bool,
    make: impl FnOnce(&File, &Path) -> Result<(), E>,
) -> Result<(), E> {
    let mut name = std::ffi::OsString::from(".");
    name.push(to.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = to.with_file_name(name);
    let file = create_private_file(&beside).map_err(|error| match error {
        // The operator knows nothing of the file beside.
        PrivateError::Io { error, .. } => ExportError::Write {
            path: to.to_owned(),
            error,
        },
        other => other.into(),
    })?;
    let done =
        make(&file, &beside).and_then(|()| place(&file, &beside, to, force).map_err(E::from));
    // Nothing is there any more if it was renamed.
    let _ = std::fs::remove_file(&beside);
    done
}

fn place(file: &File, beside: &Path, to: &Path, force: bool) -> Result<(), ExportError> {
    let failed = |error: io::Error| ExportError::Write {
        path: to.to_owned(),
        error,
    };
    file.sync_all().map_err(failed)?;
    if force {
        return std::fs::rename(beside, to).map_err(failed);
    }
    // A link never replaces what somebody put there meanwhile, as renaming would.
    match std::fs::hard_link(beside, to) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(ExportError::Exists(to.to_owned()))
        }
        // File systems without links.
        Err(_) => std::fs::rename(beside, to).map_err(failed),
        Ok(()) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let to = dir.path().join("a.csv");
        let broken = write_whole(&to, false, |file| {
            file.write_all(b"half").unwrap();
            Err(ExportError::Ending(PathBuf::new()))
        });
        assert!(broken.is_err());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        let fill = |file: &mut dyn Write| {
            file.write_all(b"whole").unwrap();
            Ok(())
        };
        write_whole(&to, false, fill).unwrap();
        assert_eq!(std::fs::read(&to).unwrap(), b"whole");
        let again = write_whole(&to, false, fill);
        assert!(matches!(again, Err(ExportError::Exists(_))), "{again:?}");
        write_whole(&to, true, fill).unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
