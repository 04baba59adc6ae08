//! What is mounted where, as this process sees it.

use std::path::{Path, PathBuf};

use super::HostRoot;

/// One line of `/proc/self/mountinfo` (`proc_pid_mountinfo(5)`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mount {
    /// The folder of the file system that is mounted; `/` unless it is a part of it.
    pub root: PathBuf,
    /// Where it is mounted.
    pub point: PathBuf,
    /// The kind of file system: `ext4`, `nfs4`, `cgroup2`.
    pub kind: String,
    /// The options of the file system, separated by commas; for `cgroup` its controllers.
    pub options: String,
}

/// Whether something is mounted at `path` itself, be it a disk, a network mount or a folder
/// mounted elsewhere, as volumes of containers are. `None` where the system does not tell. Follows
/// links, so it blocks for as long as the file system of the path does.
pub(crate) fn is_mount_point(path: &Path) -> Option<bool> {
    let mounts = mounts(&HostRoot::default())?;
    let Ok(path) = path.canonicalize() else { return Some(false) };
    Some(is_listed(&mounts, &path))
}

/// Everything that is mounted, in the order of mounting.
pub(super) fn mounts(root: &HostRoot) -> Option<Vec<Mount>> {
    let text = root.read("/proc/self/mountinfo")?;
    Some(text.lines().filter_map(parse).collect())
}

/// An automounter's place counts once the real file system is there.
fn is_listed(mounts: &[Mount], path: &Path) -> bool {
    mounts.iter().any(|mount| mount.point == path && mount.kind != "autofs")
}

/// `36 35 98:0 /root /point rw,noatime shared:1 - ext4 /dev/sda rw`: how many fields stand before
/// the dash differs.
pub(super) fn parse(line: &str) -> Option<Mount> {
    let (head, tail) = line.split_once(" - ")?;
    let mut head = head.split(' ').skip(3);
    let mut tail = tail.split(' ');
    Some(Mount {
        root: unescaped(head.next()?).into(),
        point: unescaped(head.next()?).into(),
        kind: tail.next()?.to_owned(),
        options: tail.nth(1).unwrap_or_default().to_owned(),
    })
}

/// The kernel writes space, tab, line end and backslash as `\040`, `\011`, `\012`, `\134`.
fn unescaped(text: &str) -> String {
    let plain = [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")];
    plain.iter().fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_whatever_stands_before_the_dash() {
        let mount =
            parse("36 35 0:43 /docker/7 /mnt/my\\040data rw,noatime - nfs4 host:/x rw,hard");
        let expected = Mount {
            root: "/docker/7".into(),
            point: "/mnt/my data".into(),
            kind: "nfs4".to_owned(),
            options: "rw,hard".to_owned(),
        };
        assert_eq!(mount, Some(expected));
        let shared = parse("1 2 8:1 / /data rw shared:1 master:2 - ext4 /dev/sda1 rw").unwrap();
        assert_eq!((shared.point.to_str(), shared.kind.as_str()), (Some("/data"), "ext4"));
        for bad in ["", " - ", "1 2 3", "1 2 3 / - ext4"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_automounter_that_has_mounted_nothing_is_no_mount() {
        let auto = parse("1 2 0:1 / /net rw - autofs systemd-1 rw").unwrap();
        let real = parse("2 1 0:2 / /net rw - nfs4 host:/x rw").unwrap();
        assert!(!is_listed(std::slice::from_ref(&auto), Path::new("/net")));
        assert!(is_listed(&[auto, real], Path::new("/net")));
    }

    #[test]
    fn the_root_is_mounted_and_a_plain_folder_is_not() {
        assert_eq!(is_mount_point(Path::new("/")), Some(true));
        assert_eq!(is_mount_point(Path::new("/proc")), Some(true));
        assert_eq!(is_mount_point(Path::new(env!("CARGO_MANIFEST_DIR"))), Some(false));
        assert_eq!(is_mount_point(Path::new("/does/not/exist")), Some(false));
    }
}
