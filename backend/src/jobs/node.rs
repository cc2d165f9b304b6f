//! A running process and its work folder. The folder holds a locked file for as long as the process lives: the next start
//! sees by the lock which processes are dead, frees their jobs at once and clears what they left.

use crate::{
    app::App,
    store::{StoreError, job},
};
use anyhow::Context;
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

/// This process. Dropping it gives up the lock and the folder.
pub struct Node {
    name: String,
    folder: PathBuf,
    _lock: File,
}

impl Node {
    /// Takes a name and a work folder, after freeing what dead processes of this data folder held.
    ///
    /// # Errors
    /// When the folder cannot be made or the database does not take the change.
    pub async fn start(app: &App) -> anyhow::Result<Self> {
        let root = app.media.work.clone();
        fs::create_dir_all(&root).with_context(|| format!("cannot make {}", root.display()))?;
        for dead in dead_nodes(&root)? {
            free(app, &dead).await?;
            // The lock's owner is gone; a folder that stays behind is tried again at the next start.
            let _ = fs::remove_dir_all(root.join(&dead));
        }
        let name = app.new_job_id().to_string();
        // Locked before it has its name, so that nobody sees it unlocked.
        let young = root.join(format!(".{name}"));
        fs::create_dir(&young)?;
        let lock = File::create(young.join("lock"))?;
        lock.lock()?;
        let folder = root.join(&name);
        fs::rename(&young, &folder)?;
        Ok(Self { name, folder, _lock: lock })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// A new, empty folder that is gone when dropped.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn work_folder(&self) -> std::io::Result<tempfile::TempDir> {
        tempfile::tempdir_in(&self.folder)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn dead_nodes(root: &Path) -> std::io::Result<Vec<String>> {
    let mut dead = Vec::new();
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') {
            continue;
        }
        let free = match File::open(entry.path().join("lock")) {
            Ok(lock) => lock.try_lock().is_ok(),
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        };
        if free {
            dead.push(name);
        }
    }
    Ok(dead)
}

async fn free(app: &App, node: &str) -> Result<(), StoreError> {
    let mut tx = app.db.begin().await?;
    let freed = job::update_jobs_of_dead_node(&mut tx, node, app.now_ms()).await?;
    tx.commit().await?;
    if freed > 0 {
        tracing::info!(node, freed, "jobs of a server that ended without finishing them are taken up again");
    }
    Ok(())
}
