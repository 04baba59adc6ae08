//! What settings say of calls out: headers to send, certificates to trust and to show. The same
//! names below every prefix.

use std::path::{Path, PathBuf};

use super::SettingsReader;
use crate::support::{
    certificate::{CertificateRole, LoadedChain},
    outgoing::{Authorization, Credentials, Headers, Trust, chain_of_file},
};

impl SettingsReader<'_> {
    /// `<prefix>.headers.*`: headers to send. Their values are secrets.
    pub fn headers(&mut self, prefix: &str) -> Headers {
        self.headers_over(prefix, Headers::default())
    }

    /// The same, in place of those of the same names among `headers`.
    pub fn headers_over(&mut self, prefix: &str, mut headers: Headers) -> Headers {
        let prefix = format!("{prefix}.headers");
        for (header, value) in self.map(&prefix) {
            if let Err(complaint) = headers.insert(&header, &value) {
                self.reject_hidden(&format!("{prefix}.{header}"), complaint);
            }
        }
        headers
    }

    /// `<prefix>.username` and `.password`, or `.token`. No secret is ever repeated in a complaint.
    pub fn authorization(&mut self, prefix: &str) -> Authorization {
        let [name, secret, bearer] =
            ["username", "password", "token"].map(|below| format!("{prefix}.{below}"));
        let (username, password) = (self.value::<String>(&name), self.value::<String>(&secret));
        match (username, password, self.value::<String>(&bearer)) {
            (None, None, None) => Authorization::None,
            (Some(username), Some(password), None) => {
                Authorization::Basic(Credentials { username, password })
            }
            (None, None, Some(token)) => {
                if !Authorization::is_token(&token) {
                    self.reject_hidden(&bearer, "expected visible ASCII characters");
                }
                Authorization::Bearer(token)
            }
            (_, _, Some(_)) => {
                self.reject_hidden(&bearer, "give either a token or username and password");
                Authorization::None
            }
            (Some(_), None, None) => {
                self.reject(&name, format!("needs {secret} beside it"));
                Authorization::None
            }
            (None, Some(_), None) => {
                self.reject_hidden(&secret, format!("needs {name} beside it"));
                Authorization::None
            }
        }
    }

    /// `<prefix>.ca-certificate`, `.client-certificate` and `.client-key`: PEM files.
    pub fn trust(&mut self, prefix: &str) -> Trust {
        let [authority, chain, key] = ["ca-certificate", "client-certificate", "client-key"]
            .map(|below| format!("{prefix}.{below}"));
        let mut trust = Trust::default();
        if let Some(file) = self.value::<PathBuf>(&authority) {
            match trust.trust_only(&file) {
                Ok(()) => self.loaded(prefix, &authority, &file, CertificateRole::Authority),
                Err(complaint) => self.reject(&authority, complaint),
            }
        }
        match (self.value::<PathBuf>(&chain), self.value::<PathBuf>(&key)) {
            (Some(chain_file), Some(key_file)) => {
                match trust.identify_with(&chain_file, &key_file) {
                    Ok(()) => self.loaded(prefix, &chain, &chain_file, CertificateRole::Client),
                    Err(complaint) => self.reject(&chain, complaint),
                }
            }
            (Some(_), None) => self.reject(&chain, format!("needs {key} too")),
            (None, Some(_)) => self.reject(&key, format!("needs {chain} too")),
            (None, None) => {}
        }
        trust
    }

    /// Keeps what the certificates of a file say, for those who list what the service has loaded.
    fn loaded(&self, prefix: &str, setting: &str, file: &Path, role: CertificateRole) {
        let read = chain_of_file(file);
        self.settings().certificates.keep(LoadedChain {
            role,
            used_by: Some(prefix.to_owned()),
            setting: setting.to_owned(),
            file: file.display().to_string(),
            problem: read.as_ref().err().cloned(),
            certificates: read.unwrap_or_default(),
        });
    }
}
