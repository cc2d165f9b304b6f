//! The files of a folder that is imported, with those of the folders in it, and what of it cannot be read.

use anyhow::Context;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders in folders in folders: deeper than this nobody means.
const DEPTH: usize = 8;

/// What is in a folder.
#[derive(Debug, Default)]
pub struct Folder {
    /// In the order of their names.
    pub files: Vec<PathBuf>,
    /// Links that lead out of the folder or nowhere, pipes, folders that may not be read.
    pub barred: Vec<PathBuf>,
}

impl Folder {
    /// Reads a folder (`root`: its real path). Hidden files and folders are left alone: systems put them there, not people.
    ///
    /// # Errors
    /// When the folder itself cannot be read.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let mut folder = Self::default();
        folder.add(root, root, 0).with_context(|| format!("cannot read {}", root.display()))?;
        folder.files.sort();
        folder.barred.sort();
        Ok(folder)
    }

    fn add(&mut self, root: &Path, place: &Path, depth: usize) -> std::io::Result<()> {
        for entry in fs::read_dir(place)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if entry.file_type()?.is_dir() {
                if depth >= DEPTH || self.add(root, &path, depth + 1).is_err() {
                    self.barred.push(path);
                }
                continue;
            }
            // A link may point anywhere; what it leads to must lie in the folder.
            match path.canonicalize() {
                Ok(real) if real.starts_with(root) && real.is_file() => self.files.push(path),
                Ok(real) if real.starts_with(root) && real.is_dir() => {}
                _ => self.barred.push(path),
            }
        }
        Ok(())
    }
}

/// A file's path in the folder, as it is told.
pub fn relative(root: &Path, file: &Path) -> String {
    file.strip_prefix(root).unwrap_or(file).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_out_of_the_folder_is_barred_and_what_is_hidden_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for file in ["inside.mp4", ".hidden.mp4"] {
            fs::write(root.join(file), "").unwrap();
        }
        for (target, link) in [
            ("/etc/passwd", "out.mp4"),
            ("nowhere", "dangling.mp4"),
            ("inside.mp4", "link.mp4"),
            (".", "circle"),
        ] {
            std::os::unix::fs::symlink(target, root.join(link)).unwrap();
        }
        fs::create_dir(root.join("sub.mp4")).unwrap();
        fs::write(root.join("sub.mp4/deep.mp4"), "").unwrap();
        let read = Folder::read(&root).unwrap();
        let names = |files: &[PathBuf]| files.iter().map(|f| relative(&root, f)).collect::<Vec<_>>();
        assert_eq!(names(&read.files), ["inside.mp4", "link.mp4", "sub.mp4/deep.mp4"]);
        assert_eq!(names(&read.barred), ["dangling.mp4", "out.mp4"]);
    }
}
