//! A folder that ends with its value, and the account that its server runs as.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// An empty folder. Where the tests run as root, which database servers refuse to be, it belongs to another account.
pub struct Folder {
    path: PathBuf,
    /// User and group, if they are not this process's.
    account: Option<(u32, u32)>,
}

impl Folder {
    /// A new one. `account` is a name in `/etc/passwd`; `nobody` is taken where it does not exist.
    pub fn new(account: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("backend-{}-{number}", std::process::id()));
        fs::create_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let is_root = fs::metadata(&path).expect("the new folder").uid() == 0;
        let account =
            is_root.then(|| find(account).or_else(|| find("nobody")).expect("an account"));
        if let Some((user, group)) = account {
            chown(&path, Some(user), Some(group)).expect("root may give folders away");
        }
        Self { path, account }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A program that runs in it, as the account that it belongs to, and keeps its temporary files there: a `MariaDB`
    /// that starts removes those that it finds, also the ones of another that is being installed.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.current_dir(&self.path).env("TMPDIR", &self.path);
        if let Some((user, group)) = self.account {
            command.uid(user).gid(group);
        }
        command
    }

    /// Writes a file that the account can read.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let file = self.path.join(name);
        fs::write(&file, text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        file
    }

    /// Runs a program to its end, which has to be a good one.
    #[track_caller]
    pub fn run(&self, name: &str, command: &mut Command, remedy: &str) {
        let output = command
            .output()
            .unwrap_or_else(|error| panic!("{name} did not start: {error}. Try: {remedy}"));
        assert!(
            output.status.success(),
            "{name}: {}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left over lies in the folder for temporary files.
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn find(account: &str) -> Option<(u32, u32)> {
    let accounts = fs::read_to_string("/etc/passwd").ok()?;
    let line = accounts.lines().find(|line| line.split(':').next() == Some(account))?;
    let mut ids = line.split(':').skip(2).map_while(|id| id.parse().ok());
    Some((ids.next()?, ids.next()?))
}
