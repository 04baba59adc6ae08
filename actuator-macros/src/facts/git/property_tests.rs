//! Whatever stands in a repository, and whatever its remote is called.

use std::{fs, path::PathBuf};

use proptest::prelude::*;

use super::{
    published,
    remote::without_credentials,
    repository::{Head, Repository, is_commit_id},
};

const ID: &str = "df027cf0123456789abcdef0123456789abcdef0";

/// A folder for one test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("actuator-odd-{name}-{}", std::process::id()));
        fs::create_dir_all(path.join(".git/logs")).unwrap();
        fs::create_dir_all(path.join(".git/refs/heads")).unwrap();
        Self(path)
    }

    fn write(&self, file: &str, content: &[u8]) {
        fs::write(self.0.join(file), content).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn content() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..60),
        "(ref: ?|refs/heads/|main|\\.\\./|/|df027cf0123456789abcdef0123456789abcdef0| |\n|\\^|#){0,8}"
            .prop_map(String::into_bytes),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn files_of_a_repository_that_hold_anything_are_read(
        contents in prop::collection::vec(content(), 5), at in any::<prop::sample::Index>(),
    ) {
        let folder = Folder::new("repository");
        let files = [".git/HEAD", ".git/packed-refs", ".git/logs/HEAD", ".git/index", ".git/refs/heads/main"];
        for (file, content) in files.iter().zip(&contents) {
            folder.write(file, content);
        }
        let repository = Repository::around(&folder.0).unwrap();
        for head in [repository.head(), Head::Reference("refs/heads/main".to_owned())] {
            prop_assert!(repository.commit(&head).is_none_or(|id| is_commit_id(&id)));
            if let Head::Reference(name) = &head {
                prop_assert!(name.starts_with("refs/") && !name.contains(".."), "{}", name);
            }
            prop_assert!(repository.files_behind(&head).iter().all(|file| file.starts_with(&folder.0)));
        }
        let _ = repository.index_lists(&folder.0);
        // One that lists the manifest, with anything around it.
        let entry = [&[0, 10][..], b"Cargo.toml\0"].concat();
        let mut index = contents[3].clone();
        let at = at.index(index.len() + 1);
        index.splice(at..at, entry);
        folder.write(".git/index", &index);
        prop_assert!(repository.index_lists(&folder.0));
    }

    #[test]
    fn what_cargo_wrote_is_a_commit_or_nothing(
        odd in content(),
        text in "\\{\"git\":(\\{\"sha1\":(\"[0-9a-f]{38,42}\"|7|null),?(\"dirty\":(true|1))?\\}|\\[\\])\\}",
        is_dirty: bool,
    ) {
        let folder = Folder::new("published");
        for content in [odd, text.into_bytes()] {
            folder.write(published::FILE, &content);
            let facts = published::read(&folder.0, true);
            prop_assert!(facts.is_none_or(|facts| is_commit_id(&facts.commit_id)));
        }
        folder.write(published::FILE, format!("{{\"git\":{{\"sha1\":\"{ID}\",\"dirty\":{is_dirty}}}}}").as_bytes());
        let facts = published::read(&folder.0, true).unwrap();
        prop_assert_eq!((&*facts.commit_id, facts.dirty), (ID, Some(is_dirty)));
    }

    #[test]
    fn no_address_has_credentials(
        odd in "\\PC{0,30}|([a-z]{0,4}|://|:|@|/|\\?|#|\\\\){0,9}",
        scheme in "https?|ssh|git",
        secret in "[a-z0-9:@!$]{9,16}",
        path in "[a-z]{1,5}(/[a-z]{1,5}){0,2}",
    ) {
        if let Some(shown) = without_credentials(&odd) {
            prop_assert!(shown.len() <= odd.len() + 1 && !shown.contains(['?', '#']), "{}", shown);
        }
        let url = format!("{scheme}://me:{secret}@git.example/{path}?token={secret}");
        prop_assert_eq!(without_credentials(&url), Some(format!("{scheme}://git.example/{path}")));
    }
}
