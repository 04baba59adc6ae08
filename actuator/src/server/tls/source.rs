//! Where certificates and keys come from: PEM files, or PEM text in the setting itself.

use std::{
    fmt,
    fs::{self, File, Metadata},
    io::Read as _,
    path::PathBuf,
    time::SystemTime,
};

use super::Complaint;

/// A file of certificates is some kilobytes; all authorities of a system are less than this.
const LARGEST_FILE: u64 = 1024 * 1024;
/// How PEM text begins.
const PEM: &str = "-----BEGIN ";

/// PEM text of a setting, or of the file that it names.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PemSource {
    /// The setting that names it.
    pub(super) setting: String,
    place: Place,
}

#[derive(Clone, PartialEq, Eq)]
enum Place {
    File(PathBuf),
    Text(String),
}

impl PemSource {
    /// What the value of a setting says: PEM text, `file:/etc/tls/tls.crt`, or a path.
    pub(super) fn parse(setting: &str, value: &str) -> Result<Self, String> {
        let value = value.trim();
        let place = if value.starts_with(PEM) {
            Place::Text(value.to_owned())
        } else if value.starts_with("classpath:") {
            return Err("there is no classpath here; name a file".to_owned());
        } else {
            let path = value.strip_prefix("file:").unwrap_or(value);
            Place::File(path.strip_prefix("//").unwrap_or(path).into())
        };
        Ok(Self { setting: setting.to_owned(), place })
    }

    /// The PEM text. Blocks.
    pub(super) fn read(&self) -> Result<Vec<u8>, Complaint> {
        let path = match &self.place {
            Place::Text(text) => return Ok(text.as_bytes().to_vec()),
            Place::File(path) => path,
        };
        let unreadable = |error: std::io::Error| {
            self.complaint(format!("cannot read {}: {error}", path.display()))
        };
        let mut pem = Vec::new();
        let opened = File::open(path).map_err(unreadable)?;
        let length = opened.take(LARGEST_FILE + 1).read_to_end(&mut pem).map_err(unreadable)?;
        if length as u64 > LARGEST_FILE {
            let path = path.display();
            return Err(self.complaint(format!("{path} is larger than 1 MiB: no PEM file")));
        }
        Ok(pem)
    }

    /// What tells this state of the file from another one. Blocks.
    pub(super) fn stamp(&self) -> Stamp {
        match &self.place {
            Place::Text(_) => Stamp::default(),
            // Through links: Kubernetes swaps one of them to bring new certificates.
            Place::File(path) => fs::metadata(path).map_or_else(|_| Stamp::default(), Stamp::of),
        }
    }

    /// A complaint about this source.
    pub(super) fn complaint(&self, text: String) -> Complaint {
        Complaint { setting: self.setting.clone(), text }
    }
}

impl fmt::Display for PemSource {
    /// The file, or that it is the setting itself; never the text, which may be a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::File(path) => write!(f, "{}", path.display()),
            Place::Text(_) => write!(f, "the text of {}", self.setting),
        }
    }
}

impl fmt::Debug for PemSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// What tells one state of a file from another, without reading it. All nothing for a file that is
/// not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    identity: Identity,
}

impl Stamp {
    #[expect(clippy::needless_pass_by_value, reason = "it is made of what was just read")]
    fn of(file: Metadata) -> Self {
        let identity = identity(&file);
        Self { length: file.len(), modified: file.modified().ok(), identity }
    }
}

/// Which file it is, and when its permissions or its name changed last: the inode, and the time of
/// its last change in seconds and nanoseconds.
type Identity = (u64, i64, i64);

#[cfg(unix)]
fn identity(file: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt as _;
    (file.ino(), file.ctime(), file.ctime_nsec())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Identity {
    (0, 0, 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::support::odd_text::odd_text;

    proptest! {
        #[test]
        fn what_a_setting_holds_is_a_path_or_text_that_is_never_shown(
            odd in odd_text(" ?(file:|classpath:)?/{0,3}[a-z./]{0,9}|-{0,6}BEGIN [A-Z]{0,9}-{0,6}"),
            key in "[a-zA-Z0-9+/\\n]{12,40}",
            path in "(/[a-z.]{1,5}){1,3}",
        ) {
            let _ = PemSource::parse("x", &odd).map(|source| (source.to_string(), source.stamp()));
            let text = format!("-----BEGIN PRIVATE KEY-----\n{key}");
            let source = PemSource::parse("x", &text).unwrap();
            let shown = format!("{source} {source:?}");
            prop_assert!(!shown.contains(key.trim()));
            prop_assert_eq!(source.read().unwrap(), text.trim().as_bytes());
            for written in [path.clone(), format!(" file:{path}"), format!("file://{path}")] {
                prop_assert_eq!(PemSource::parse("x", &written).unwrap().to_string(), path.as_str());
            }
        }
    }

    #[test]
    fn a_setting_holds_a_path_or_the_text_itself() {
        for value in ["/etc/tls/tls.crt", "file:/etc/tls/tls.crt", " file:///etc/tls/tls.crt "] {
            let source = PemSource::parse("server.ssl.certificate", value).unwrap();
            assert_eq!(source.to_string(), "/etc/tls/tls.crt");
        }
        let text = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----";
        let source = PemSource::parse("server.ssl.certificate-private-key", text).unwrap();
        assert_eq!(source.read().unwrap(), text.as_bytes());
        assert!(!format!("{source:?}").contains("c2VjcmV0"));
        let error = PemSource::parse("x", "classpath:tls.pem").unwrap_err();
        assert!(error.contains("name a file"), "{error}");
    }

    #[test]
    fn a_file_that_cannot_be_pem_is_named() {
        let missing = PemSource::parse("x", "/nowhere/tls.crt").unwrap();
        let complaint = missing.read().unwrap_err();
        assert_eq!(complaint.setting, "x");
        assert!(complaint.text.contains("cannot read /nowhere/tls.crt"), "{complaint:?}");
        assert_eq!(missing.stamp(), Stamp::default());
        let endless = PemSource::parse("x", "/dev/zero").unwrap();
        assert!(endless.read().unwrap_err().text.contains("1 MiB"));
    }
}
