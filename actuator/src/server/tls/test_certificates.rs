//! Authorities, servers and clients of a test, and a folder for their files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(dead_code, missing_docs, reason = "several tests share it, and each needs a part")]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, SanType, date_time_ymd,
};

/// Vouches for certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and the key to it, in PEM.
#[derive(Clone)]
pub struct Identity {
    pub certificate: String,
    pub key: String,
    pub der: Vec<u8>,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    pub fn der(&self) -> Vec<u8> {
        self.0.der().to_vec()
    }

    /// A server on this machine.
    pub fn server(&self, name: &str) -> Identity {
        self.issue(name, &["127.0.0.1", "localhost"], ExtendedKeyUsagePurpose::ServerAuth, 4096)
    }

    /// A server whose certificate ends with this year.
    pub fn server_until(&self, name: &str, year: i32) -> Identity {
        self.issue(name, &["127.0.0.1"], ExtendedKeyUsagePurpose::ServerAuth, year)
    }

    /// A client.
    pub fn client(&self, name: &str) -> Identity {
        self.issue(name, &["ada.example"], ExtendedKeyUsagePurpose::ClientAuth, 4096)
    }

    fn issue(
        &self,
        name: &str,
        names: &[&str],
        usage: ExtendedKeyUsagePurpose,
        year: i32,
    ) -> Identity {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.subject_alt_names.push(SanType::URI("spiffe://test/x".try_into().unwrap()));
        params.distinguished_name.push(DnType::CommonName, name);
        params.distinguished_name.push(DnType::OrganizationName, "shop");
        params.extended_key_usages = vec![usage];
        params.not_after = date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Identity {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            der: certificate.der().to_vec(),
        }
    }
}

/// A folder that goes with its test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("actuator-tls-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// Writes a file as renewing tools do: under another name first.
    pub fn write(&self, name: &str, text: &str) -> String {
        let (new, path) = (self.0.join(format!("{name}.new")), self.0.join(name));
        fs::write(&new, text).unwrap();
        fs::rename(new, &path).unwrap();
        path.display().to_string()
    }

    /// The certificate and the key of a server: `tls.crt`, `tls.key`.
    pub fn write_identity(&self, identity: &Identity) -> (String, String) {
        let certificate = self.write("tls.crt", &identity.certificate);
        (certificate, self.write("tls.key", &identity.key))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
