//! What settings say of calls out: headers to send, certificates to trust and to show. The same
//! names below every prefix.

use std::path::PathBuf;

use super::SettingsReader;
use crate::support::outgoing::{Headers, Trust};

impl SettingsReader<'_> {
    /// `<prefix>.headers.*`: headers to send. Their values are secrets.
    pub fn headers(&mut self, prefix: &str) -> Headers {
        let prefix = format!("{prefix}.headers");
        let mut headers = Headers::default();
        for (header, value) in self.map(&prefix) {
            if let Err(complaint) = headers.insert(&header, &value) {
                self.reject_hidden(&format!("{prefix}.{header}"), complaint);
            }
        }
        headers
    }

    /// `<prefix>.ca-certificate`, `.client-certificate` and `.client-key`: PEM files.
    pub fn trust(&mut self, prefix: &str) -> Trust {
        let [authority, chain, key] = ["ca-certificate", "client-certificate", "client-key"]
            .map(|below| format!("{prefix}.{below}"));
        let mut trust = Trust::default();
        if let Some(file) = self.value::<PathBuf>(&authority)
            && let Err(complaint) = trust.trust_only(&file)
        {
            self.reject(&authority, complaint);
        }
        match (self.value::<PathBuf>(&chain), self.value::<PathBuf>(&key)) {
            (Some(chain_file), Some(key_file)) => {
                if let Err(complaint) = trust.identify_with(&chain_file, &key_file) {
                    self.reject(&chain, complaint);
                }
            }
            (Some(_), None) => self.reject(&chain, format!("needs {key} too")),
            (None, Some(_)) => self.reject(&key, format!("needs {chain} too")),
            (None, None) => {}
        }
        trust
    }
}
